package alb

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/refusallog"
)

// The headers of a load balancer beside the one that it signs, as package net/http
// writes them.
const (
	identityHeader    = "X-Amzn-Oidc-Identity"
	accessTokenHeader = "X-Amzn-Oidc-Accesstoken"
)

// MiddlewareConfig configures the middleware. Verifier must be set, and AccessTokens too
// for load balancers.
type MiddlewareConfig struct {
	// Verifier verifies x-amzn-oidc-data. If it comes from [NewVerifiedAccess], it
	// verifies x-amzn-ava-user-context.
	Verifier *Verifier

	// AccessTokens verifies x-amzn-oidc-accesstoken. It must be an access token of the
	// same user, app client and user pool. Verified Access sends no access token, so it
	// must be nil there.
	AccessTokens *cognito.Verifier

	// InsecureSkipAccessToken ignores x-amzn-oidc-accesstoken, for providers that are not
	// user pools. The load balancer alone is then trusted. Scopes, groups and revocation
	// (cognito.Config.Revoked) cannot be checked.
	InsecureSkipAccessToken bool

	// Require holds for every access token, beside the requirements of AccessTokens.
	Require []cognito.Requirement

	// Optional lets requests without any of the headers through, with no identity in the
	// context. It is for listener rules that allow requests without a sign-in, and for
	// CORS preflights. A request with some of the headers is refused as usual.
	Optional bool

	// Logger gets refusals, with what the configuration accepts: at most one line a second
	// for each code, temporary faults at level Warn and all others at Info. Further ones are
	// at Debug. Tokens are never logged. nil is slog.Default.
	Logger *slog.Logger

	// ErrorHandler answers refused requests in place of [bearer.WriteError]. The error
	// is a [*cognito.Error].
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)
}

// Require returns middleware that lets a request through if the headers of a load
// balancer are valid and agree. x-amzn-oidc-data is valid for verifier.
// x-amzn-oidc-identity is its subject. x-amzn-oidc-accesstoken is an access token of that
// user, app client and user pool, is valid for accessTokens and meets the requirements.
// Each header must occur once. For a verifier of Verified Access, accessTokens is nil.
//
// Refusals are those of package bearer: 401 for a missing or invalid header, 400 for
// headers that are repeated or do not agree, 403 for requirements, 503 if keys are
// unavailable. CORS preflights need the headers too. The health checks of a load balancer
// have no such headers: do not put the middleware before their path.
//
// The package's comment has the requirements on the network. The middleware is safe for
// concurrent use.
func Require(verifier *Verifier, accessTokens *cognito.Verifier, requirements ...cognito.Requirement) func(http.Handler) http.Handler {
	return middleware(MiddlewareConfig{Verifier: verifier, AccessTokens: accessTokens, Require: requirements})
}

// Middleware returns middleware as config describes it, as [Require] does. It reports
// every fault of config at once, each as a [*ConfigError].
func Middleware(config MiddlewareConfig) (func(http.Handler) http.Handler, error) {
	faults := configerror.In("alb", "MiddlewareConfig")
	config.validate(faults)
	for n, requirement := range config.Require {
		if err := requirement.Err(); err != nil {
			faults.Add(fmt.Sprintf("Require[%d]", n), "%v", err)
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return middleware(config), nil
}

// validate adds every invalid combination of fields.
func (c *MiddlewareConfig) validate(faults configerror.Faults) {
	if c.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with New or NewVerifiedAccess")
	}
	isVerifiedAccess := c.Verifier != nil && c.passesNoAccessToken()
	switch {
	case isVerifiedAccess && (c.AccessTokens != nil || c.InsecureSkipAccessToken):
		faults.Add("AccessTokens", "and InsecureSkipAccessToken have no effect with Verified Access, which sends no access token: remove them")
	case c.AccessTokens != nil && c.InsecureSkipAccessToken:
		faults.Add("InsecureSkipAccessToken", "contradicts AccessTokens: set one of them")
	case c.AccessTokens == nil && !c.InsecureSkipAccessToken && c.Verifier != nil && !isVerifiedAccess:
		faults.Add("AccessTokens", "is nil: make one with cognito.New")
	}
	if len(c.Require) > 0 && (isVerifiedAccess || (c.AccessTokens == nil && c.InsecureSkipAccessToken)) {
		faults.Add("Require", "has no effect, since access tokens are not verified: remove it, or set AccessTokens")
	}
}

func (c *MiddlewareConfig) passesNoAccessToken() bool {
	return c.Verifier.kind.isVerifiedAccess
}

func middleware(config MiddlewareConfig) func(http.Handler) http.Handler {
	config.Require = slices.Clone(config.Require)
	faults := configerror.In("alb", "MiddlewareConfig")
	config.validate(faults)
	fault := faults.Err() // possible by Require only, which cannot report it
	return func(next http.Handler) http.Handler { return &guard{config, fault, next} }
}

// A guard is the middleware before one handler. It is immutable.
type guard struct {
	config MiddlewareConfig
	fault  error // not nil: every request is refused
	next   http.Handler
}

// contextKey is the key of the verified values, a passed, in the context of a request.
type contextKey struct{}

type passed struct {
	identity *Identity
	access   *cognito.AccessToken // nil if it is not verified
}

// FromContext returns the identity of the request that ctx belongs to. ok is false
// outside of this package's middleware, and for requests without any of the headers if
// MiddlewareConfig.Optional is set.
func FromContext(ctx context.Context) (identity *Identity, ok bool) {
	p, _ := ctx.Value(contextKey{}).(passed)
	return p.identity, p.identity != nil
}

// AccessToken returns the access token of the request that ctx belongs to. ok is false if
// there is none.
func AccessToken(ctx context.Context) (token *cognito.AccessToken, ok bool) {
	p, _ := ctx.Value(contextKey{}).(passed)
	return p.access, p.access != nil
}

// ServeHTTP implements http.Handler.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, err := g.verify(r)
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	// Without an identity, hide the identity of an outer middleware.
	if p.identity != nil || r.Context().Value(contextKey{}) != nil {
		r = r.WithContext(context.WithValue(r.Context(), contextKey{}, p))
	}
	g.next.ServeHTTP(w, r)
}

func (g *guard) verify(r *http.Request) (p passed, err error) {
	if g.fault != nil {
		const message = "the configuration of the middleware is faulty, so no request is accepted"
		return p, cognito.NewError(cognito.ErrAccessDenied, message).WithDetail(message + ": " + g.fault.Error())
	}
	v := g.config.Verifier
	names := []string{v.kind.header, identityHeader, accessTokenHeader}
	if g.config.passesNoAccessToken() {
		names = names[:1]
	}
	some := false
	for _, name := range names {
		values := r.Header[name]
		some = some || len(values) > 0
		// Other readers may use another one. A proxy may have joined them with a comma
		// (RFC 9110 §5.2). A token has no comma, but a subject may have one.
		if len(values) > 1 || (len(values) == 1 && name != identityHeader && strings.Contains(values[0], ",")) {
			return p, refuse(cognito.ErrRequestInvalid, "the request has more than one %s header", name)
		}
	}
	if !some && g.config.Optional {
		return p, nil
	}
	raw := r.Header.Get(v.kind.header)
	if raw == "" {
		return p, refuse(cognito.ErrTokenMissing, "the request has no %s header", v.kind.header)
	}
	identity, err := v.Verify(r.Context(), raw)
	if err != nil {
		return p, err
	}
	if g.config.passesNoAccessToken() {
		return passed{identity: identity}, nil
	}
	access, err := g.agree(r, identity)
	if err != nil {
		return p, err
	}
	return passed{identity, access}, nil
}

func (g *guard) refuse(w http.ResponseWriter, r *http.Request, err error) {
	g.log(r, err)
	if g.config.ErrorHandler != nil {
		g.config.ErrorHandler(w, r, err)
		return
	}
	bearer.WriteError(w, r, err, "")
}

// log writes one line. It has the pattern of the route and not the path, since clients
// can put any text into a path.
func (g *guard) log(r *http.Request, err error) {
	logger := g.config.Logger
	if logger == nil {
		logger = slog.Default() // not earlier: programs may set it after they have made their handlers
	}
	status := bearer.StatusCode(err)
	g.config.Verifier.logRefusal(r.Context(), logger, refusallog.Refusal{
		Message: "request refused", Code: string(cognito.CodeOf(err)), Error: err,
		Temporary: status >= http.StatusInternalServerError,
		Attrs: []slog.Attr{
			slog.Int("status", status),
			slog.String("method", r.Method),
			slog.String("pattern", r.Pattern),
		},
	})
}
