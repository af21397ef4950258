package alb

import (
	"net/http"

	"github.com/poolguard/poolguard/cognito"
)

// agree checks that the unsigned headers of a load balancer are about the same user as
// the signed one.
func (g *guard) agree(r *http.Request, identity *Identity) (*cognito.AccessToken, error) {
	if r.Header.Get(identityHeader) != identity.Subject() {
		return nil, refuse(cognito.ErrRequestInvalid, "%s must be the subject in %s", identityHeader, loadBalancer.header)
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
		return nil, refuse(cognito.ErrRequestInvalid, "%s has another user, app client or user pool than %s", accessTokenHeader, loadBalancer.header)
	}
	return access, nil
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
