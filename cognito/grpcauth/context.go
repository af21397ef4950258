package grpcauth

import (
	"context"

	"github.com/poolguard/poolguard/cognito"
)

// contextKey is the key of the verified token, a cognito.Token, in the context of a call.
// No other package can make one.
type contextKey struct{}

// AccessToken returns the access token of the call that ctx belongs to. ok is false
// outside of this package's interceptors, if the rule accepts ID tokens or is
// [cognito.Anonymous], and for calls without a credential if the rule is
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

// withoutToken hides the token of an outer interceptor: that token did not meet the
// requirements of this interceptor's rule.
func withoutToken(ctx context.Context) context.Context {
	if ctx.Value(contextKey{}) == nil {
		return ctx
	}
	return withToken(ctx, nil)
}
