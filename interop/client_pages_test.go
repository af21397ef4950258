package interop

import (
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// TestClientAmplifyPages has Amplify send people to the pages of poolguard userpool
// serve --tls: it knows no addresses without TLS.
func TestClientAmplifyPages(t *testing.T) {
	t.Parallel()
	p := openPage(t, "amplify.mjs", serveCommand, servedOptions{})
	p.leave(t, "leave")
	p.fill(t, "Wr0ngPassw0rd!")
	p.saw(t, "wrong password: the page says so", p.problem(t))
	p.fill(t, password)
	p.home(t)
	signedIn := p.tell(t, "sign-in: signInWithRedirect", "arrive")
	p.tell(t, "tokens: attributes", "attributes")
	p.tell(t, "refresh: forced", "refresh")
	p.leave(t, "signOut")
	p.home(t)
	p.tell(t, "sign-out: nobody is left", "nobody")
	p.leave(t, "leave")
	p.fill(t, password) // there is a form again
	p.home(t)
	p.tell(t, "sign-in: once more", "arrive")
	if signedIn.Tokens != nil {
		p.tellOf(t, "revoke: by signOut", signedIn.Tokens.Access)
	}
	p.judge(t, p.steps, []act{
		{step: "wrong password: the page says so", saw: `"Incorrect username or password."`},
		{step: "sign-in: signInWithRedirect", tokens: true, saw: `{"username": "anaya", "query": ""}`},
		{step: "tokens: attributes", saw: `{"email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}`},
		{step: "refresh: forced", tokens: true},
		{step: "revoke: by signOut", saw: `"invalid_token"`},
		{step: "sign-out: nobody is left", refused: &refusal{"UserUnAuthenticatedException", "User needs to be authenticated to call this API."}},
		{step: "sign-in: once more", tokens: true, saw: `{"username": "anaya", "query": ""}`},
	}, []string{"sign-in", "wrong password", "tokens", "refresh", "revoke", "sign-out"})
}

// TestClientOIDCClientTS has oidc-client-ts do the code flow in a browser.
func TestClientOIDCClientTS(t *testing.T) {
	t.Parallel()
	p := openPage(t, "oidc.mjs", serve, servedOptions{issuer: userpool.IssuerLocal})
	p.leave(t, "leave", "web")
	p.fill(t, "Wr0ngPassw0rd!")
	p.saw(t, "wrong password: the page says so", p.problem(t))
	p.fill(t, password)
	p.home(t)
	p.tell(t, "sign-in: signinRedirect", "arrive", "web")
	p.tell(t, "tokens: kept", "kept", "web")
	p.tell(t, "refresh: signinSilent", "refresh", "web")

	p.leave(t, "leave", "rotating")
	p.home(t) // without a form
	first := p.tell(t, "rotation: signed in", "arrive", "rotating")
	p.tell(t, "rotation: a new refresh token", "refresh", "rotating")
	p.pool.SetClockOffset(rotationGrace + time.Second)
	p.tell(t, "rotation: another", "refresh", "rotating")
	if first.Tokens != nil {
		p.tell(t, "rotation: the old one", "refreshWith", "rotating", first.Tokens.Refresh)
	}
	p.pool.SetClockOffset(0)

	p.tell(t, "revoke: the refresh token", "revoke", "web")
	p.tell(t, "revoke: user info", "userInfo", "web")
	p.leave(t, "signOut", "web")
	p.home(t)
	p.tell(t, "sign-out: nobody is left", "nobody", "web")
	p.leave(t, "leave", "web")
	p.fill(t, password) // there is a form again
	p.home(t)
	p.tell(t, "sign-out: signed in again", "arrive", "web")

	const arrived = `{"state": {"page": 7}, "profile": {"name": "Anaya Rao", "email": "anaya@example.com", "verified": "true", "username": "anaya"}}`
	p.judge(t, p.steps, []act{
		{step: "wrong password: the page says so", saw: `"Incorrect username or password."`},
		{step: "sign-in: signinRedirect", tokens: true, saw: arrived},
		{step: "tokens: kept", tokens: true},
		{step: "refresh: signinSilent", tokens: true},
		{step: "rotation: signed in", tokens: true, saw: arrived},
		{step: "rotation: a new refresh token", tokens: true},
		{step: "rotation: another", tokens: true},
		{step: "rotation: the old one", refused: &refusal{Name: "invalid_grant"}},
		{step: "revoke: the refresh token", refused: &refusal{Name: "invalid_grant"}},
		{step: "revoke: user info", saw: `{"status": 401, "code": "invalid_token"}`},
		{step: "sign-out: nobody is left", saw: "null"},
		{step: "sign-out: signed in again", tokens: true, saw: arrived},
	}, oauthKinds)
}
