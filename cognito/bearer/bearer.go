package bearer

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/credential"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// Config says what requests must bring. Only Verifier must be set.
type Config struct {
	// Verifier judges the tokens.
	Verifier *cognito.Verifier

	// TokenUse is the kind of token that is accepted: access tokens unless it says
	// cognito.TokenUseID. There is no setting for both: the two answer different
	// questions, and a handler must know which of them was asked.
	TokenUse cognito.TokenUse

	// Require holds for every token, beside the requirements of the verifier.
	Require []cognito.Requirement

	// Realm is the realm of challenges (RFC 9110 §11.5): printable ASCII without
	// quotes and backslashes. "" is [DefaultRealm].
	Realm string

	// ResourceMetadata is the address of the protected resource's metadata, which every
	// challenge then has as the parameter resource_metadata (RFC 9728 §5.1): https, or http
	// with a loopback host. Clients of the Model Context Protocol need it. Package metadata
	// serves the document. "" leaves the parameter out.
	ResourceMetadata string

	// Optional also accepts requests that have no credential: no Authorization header, no
	// cookie of the name in Cookie, no access_token in the query and, with WebSocketSubprotocol,
	// no token among the subprotocols. The handler finds no token in the context. All other requests without a valid token are rejected, because a client
	// must not count as anonymous if its token expired or is in a place that is not read.
	//
	// A header with another scheme, such as Basic, is rejected with
	// cognito.ErrTokenMissing. It can still contain a token: "Basic x, Bearer y" does,
	// and so does a header that has a token and no scheme.
	Optional bool

	// Cookie is the name of a cookie with the token, for pages and for EventSource, whose
	// requests have no headers of the application. "" means that cookies are not read. Set the
	// cookie with the attributes HttpOnly, Secure and SameSite=Lax, with Path=/ and with a name
	// that begins with __Host-, so that other subdomains cannot set it (RFC 6265bis §4.1.3.2).
	// Browsers drop cookies of more than 4096 bytes.
	//
	// Browsers send a cookie with requests that other sites cause, too. So a request with the
	// cookie is rejected with cognito.ErrAccessDenied unless the headers Origin and
	// Sec-Fetch-Site show that it comes from a page of the same origin. Without these headers,
	// only GET, HEAD and OPTIONS are accepted, and WebSockets are not. Links from other sites
	// may open a page. So a handler of GET requests must not change anything.
	//
	// A request with the cookie and another token is rejected.
	Cookie string

	// CookieOrigins are other origins whose pages may send the cookie, as
	// "https://app.example.com". If a proxy changes the Host of requests, add the origin that
	// browsers see. Browsers send the cookie to another site only with SameSite=None.
	CookieOrigins []string

	// BareAuthorization also accepts an Authorization header that has the token alone, without
	// the word Bearer before it, as some older clients of AWS Amplify send it.
	BareAuthorization bool

	// WebSocketSubprotocol is the name of a WebSocket subprotocol. Browsers cannot set
	// headers for a WebSocket. If the name is set, they can send the token as the next
	// subprotocol after this one:
	//
	//	new WebSocket(url, ["bearer", token])
	//
	// The middleware reads the list only in requests for an upgrade to WebSocket over
	// HTTP/1.1. It removes the token from the list, so the handler does not see it. A
	// list with a token in another place is rejected, because the handler would see that
	// token. Names are case-sensitive.
	//
	// The handler should select this subprotocol or another one of the list. If it
	// selects none, browsers close the connection.
	WebSocketSubprotocol string

	// Logger gets refusals, with what the configuration accepts: at most one line a second
	// for each code, those of temporary faults at level Warn and all others at Info. Further
	// ones are at Debug. Tokens are never logged. nil is slog.Default. See
	// [cognito.Verifier.LogRefusal].
	Logger *slog.Logger

	// ErrorHandler answers refused requests in place of [WriteError], for pages or
	// other forms of body. It may call [StatusCode] and [Config.Challenge]. The error is a
	// [*cognito.Error].
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)
}

// Require returns middleware that accepts requests that have a valid access token, if the
// token meets the requirements. [AccessToken] returns the token within the handler.
//
// If middleware is within middleware, each verifies the token again, and the handler
// sees the token of the inner one. The middleware is safe for concurrent use.
//
// CORS preflights need no token, because browsers send them without credentials. A
// preflight is an OPTIONS request with the headers Origin and
// Access-Control-Request-Method. Every client can send one. So a handler that does more
// on OPTIONS than answer preflights must check the token itself.
func Require(verifier *cognito.Verifier, requirements ...cognito.Requirement) func(http.Handler) http.Handler {
	return middleware(Config{Verifier: verifier, Require: requirements})
}

// RequireIDToken is [Require] for ID tokens, which [IDToken] returns. An ID token
// says who signed in to an app. To decide what a caller may do, require access tokens.
func RequireIDToken(verifier *cognito.Verifier, requirements ...cognito.Requirement) func(http.Handler) http.Handler {
	return middleware(Config{Verifier: verifier, Require: requirements, TokenUse: cognito.TokenUseID})
}

// Middleware returns middleware as config describes it, as [Require] does. It reports every
// fault of config at once, each a [*ConfigError].
func Middleware(config Config) (func(http.Handler) http.Handler, error) {
	faults := configerror.In("bearer", "Config")
	if config.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	rule.Validate(faults, config.TokenUse, config.Require)
	if !isQuotable(config.Realm) {
		faults.Add("Realm", "%q has characters other than printable ASCII without quotes and backslashes", config.Realm)
	}
	if raw := config.ResourceMetadata; raw != "" {
		if _, reason := address.Parse(raw, address.Rules{Path: true, Query: true}); reason != "" {
			faults.Add("ResourceMetadata", "%s", reason)
		} else if !isQuotable(raw) {
			faults.Add("ResourceMetadata", "%q has characters other than printable ASCII without quotes and backslashes", raw)
		}
	}
	config.sources().Validate(faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return middleware(config), nil
}

func middleware(config Config) func(http.Handler) http.Handler {
	config.Require = slices.Clone(config.Require)
	sources := config.sources().Clone()
	return func(next http.Handler) http.Handler { return &guard{config, sources, next} }
}

func (c *Config) sources() *credential.Sources {
	return &credential.Sources{
		BareAuthorization: c.BareAuthorization, Cookie: c.Cookie, CookieOrigins: c.CookieOrigins,
		WebSocketSubprotocol: c.WebSocketSubprotocol,
	}
}

// A guard is the middleware before one handler. It is immutable.
type guard struct {
	config  Config
	sources credential.Sources
	next    http.Handler
}

// ServeHTTP implements http.Handler.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isPreflight(r) {
		g.next.ServeHTTP(w, r)
		return
	}
	ctx := r.Context()
	raw, r, err := g.credential(r)
	if err != nil && g.config.Optional && errors.Is(err, cognito.ErrTokenMissing) && g.sources.IsAnonymous(r) {
		g.next.ServeHTTP(w, withoutToken(r))
		return
	}
	if err != nil {
		g.config.Verifier.ObserveRefusal(ctx, err)
		g.refuse(w, r, err)
		return
	}
	token, err := rule.Verify(ctx, g.config.Verifier, g.config.TokenUse, raw, g.config.Require)
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	g.next.ServeHTTP(w, withToken(r, token))
}

// isPreflight reports whether r is a CORS preflight (WHATWG Fetch §3.3.2): the
// browser's question whether it may send the request proper, which will have the
// credentials.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

func (g *guard) refuse(w http.ResponseWriter, r *http.Request, err error) {
	g.log(r, err)
	if g.config.ErrorHandler != nil {
		g.config.ErrorHandler(w, r, err)
		return
	}
	writeError(w, r, err, g.config.Challenge(err))
}

// log writes one line. It has the pattern of the route and not the path, in which
// senders may have put anything.
func (g *guard) log(r *http.Request, err error) {
	g.config.Verifier.LogRefusal(r.Context(), g.config.Logger, "request refused", err,
		slog.Int("status", StatusCode(err)),
		slog.String("method", r.Method),
		slog.String("pattern", r.Pattern),
	)
}
