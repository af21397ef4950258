package metadata

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

const (
	serverPrefix     = "/.well-known/oauth-authorization-server"
	registrationPath = "/register"
)

// An AuthorizationServer describes Cognito as an authorization server for clients that know only
// the resource. URL, Domain, ClientID and RedirectURIs must be set.
type AuthorizationServer struct {
	// URL is the issuer in the document (RFC 8414 §2): the origin of this server, and a path if
	// the server has one, without a slash at the end. It is not the issuer of the tokens.
	URL string

	// Domain is the origin of the user pool's OAuth endpoints, such as
	// https://auth.example.com or https://example.auth.us-east-1.amazoncognito.com.
	//
	// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
	Domain string

	// ClientID is the ID of a public app client, without a secret, which all clients share. They
	// sign in with PKCE. Give it only the scopes that every client of the resource may have.
	ClientID string

	// RedirectURIs are the redirect URIs that a registration may have. They must be callback URLs
	// of the app client: Cognito compares them again, and it is Cognito that protects the codes.
	// A URI is compared as text (RFC 9700 §4.1.3). It has characters of ASCII only, and no scheme
	// that browsers handle themselves, such as javascript and view-source.
	//
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
	RedirectURIs []string

	// AnyLoopbackPort accepts each http URI in RedirectURIs whose host is 127.0.0.1, [::1] or
	// localhost with every port (RFC 8252 §7.3). The documents of Cognito have no such rule: it
	// accepts only redirect URIs in the list of the app client. So a client with another port
	// registers, and Cognito then shows an error page. Leave the option off, and configure the
	// port in the client, unless your Domain is a proxy that accepts every port.
	AnyLoopbackPort bool

	// Scopes are the scopes that clients may ask for.
	Scopes []string
}

// An AuthorizationServerHandler serves the document of an [AuthorizationServer], and answers
// registrations. It is immutable.
type AuthorizationServerHandler struct {
	document
	registration registration
}

// NewAuthorizationServer returns the handler. It reports every fault of s at once, each a
// [*ConfigError].
func NewAuthorizationServer(s AuthorizationServer) (*AuthorizationServerHandler, error) {
	faults := configerror.In("metadata", "AuthorizationServer")
	u := parseIdentifier(faults, "URL", s.URL, false)
	if _, reason := address.Parse(s.Domain, address.Rules{}); reason != "" {
		faults.Add("Domain", "%s", reason)
	}
	if s.ClientID == "" || !isPrintable(s.ClientID) || len(s.ClientID) > 128 {
		faults.Add("ClientID", "is not the ID of an app client: got %.100q, want 1 to 128 printable characters without spaces", s.ClientID)
	}
	checkScopes(faults, s.Scopes)
	redirects := redirectURIs{s.AnyLoopbackPort, slices.Clone(s.RedirectURIs)}
	redirects.validate(faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	domain, prefix := strings.TrimSuffix(s.Domain, "/"), strings.TrimSuffix(s.URL, "/")
	return &AuthorizationServerHandler{
		document: newDocument(wellKnown(serverPrefix, u), serverDocument{
			Issuer:                s.URL,
			AuthorizationEndpoint: domain + "/oauth2/authorize",
			TokenEndpoint:         domain + "/oauth2/token",
			RegistrationEndpoint:  prefix + registrationPath,
			RevocationEndpoint:    domain + "/oauth2/revoke",
			Scopes:                slices.Clone(s.Scopes),
			ResponseTypes:         []string{"code"},
			ResponseModes:         []string{"query"},
			GrantTypes:            grantTypes,
			AuthMethods:           []string{noSecret},
			RevocationAuthMethods: []string{noSecret},
			ChallengeMethods:      []string{"S256"},
		}),
		registration: registration{
			path: u.Path + registrationPath, clientID: s.ClientID, redirects: redirects, scope: strings.Join(s.Scopes, " "),
		},
	}, nil
}

// serverDocument has the members of RFC 8414 §2 that are true of Cognito's public app clients.
type serverDocument struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	RegistrationEndpoint  string   `json:"registration_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	Scopes                []string `json:"scopes_supported,omitempty"`
	ResponseTypes         []string `json:"response_types_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	AuthMethods           []string `json:"token_endpoint_auth_methods_supported"`
	RevocationAuthMethods []string `json:"revocation_endpoint_auth_methods_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
}

// ServeHTTP implements http.Handler, for the paths of the document and of registrations.
func (h *AuthorizationServerHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == h.registration.path {
		h.registration.ServeHTTP(w, r)
		return
	}
	h.document.ServeHTTP(w, r)
}

// Register adds the document and the registration endpoint to mux, under their paths for every
// host.
func (h *AuthorizationServerHandler) Register(mux *http.ServeMux) {
	mux.Handle(h.path, h)
	mux.Handle(h.registration.path, h)
}

// browserSchemes are schemes that browsers handle themselves, or pass on to the system and not to an app of
// the client.
var browserSchemes = []string{
	"about", "blob", "chrome", "chrome-untrusted", "content", "data", "devtools", "edge", "feed", "file", "filesystem",
	"ftp", "intent", "jar", "javascript", "livescript", "mailto", "mhtml", "mocha", "ms-its", "res", "resource", "sms",
	"tel", "vbs", "vbscript", "view-source", "ws", "wss", "wyciwyg",
}

// redirectURIs are those that a registration may have.
type redirectURIs struct {
	anyLoopbackPort bool
	list            []string
}

func (r *redirectURIs) validate(faults configerror.Faults) {
	if len(r.list) == 0 {
		faults.Add("RedirectURIs", "is empty: name at least one callback URL of the app client")
	}
	for n, raw := range r.list {
		field := fmt.Sprintf("RedirectURIs[%d]", n)
		u, err := url.Parse(raw)
		switch {
		case err != nil || u.Scheme == "":
			faults.Add(field, "is not an absolute URI: got %.100q", raw)
		case !isPrintable(raw):
			faults.Add(field, "has spaces or characters that are not of ASCII: got %+.100q, want them percent-encoded (RFC 3986 §2)", raw)
		case u.Scheme == "http" || u.Scheme == "https":
			if _, reason := address.Parse(raw, address.Rules{Path: true, Query: true}); reason != "" {
				faults.Add(field, "%s", reason)
			}
		case strings.Contains(raw, "#"):
			faults.Add(field, "%.100q has a fragment", raw)
		case slices.Contains(browserSchemes, u.Scheme):
			faults.Add(field, "%.100q has a scheme of the browser or the system, want https, http of a loopback address or the scheme of an app", raw)
		}
	}
}

// allow reports whether a registration may have the redirect URI.
func (r *redirectURIs) allow(raw string) bool {
	if slices.Contains(r.list, raw) {
		return true
	}
	if !r.anyLoopbackPort {
		return false
	}
	without := withoutLoopbackPort(raw)
	return without != "" && slices.ContainsFunc(r.list, func(each string) bool { return withoutLoopbackPort(each) == without })
}

// withoutLoopbackPort returns the text of an http URI with a loopback host, without its port, and
// "" for every other text.
func withoutLoopbackPort(raw string) string {
	u, reason := address.Parse(raw, address.Rules{Path: true, Query: true})
	if reason != "" || u.Scheme != "http" {
		return ""
	}
	// With another spelling of the scheme, all of raw follows, and no other text is equal to that.
	return "http://" + strings.TrimSuffix(u.Host, ":"+u.Port()) + strings.TrimPrefix(raw, "http://"+u.Host)
}
