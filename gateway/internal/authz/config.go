package authz

import (
	"context"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// Config configures a [Policy].
type Config struct {
	// Verifier verifies bearer tokens, and the access tokens of load balancers. It must be set
	// if a rule verifies tokens.
	Verifier *cognito.Verifier

	// UserPools are the pools that Verifier trusts, as its configuration has them. Rules can
	// name only their IDs, clients and audiences.
	UserPools []cognito.UserPool

	// LoadBalancers verifies the tokens of load balancers. It must be set if a rule accepts
	// [ViaALB]. If it is nil, headers of load balancers are no credentials.
	LoadBalancers LoadBalancerVerifier

	// Rules are the rules. The first rule that matches a request decides. A request that no
	// rule matches is denied.
	Rules []Rule
}

// A LoadBalancerVerifier verifies x-amzn-oidc-data. [*alb.Verifier] is one. It must be safe
// for concurrent use, and its errors are those of [*cognito.Error].
type LoadBalancerVerifier interface {
	Verify(ctx context.Context, raw string) (*alb.Identity, error)
}

// A Rule says which requests it matches, and which of them are allowed.
type Rule struct {
	// Name is for logs, metrics and explanations. It must be unique. "" is "rule 3" for the
	// third rule.
	Name string

	// Match says which requests the rule is for. The zero Match is for all.
	Match route.Match

	// Allow is cognito.Verified (the zero value), Optional, Anonymous or Denied.
	//
	// With Optional, a request without a credential is anonymous. A request with a bad
	// credential is denied, and Require applies to every request with a credential.
	Allow cognito.Allow

	// Via are the kinds of credentials that the rule accepts. nil is [ViaBearer].
	Via []Via

	// Require is what a verified token must have.
	Require Require

	// CORS are the pages that may read a denial. nil is no page of another origin.
	CORS *CORS

	// Pass says which credentials an allowed request passes on to the application.
	Pass Pass

	// Preflight lets CORS preflights through to the application, without an identity. A
	// preflight is matched as the method that it asks for. Without Preflight it is denied.
	Preflight bool

	// Ambiguous are the kinds of ambiguous paths that the rule accepts, by the names of
	// requestpath.ClassNames. All readings of such a path must select this rule.
	Ambiguous []string

	// ReportOnly lets requests through that the rule would deny, without an identity. The
	// [Decision] has the reason. Requests that cannot be read (path_ambiguous,
	// request_invalid) are denied all the same.
	ReportOnly bool
}

// Via is a kind of credential.
type Via string

// The kinds of credentials.
const (
	// ViaBearer is a token in the Authorization header (RFC 6750 §2.1).
	ViaBearer Via = "bearer"
	// ViaALB is x-amzn-oidc-data of an Application Load Balancer.
	ViaALB Via = "alb"
	// ViaSession is the session of a browser. It is refused by [New]: this version has no
	// sessions.
	ViaSession Via = "session"
)

// Require is what a verified token must have. A list that is nil requires nothing; a list
// that is empty and not nil is a fault.
type Require struct {
	// TokenUse is the kind of bearer token: access tokens unless it is cognito.TokenUseID.
	TokenUse cognito.TokenUse
	// UserPools are the IDs of the pools, one of which must have issued the token.
	UserPools []string
	// ClientIDs are the app clients, one of which the token must be for.
	ClientIDs []string
	// Scopes must all be granted, and one of AnyScope.
	Scopes, AnyScope []string
	// Groups must all be there, and one of AnyGroup.
	Groups, AnyGroup []string
	// ACR is the lowest level of the sign-in, such as "urn:cognito:loa:2". "" requires none.
	ACR string
	// MaxAuthAge is the longest time since the sign-in. 0 requires none.
	MaxAuthAge time.Duration
	// Audience are resources (RFC 8707), one of which the token must be bound to.
	Audience []string
	// Claims are other claims by their names. Each must have one of its values. A value of the
	// form {name} is the value of that variable of the rule's match; {{ is a brace.
	Claims map[string][]string
}

// CORS are the origins whose pages may read a denial.
type CORS struct {
	// Origins are origins such as "https://app.example.com", https or loopback, or "*" alone.
	Origins []string
	// Credentials lets these pages send requests with credentials and read the answers.
	Credentials bool
}

// Pass says which credentials an allowed request passes on to the application.
type Pass struct {
	// AccessToken passes the verified access token on in this header. The only value is
	// [PassAuthorization]; "" passes none.
	AccessToken PassTo
}

// PassTo is a header for a credential.
type PassTo string

// PassAuthorization is the Authorization header, with the word Bearer before the token.
const PassAuthorization PassTo = "authorization"

// A ConfigError is one fault of a [Config]. Its Field names fields of Config, such as
// "Config.Rules[2].Match.Path".
type ConfigError = cognito.ConfigError

// A Warning is something in a [Config] that is possible and probably a mistake.
type Warning struct {
	// Field is a field of Config, such as "Config.Rules[2].Match".
	Field string
	// Reason continues a sentence that begins with the field.
	Reason string
}
