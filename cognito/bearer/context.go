package bearer

import (
	"context"
	"net/http"

	"github.com/poolguard/poolguard/cognito"
)

// contextKey is the key of the verified token, a cognito.Token, in the context of a
// request. Nobody else can make one.
type contextKey struct{}

// AccessToken returns the access token of the request that ctx belongs to, and
// whether there is one. There is none outside of this package's middleware, in
// preflights, where the middleware asks for ID tokens, and in requests without a
// credential where Config.Optional lets them through.
func AccessToken(ctx context.Context) (token *cognito.AccessToken, ok bool) {
	token, ok = ctx.Value(contextKey{}).(*cognito.AccessToken)
	return token, ok
}

// IDToken is [AccessToken] for ID tokens.
func IDToken(ctx context.Context) (token *cognito.IDToken, ok bool) {
	token, ok = ctx.Value(contextKey{}).(*cognito.IDToken)
	return token, ok
}

func withToken(r *http.Request, token cognito.Token) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), contextKey{}, token))
}

// withoutToken hides the token of an outer middleware, which found a credential
// where this one looks for none: the handler asked for tokens that meet the inner
// one's requirements.
func withoutToken(r *http.Request) *http.Request {
	//mutate:ignore it saves a copy of the request
	if r.Context().Value(contextKey{}) == nil {
		return r
	}
	return withToken(r, nil)
}
