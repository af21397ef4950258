package alb

import (
	"net/http"

	"github.com/poolguard/poolguard/cognito"
)

// agree checks that the unsigned headers of a load balancer are about the same user as
// the signed one.
func (g *guard) agree(r *http.Request, identity *Identity) (*cognito.AccessToken, error) {
	if err := identity.CheckSubject(r.Header.Get(identityHeader)); err != nil {
		return nil, err
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
	if err := identity.CheckAccessToken(access); err != nil {
		return nil, err
	}
	return access, nil
}

// CheckSubject returns nil if a value of x-amzn-oidc-identity, which no key signs, is the
// subject of i. It is for adapters that have no [http.Request]; [Middleware] makes this check
// itself. The error is a [*cognito.Error] with cognito.ErrRequestInvalid.
func (i *Identity) CheckSubject(identity string) error {
	if identity == "" || identity != i.Subject() {
		return refuse(cognito.ErrRequestInvalid, "%s must be the subject in %s", identityHeader, loadBalancer.header)
	}
	return nil
}

// CheckAccessToken returns nil if a verified access token, from x-amzn-oidc-accesstoken, is
// of the user, app client and user pool of i. It is for adapters as [Identity.CheckSubject]
// is, with the same error.
func (i *Identity) CheckAccessToken(access *cognito.AccessToken) error {
	if access.Subject() == "" || access.Subject() != i.Subject() || access.ClientID() != i.ClientID() || !isOfPool(i.Issuer(), access) {
		return refuse(cognito.ErrRequestInvalid, "%s has another user, app client or user pool than %s", accessTokenHeader, loadBalancer.header)
	}
	return nil
}

// isOfPool reports whether issuer is an issuer of the user pool that issued the token.
// The load balancer may be configured with one of the pool's issuers while tokens name
// the other.
func isOfPool(issuer string, access *cognito.AccessToken) bool {
	if issuer == access.Issuer() {
		return true
	}
	id := cognito.UserPoolID(issuer)
	return id == access.UserPoolID() && id == cognito.UserPoolID(access.Issuer())
}
