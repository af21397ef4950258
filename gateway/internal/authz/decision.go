package authz

import (
	"encoding/json"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// ErrPathAmbiguous is the code of a denial because proxies and servers can read the path in
// different ways. All other codes are those of package cognito.
const ErrPathAmbiguous cognito.Code = "path_ambiguous"

// A Decision is the result for one request. The zero Decision denies.
type Decision struct {
	// Allowed is whether the request may pass.
	Allowed bool

	// Err is why the request is denied. Its code, message, RetryAfter and what it requires are
	// for the answer; bearer.Challenge makes the challenge of it. If Allowed is true it is nil,
	// or what a rule with ReportOnly would have denied.
	Err *cognito.Error

	// Rule is the name of the rule that decided, "" if no rule did.
	Rule string

	// Preflight is whether the request is a CORS preflight.
	Preflight bool

	// Via is the kind of credential that was accepted, "" for an anonymous request and for a
	// denial.
	Via Via

	// Identity is who sent the request. It is empty for an anonymous request and for a denial,
	// also for one that passes by ReportOnly.
	Identity Identity

	// LoadBalancer has the verified headers of a load balancer if Via is [ViaALB]. It is empty
	// otherwise: what the client sent under their names is not verified.
	LoadBalancer LoadBalancer

	// AccessToken is the verified access token to pass on to the application, "" if the rule
	// passes none. It is in the header PassTo.
	AccessToken cognito.Raw
	// PassTo is the header for AccessToken.
	PassTo PassTo

	// AllowOrigin is the value of Access-Control-Allow-Origin for a denial, "" if pages of the
	// request's origin may not read it. AllowCredentials is whether they may send credentials.
	AllowOrigin      string
	AllowCredentials bool

	// ResourceMetadata is the address of the protected resource's metadata (RFC 9728), which a
	// challenge names. The rules leave it empty.
	ResourceMetadata string
}

// ReportOnly reports whether the request passes although its rule would have denied it. Err
// has the reason.
func (d *Decision) ReportOnly() bool { return d.Allowed && d.Err != nil }

// Code returns the code of Err, "" for a request that the rule allows.
func (d *Decision) Code() cognito.Code { return d.Err.Code() }

// An Identity is who sent a request, by its verified credential. The zero Identity is that of
// an anonymous request.
type Identity struct {
	Subject  string
	Username string
	ClientID string
	UserPool string // the ID, "" for an issuer that is no user pool
	// Email is the address in an ID token or in the token of a load balancer. EmailVerified is
	// whether the user pool has verified it.
	Email         string
	EmailVerified bool
	Groups        cognito.Set
	Scopes        cognito.Set
	// TokenUse is the kind of the bearer token, "" for a load balancer.
	TokenUse  cognito.TokenUse
	ExpiresAt time.Time

	claims, more claimSource
}

// VerifiedEmail returns Email if the user pool has verified it, and "" otherwise. Services use
// an address as the name of an account, and users of many pools can change theirs to any other
// one.
func (i *Identity) VerifiedEmail() string {
	if i.EmailVerified {
		return i.Email
	}
	return ""
}

// A claimSource is a verified token.
type claimSource interface {
	Claim(name string) (value json.RawMessage, ok bool)
}

// Claim returns a claim of the credential as it is in the token. For a load balancer, it
// returns the claim of its own token and, if that has none, of the access token.
func (i *Identity) Claim(name string) (value json.RawMessage, ok bool) {
	if i.claims != nil {
		value, ok = i.claims.Claim(name)
	}
	if !ok && i.more != nil {
		value, ok = i.more.Claim(name)
	}
	return value, ok
}

// ofAccessToken returns the identity of an access token.
func ofAccessToken(t *cognito.AccessToken) Identity {
	return Identity{
		Subject: t.Subject(), Username: t.Username(), ClientID: t.ClientID(), UserPool: t.UserPoolID(),
		Groups: t.Groups(), Scopes: t.Scopes(), TokenUse: cognito.TokenUseAccess, ExpiresAt: t.ExpiresAt(), claims: t,
	}
}

// ofIDToken returns the identity of an ID token, which has no scopes.
func ofIDToken(t *cognito.IDToken) Identity {
	return Identity{
		Subject: t.Subject(), Username: t.Username(), ClientID: t.ClientID(), UserPool: t.UserPoolID(),
		Email: t.Email(), EmailVerified: t.EmailVerified(),
		Groups: t.Groups(), TokenUse: cognito.TokenUseID, ExpiresAt: t.ExpiresAt(), claims: t,
	}
}
