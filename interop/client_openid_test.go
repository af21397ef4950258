package interop

import (
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

var (
	invalidGrant = &refusal{"invalid_grant", "400"}
	wrongPage    = `{"status": 400, "problem": "Incorrect username or password."}`
)

// TestClientOpenID has openid-client sign in through the pool's pages.
func TestClientOpenID(t *testing.T) {
	t.Parallel()
	needNode(t)
	serve(t, servedOptions{issuer: userpool.IssuerLocal}).playOAuth(t, "openid.mjs", []act{
		{step: "discovery: from the issuer", saw: `{"algorithms": ["RS256"], "types": ["code", "token"]}`},
		{step: "wrong password: the page says so", saw: wrongPage},
		{step: "sign-in: code and PKCE", tokens: true, saw: `{"type": "bearer", "expires": 3600, "groups": ["staff"]}`},
		{step: "sign-in: once more without a password", tokens: true},
		{step: "sign-in: a code works once", refused: invalidGrant},
		{step: "sign-in: another's code verifier", refused: invalidGrant},
		{step: "sign-in: nobody with prompt=none", saw: `"login_required"`},
		{step: "sign-in: a client secret by basic", tokens: true},
		{step: "sign-in: a client secret by post", tokens: true},
		{step: "sign-in: a wrong client secret", refused: &refusal{"invalid_client", "400"}},
		{step: "tokens: user info", saw: `{"username": "anaya", "email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}`},
		{step: "tokens: user info without openid", refused: &refusal{"insufficient_scope", "403"}},
		{step: "tokens: bound to a resource", tokens: true, saw: `"https://orders.example.com"`},
		{step: "tokens: of a machine", tokens: true,
			saw: `{"all": "orders/read orders/write", "some": "orders/read", "aud": "https://orders.example.com", "refresh": null}`},
		{step: "tokens: of a machine, beyond its scopes", refused: &refusal{"invalid_scope", "400"}},
		{step: "refresh: new tokens", tokens: true},
		{step: "refresh: after a change of keys", tokens: true},
		{step: "refresh: with nonsense", refused: invalidGrant},
		{step: "rotation: a new refresh token", tokens: true, refused: invalidGrant},
		{step: "revoke: the refresh token", refused: invalidGrant},
		{step: "revoke: user info", refused: &refusal{"invalid_token", "401"}},
		{step: "revoke: an access token", refused: &refusal{"unsupported_token_type", "400"}},
		{step: "sign-out: /logout", saw: `{"left": "http://localhost:3000/", "form": true}`},
		{step: "sign-out: elsewhere", saw: `"/error?error=redirect_mismatch&client_id=web"`},
	})
}

// TestClientAuthJS has the Cognito provider of Auth.js do the same.
func TestClientAuthJS(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal, callbacks: []string{"http://localhost:3000/auth/callback/cognito"}})
	s.playOAuth(t, "authjs.mjs", []act{
		{step: "wrong password: the page says so", saw: wrongPage},
		{step: "sign-in: signin, callback, session", tokens: true, saw: `{"location": "http://localhost:3000/", "type": "bearer",
			"provider": "cognito", "user": {"email": "anaya@example.com", "name": "Anaya Rao"}}`},
		// Cognito adds a nonce of its own where another identity provider is asked, not to
		// sign-ins with a password: https://github.com/nextauthjs/next-auth/issues/6865
		{step: "sign-in: the provider as it comes"},
		{step: "sign-in: a client without a secret", tokens: true},
		{step: "sign-in: a wrong secret", saw: `{"location": "http://localhost:3000/auth/error?error=Configuration", "error": "invalid_client"}`},
		{step: "sign-in: a callback that comes twice",
			saw: `{"location": "http://localhost:3000/auth/error?error=Configuration", "error": "invalid_grant"}`},
		{step: "tokens: user info", saw: `{"username": "anaya", "email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}`},
		{step: "refresh: by the application", tokens: true},
		{step: "rotation: by the application", tokens: true, refused: invalidGrant},
		{step: "revoke: by the application", refused: invalidGrant},
		{step: "revoke: user info", refused: &refusal{"invalid_token", "401"}},
		{step: "sign-out: of the application and of the pool", saw: `{"session": null, "left": "http://localhost:3000/", "form": true}`},
	})
}

// TestClientJWTVerify has Amazon's own verifier follow the pool's tokens.
func TestClientJWTVerify(t *testing.T) {
	t.Parallel()
	needNode(t)
	refused := func(class string) *refusal { return &refusal{Name: class} }
	serve(t, servedOptions{}).play(t, "jwtverify.mjs", []act{
		{step: "sign-up: a new user", tokens: true, saw: `{"email": "nils@example.com", "verified": true, "groups": null}`},
		{step: "wrong password: no token to verify", refused: wrongPassword},
		{step: "sign-in: both tokens", tokens: true,
			saw: `{"scope": "aws.cognito.signin.user.admin", "username": "anaya", "groups": ["staff"], "use": ["access", "id"]}`},
		{step: "tokens: another token use", refused: refused("CognitoJwtInvalidTokenUseError")},
		{step: "tokens: another client", refused: refused("CognitoJwtInvalidClientIdError")},
		{step: "tokens: a group that is there"},
		{step: "tokens: a group that is not", refused: refused("CognitoJwtInvalidGroupError")},
		{step: "tokens: a scope that is not", refused: refused("JwtInvalidScopeError")},
		{step: "tokens: a refresh token", refused: refused("JwtParseError")},
		{step: "tokens: two hours old", refused: refused("JwtExpiredError")},
		{step: "tokens: in the cache of keys", saw: "0"},
		{step: "refresh: the new tokens", tokens: true},
		{step: "refresh: keys are replaced", tokens: true, saw: "1"},
		{step: "rotation: the new tokens", tokens: true, refused: reused},
		{step: "revoke: no verifier without a network knows", refused: accessRevoked},
		{step: "sign-out: no verifier without a network knows", refused: accessRevoked},
	})
}
