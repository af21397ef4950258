package alb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// The headers of a load balancer beside the one that it signs, as package net/http
// writes them.
const (
	identityHeader    = "X-Amzn-Oidc-Identity"
	accessTokenHeader = "X-Amzn-Oidc-Accesstoken"
)

// MiddlewareConfig says what requests must bring. Verifier must be set, and for load
// balancers AccessTokens.
type MiddlewareConfig struct {
	// Verifier judges x-amzn-oidc-data or, made by [NewVerifiedAccess],
	// x-amzn-ava-user-context.
	Verifier *Verifier

	// AccessTokens judges x-amzn-oidc-accesstoken, which must be an access token of the
	// same user, app client and user pool. Verified Access passes none on, so that this must be nil
	// with it.
	AccessTokens *cognito.Verifier

	// InsecureSkipAccessToken does not look at x-amzn-oidc-accesstoken, for providers
	// that are no user pool. What is lost is the word of the user pool itself: the load
	// balancer's is believed alone. Its scopes, its groups, and revocation that
	// cognito.Config.Revoked knows of are not there to ask for.
	InsecureSkipAccessToken bool

	// Require holds for every access token, beside the requirements of AccessTokens.
	Require []cognito.Requirement

	// Optional lets requests through that have none of the headers, with no identity in
	// the context: for rules whose action allows requests of those who did not sign in,
	// and CORS preflights. Who sends some of the headers is refused as ever.
	Optional bool

	// Logger gets refusals: those of temporary faults at level Warn, all others at
	// Debug. Tokens are never logged. nil is slog.Default.
	Logger *slog.Logger

	// ErrorHandler answers refused requests in place of [bearer.WriteError]. The error
	// is a [*cognito.Error].
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)
}

// Require returns middleware that lets requests through in which the headers of a load
// balancer are good and agree: x-amzn-oidc-data holds by verifier, x-amzn-oidc-identity
// is its subject, and x-amzn-oidc-accesstoken is an access token of that user, app
// client and user pool which holds by accessTokens and meets the requirements. Each must be there
// once. For a verifier of Verified Access, accessTokens is nil.
//
// Refusals are those of package bearer: 401 for a header that is absent or does not
// hold, 400 for headers that are doubled or do not agree, 403 for requirements, 503
// where keys could not be had. CORS preflights are requests like all others, and so are
// the health checks of a load balancer, which have none of the headers: leave their path
// outside.
//
// See the package's comment for what must hold around it. The middleware is safe for
// concurrent use.
func Require(verifier *Verifier, accessTokens *cognito.Verifier, requirements ...cognito.Requirement) func(http.Handler) http.Handler {
	return middleware(MiddlewareConfig{Verifier: verifier, AccessTokens: accessTokens, Require: requirements})
}

// Middleware returns middleware as config describes it, as [Require] does. It reports
// every fault of config at once, each a [*ConfigError].
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

// validate adds every combination of fields that is not possible.
func (c *MiddlewareConfig) validate(faults configerror.Faults) {
	if c.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with New or NewVerifiedAccess")
	}
	isVerifiedAccess := c.Verifier != nil && c.passesNoAccessToken()
	switch {
	case isVerifiedAccess && (c.AccessTokens != nil || c.InsecureSkipAccessToken):
		faults.Add("AccessTokens", "and InsecureSkipAccessToken have no effect with Verified Access, which passes no access token on")
	case c.AccessTokens != nil && c.InsecureSkipAccessToken:
		faults.Add("InsecureSkipAccessToken", "contradicts AccessTokens: set one of them")
	case c.AccessTokens == nil && !c.InsecureSkipAccessToken && c.Verifier != nil && !isVerifiedAccess:
		faults.Add("AccessTokens", "is nil: make one with cognito.New")
	}
	if len(c.Require) > 0 && (isVerifiedAccess || (c.AccessTokens == nil && c.InsecureSkipAccessToken)) {
		faults.Add("Require", "asks for something of access tokens, which are not looked at")
	}
}

func (c *MiddlewareConfig) passesNoAccessToken() bool {
	return c.Verifier.kind.isVerifiedAccess
}

func middleware(config MiddlewareConfig) func(http.Handler) http.Handler {
	config.Require = slices.Clone(config.Require)
	faults := configerror.In("alb", "MiddlewareConfig")
	config.validate(faults)
	isFaulty := faults.Err() != nil // possible by Require only, which cannot report it
	return func(next http.Handler) http.Handler { return &guard{config, isFaulty, next} }
}

// A guard is the middleware before one handler. It is immutable.
type guard struct {
	config   MiddlewareConfig
	isFaulty bool // and so refuses every request
	next     http.Handler
}

// contextKey is the key of what was verified, a passed, in the context of a request.
type contextKey struct{}

type passed struct {
	identity *Identity
	access   *cognito.AccessToken // nil where it is not looked at
}

// FromContext returns the identity of the request that ctx belongs to, and whether there
// is one. There is none outside of this package's middleware, and in requests without
// any of the headers where MiddlewareConfig.Optional lets them through.
func FromContext(ctx context.Context) (identity *Identity, ok bool) {
	p, _ := ctx.Value(contextKey{}).(passed)
	return p.identity, p.identity != nil
}

// AccessToken returns the access token of the request that ctx belongs to, and whether
// there is one.
func AccessToken(ctx context.Context) (token *cognito.AccessToken, ok bool) {
	p, _ := ctx.Value(contextKey{}).(passed)
	return p.access, p.access != nil
}

// ServeHTTP implements http.Handler.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, err := g.judge(r)
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	// Where there is nothing, what an outer middleware found is hidden.
	if p.identity != nil || r.Context().Value(contextKey{}) != nil {
		r = r.WithContext(context.WithValue(r.Context(), contextKey{}, p))
	}
	g.next.ServeHTTP(w, r)
}

func (g *guard) judge(r *http.Request) (p passed, err error) {
	if g.isFaulty {
		return p, cognito.NewError(cognito.ErrAccessDenied, "nothing is accepted here: the middleware was configured wrongly")
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
		// Which one counts would depend on who looks. A proxy may have joined them by a comma
		// (RFC 9110 §5.2), which no token has in it, while a subject may.
		if len(values) > 1 || (len(values) == 1 && name != identityHeader && strings.IndexByte(values[0], ',') >= 0) {
			return p, refuse(cognito.ErrRequestInvalid, "there is more than one %s header", name)
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

// agree checks that the headers that a load balancer does not sign are about the same
// user as the one that it does.
func (g *guard) agree(r *http.Request, identity *Identity) (*cognito.AccessToken, error) {
	if r.Header.Get(identityHeader) != identity.Subject() {
		return nil, refuse(cognito.ErrRequestInvalid, "%s is absent or not the subject in %s", identityHeader, loadBalancer.header)
	}
	if g.config.InsecureSkipAccessToken {
		return nil, nil
	}
	raw := r.Header.Get(accessTokenHeader)
	if raw == "" {
		return nil, refuse(cognito.ErrTokenMissing, "the request has no %s header", accessTokenHeader)
	}
	access, err := g.config.AccessTokens.VerifyAccessToken(r.Context(), raw, g.config.Require...)
	if err != nil {
		return nil, err
	}
	if access.Subject() != identity.Subject() || access.ClientID() != identity.ClientID() || !isOfPool(identity.Issuer(), access) {
		return nil, refuse(cognito.ErrRequestInvalid, "%s is of another user, app client or user pool than %s", accessTokenHeader, loadBalancer.header)
	}
	return access, nil
}

// isOfPool reports whether issuer is one of the issuers of the user pool that issued the
// token. A load balancer may have been set up with the one, and tokens name the other.
func isOfPool(issuer string, access *cognito.AccessToken) bool {
	if issuer == access.Issuer() {
		return true
	}
	original, updated, err := cognito.Issuers(access.UserPoolID())
	return err == nil && (issuer == original || issuer == updated) && (access.Issuer() == original || access.Issuer() == updated)
}

func (g *guard) refuse(w http.ResponseWriter, r *http.Request, err error) {
	g.log(r, err)
	if g.config.ErrorHandler != nil {
		g.config.ErrorHandler(w, r, err)
		return
	}
	bearer.WriteError(w, r, err, "")
}

// log writes one line. It has the pattern of the route and not the path, in which
// senders may have put anything.
func (g *guard) log(r *http.Request, err error) {
	logger := g.config.Logger
	if logger == nil {
		logger = slog.Default() // asked for now: programs set it after they have made their handlers
	}
	level, status := slog.LevelDebug, bearer.StatusCode(err)
	// Of a caller who went away nothing is known but that.
	if status >= http.StatusInternalServerError && !errors.Is(r.Context().Err(), context.Canceled) {
		level = slog.LevelWarn
	}
	logger.LogAttrs(r.Context(), level, "request refused",
		slog.String("code", string(cognito.CodeOf(err))),
		slog.Int("status", status),
		slog.String("method", r.Method),
		slog.String("pattern", r.Pattern),
		slog.String("error", err.Error()),
	)
}
