package grpcauth

import (
	"context"

	"github.com/poolguard/poolguard/cognito"
)

// contextKey is the key of the verified token, a cognito.Token, in the context of a
// call. Nobody else can make one.
type contextKey struct{}

// AccessToken returns the access token of the call that ctx belongs to, and whether
// there is one. There is none outside of this package's interceptors, where the rule
// asks for ID tokens or lets anybody in, and in calls without a credential where it is
// [cognito.Optional].
func AccessToken(ctx context.Context) (token *cognito.AccessToken, ok bool) {
	token, ok = ctx.Value(contextKey{}).(*cognito.AccessToken)
	return token, ok
}

// IDToken is [AccessToken] for ID tokens.
func IDToken(ctx context.Context) (token *cognito.IDToken, ok bool) {
	token, ok = ctx.Value(contextKey{}).(*cognito.IDToken)
	return token, ok
}

func withToken(ctx context.Context, token cognito.Token) context.Context {
	return context.WithValue(ctx, contextKey{}, token)
}

// withoutToken hides the token of another interceptor before this one: it did not meet
// the requirements of this one's rule, which has none.
func withoutToken(ctx context.Context) context.Context {
	if ctx.Value(contextKey{}) == nil {
		return ctx
	}
	return withToken(ctx, nil)
}
