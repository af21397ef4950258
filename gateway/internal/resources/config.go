package resources

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/metadata"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// A Resource is a service for which clients sign in. All fields but Hosts, Name, Scopes and
// AnyLoopbackPort must be set.
type Resource struct {
	// Hosts are the hosts of requests whose challenges name the resource. nil is the host of URL.
	Hosts []string
	// URL identifies the resource, such as https://mcp.example.com/mcp.
	URL string
	// Name is for people.
	Name string
	// Scopes are those that a client needs.
	Scopes []string
	// Domain is the origin at which the user pool signs users in.
	Domain string
	// ClientID is the public app client that all clients share.
	ClientID string
	// RedirectURIs are those that a client may register with.
	RedirectURIs []string
	// AnyLoopbackPort accepts every port in redirect URIs of loopback hosts.
	AnyLoopbackPort bool
}

// The paths below which the documents are, on the host of the resource.
const (
	resourcePrefix = "/.well-known/oauth-protected-resource"
	serverPrefix   = "/.well-known/oauth-authorization-server"
	// issuerPrefix is where the issuer of the second document is. Below it is the registration.
	issuerPrefix = "/_auth/oauth"
)

// Prefixes returns the paths below which proxies must send requests to the gateway itself.
func Prefixes() []string { return []string{resourcePrefix, serverPrefix, issuerPrefix + "/"} }

// A ConfigError is one fault of a configuration. Its Field is one of Config, such as
// "Config.Resources[1].URL".
type ConfigError = cognito.ConfigError

type faults struct {
	field string
	list  *[]error
}

func (f faults) add(field, format string, args ...any) {
	*f.list = append(*f.list, &ConfigError{Package: "resources", Field: f.field + field, Reason: fmt.Sprintf(format, args...)})
}

// adopt adds the faults of these fields that package metadata found. Its names of fields are
// those of [Resource].
func (f faults) adopt(err error, fields ...string) {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, each := range list {
		fault, ok := errors.AsType[*ConfigError](each)
		if !ok {
			continue
		}
		_, field, _ := strings.Cut(fault.Field, ".")
		if name, _, _ := strings.Cut(field, "["); slices.Contains(fields, name) {
			f.add(field, "%s", fault.Reason)
		}
	}
}

// A compiled resource has its documents.
type compiled struct {
	hosts     []string                // canonical; the first is that of the URL
	path      string                  // of the URL, "" for the whole host
	metadata  string                  // the address of the first document
	documents map[string]http.Handler // by path
}

// compile checks a resource and makes its documents. It returns nil if they cannot be made.
// The URL of the authorization server follows from that of the resource, and so do its faults.
func compile(r *Resource, f faults) *compiled {
	origin, path := split(r.URL)
	issuer := origin + issuerPrefix + path
	document, err := metadata.NewResource(metadata.Resource{
		URL: r.URL, AuthorizationServers: []string{issuer}, Scopes: r.Scopes, Name: r.Name,
	})
	f.adopt(err, "URL", "Scopes")
	server, more := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
		URL: issuer, Domain: r.Domain, ClientID: r.ClientID, RedirectURIs: r.RedirectURIs, AnyLoopbackPort: r.AnyLoopbackPort, Scopes: r.Scopes,
	})
	f.adopt(more, "Domain", "ClientID", "RedirectURIs")
	for n, uri := range r.RedirectURIs {
		if strings.Contains(uri, "*") {
			f.add(fmt.Sprintf("RedirectURIs[%d]", n), "has a wildcard, and Amazon Cognito compares the whole text: got %q; name each URI, or set any_loopback_port", uri)
		}
	}
	hosts := compileHosts(r, origin, f)
	if err != nil || more != nil {
		return nil
	}
	return &compiled{hosts: hosts, path: path, metadata: document.MetadataURL(), documents: map[string]http.Handler{
		strings.TrimPrefix(document.MetadataURL(), origin): document,
		serverPrefix + issuerPrefix + path:                 server,
		issuerPrefix + path + "/register":                  server,
	}}
}

// split returns the origin of a URL, and its path without a slash at the end. A text that is
// no URL has neither.
func split(text string) (origin, path string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", ""
	}
	return u.Scheme + "://" + u.Host, strings.TrimSuffix(u.Path, "/")
}

// compileHosts returns the hosts of a resource in their canonical form.
func compileHosts(r *Resource, origin string, f faults) (hosts []string) {
	_, host, _ := strings.Cut(origin, "://")
	if own, ok := route.CanonicalHost(host); ok {
		hosts = append(hosts, own)
	}
	if r.Hosts != nil && len(r.Hosts) == 0 {
		f.add("Hosts", "is empty: name a host, or leave it out")
	}
	for n, text := range r.Hosts {
		canonical, ok := route.CanonicalHost(text)
		if !ok || canonical == "" || strings.ContainsAny(text, ":*{") && !strings.HasPrefix(text, "[") {
			f.add(fmt.Sprintf("Hosts[%d]", n), "is not a host without port and pattern: got %q, want one like mcp.example.com", text)
			continue
		}
		if !slices.Contains(hosts, canonical) {
			hosts = append(hosts, canonical)
		}
	}
	return hosts
}
