package interop

import (
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/userpool"
)

// An ownClient is this project's OAuth client at the local pool, and a person's browser.
type ownClient struct {
	*served
	*oauth.Client
	browser *browser
}

func newOwnClient(t *testing.T, s *served, id, secret string) *ownClient {
	t.Helper()
	client, err := oauth.New(oauth.Config{
		App:      oauth.App{Domain: s.URL, ClientID: id, ClientSecret: oauth.Secret(secret)},
		Verifier: s.verifier(t), UserPoolID: poolID, Issuer: s.Issuer,
		RedirectURL: callback, Scopes: []string{"openid", "email", "profile", "orders/read"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &ownClient{s, client, newBrowser(t)}
}

// authorize goes to the pool and comes back. A browser that is signed in is asked for
// nothing.
func (c *ownClient) authorize(t *testing.T, options oauth.StartOptions) (oauth.Flow, *url.URL) {
	t.Helper()
	a, err := c.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	_, left := c.browser.visit(t, a.URL)
	if left == nil {
		_, left = c.browser.signIn(t, a.URL, "anaya", password)
	}
	if left == nil {
		t.Fatal("the browser did not come back")
	}
	return a.Flow, left
}

func (c *ownClient) signIn(t *testing.T) *oauth.Tokens {
	t.Helper()
	flow, back := c.authorize(t, oauth.StartOptions{Keep: "/orders"})
	tokens, err := c.Finish(t.Context(), flow, back)
	if err != nil {
		t.Fatal(err)
	}
	if tokens.ID.Username() != "anaya" || tokens.Access.Username() != "anaya" || tokens.Kept != "/orders" || tokens.Refresh == "" ||
		!tokens.Access.Scopes().Has("orders/read") || time.Until(tokens.ExpiresAt) < 55*time.Minute {
		t.Errorf("tokens %v", tokens)
	}
	return tokens
}

func wantOAuth(t *testing.T, err error, code oauth.Code) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Errorf("error %v, want %s", err, code)
	}
}

// TestOAuthClient has the library's OAuth client tell its whole story to the local pool.
func TestOAuthClient(t *testing.T) {
	t.Parallel()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	for _, c := range []*ownClient{newOwnClient(t, s, webClient, ""), newOwnClient(t, s, backendClient, backendSecret)} {
		tokens := c.signIn(t)
		sub := tokens.ID.Subject()
		c.checkOurs(t, &poolTokens{ID: string(tokens.RawID), Access: string(tokens.RawAccess)})

		info, err := c.UserInfo(t.Context(), tokens.RawAccess)
		if err != nil {
			t.Fatal(err)
		}
		if info.Subject() != sub || info.Username() != "anaya" || info.Email() != "anaya@example.com" || !info.EmailVerified() {
			t.Errorf("user info %v", info)
		}
		again, err := c.Refresh(t.Context(), tokens.Refresh, sub)
		if err != nil {
			t.Fatal(err)
		}
		if again.RawAccess == tokens.RawAccess || again.Refresh != tokens.Refresh || again.ID.Nonce() != "" || !again.ID.AuthTime().Equal(tokens.ID.AuthTime()) {
			t.Errorf("after the refresh: %v", again)
		}
		_, err = c.Refresh(t.Context(), tokens.Refresh, "somebody else")
		wantOAuth(t, err, oauth.ErrTokensInvalid)
		_, err = c.Refresh(t.Context(), "nonsense", sub)
		wantOAuth(t, err, oauth.ErrInvalidGrant)

		if err := c.Revoke(t.Context(), tokens.Refresh); err != nil {
			t.Fatal(err)
		}
		_, err = c.Refresh(t.Context(), tokens.Refresh, sub)
		wantOAuth(t, err, oauth.ErrInvalidGrant)
		_, err = c.UserInfo(t.Context(), again.RawAccess)
		wantOAuth(t, err, oauth.ErrInvalidToken)
		if err := c.Revoke(t.Context(), "unknown"); err != nil {
			t.Error(err)
		}

		logout, err := c.LogoutURL(signOutURL)
		if err != nil {
			t.Fatal(err)
		}
		if _, left := c.browser.visit(t, logout); left == nil || left.String() != signOutURL {
			t.Errorf("sent to %v", left)
		}
		a, err := c.Start(oauth.StartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if page, left := c.browser.visit(t, a.URL); left != nil || !formToken.Match(page) {
			t.Errorf("still signed in: sent to %v", left)
		}
	}
}

// TestOAuthClientRefused has callbacks that the pool, or the client, must refuse.
func TestOAuthClientRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	c := newOwnClient(t, s, webClient, "")
	flow, back := c.authorize(t, oauth.StartOptions{})
	theirs, stolen := c.authorize(t, oauth.StartOptions{})

	_, err := c.Finish(t.Context(), theirs, back)
	wantOAuth(t, err, oauth.ErrStateMismatch)
	// A code that was put into a callback of another sign-in: PKCE refuses it.
	injected := *back
	q := back.Query()
	q.Set("code", stolen.Query().Get("code"))
	injected.RawQuery = q.Encode()
	_, err = c.Finish(t.Context(), flow, &injected)
	wantOAuth(t, err, oauth.ErrInvalidGrant)
	_, err = c.Finish(t.Context(), flow, back)
	wantOAuth(t, err, oauth.ErrFlowInvalid)

	wrong := newOwnClient(t, s, backendClient, "wrong")
	flow, back = wrong.authorize(t, oauth.StartOptions{})
	_, err = wrong.Finish(t.Context(), flow, back)
	wantOAuth(t, err, oauth.ErrInvalidClient)

	flow, back = c.authorize(t, oauth.StartOptions{Resource: "https://unknown.example.com"})
	_, err = c.Finish(t.Context(), flow, back)
	wantOAuth(t, err, oauth.ErrTokensInvalid)
	if cognito.CodeOf(err) != cognito.ErrAudienceMismatch {
		t.Error(err)
	}
	flow, back = c.authorize(t, oauth.StartOptions{Resource: apiURL})
	tokens, err := c.Finish(t.Context(), flow, back)
	if err != nil || !tokens.Access.Audiences().Has(apiURL) {
		t.Error(err)
	}

	late := newOwnClient(t, s, webClient, "")
	flow, back = late.authorize(t, oauth.StartOptions{})
	s.pool.SetClockOffset(6 * time.Minute)
	defer s.pool.SetClockOffset(0)
	_, err = late.Finish(t.Context(), flow, back)
	wantOAuth(t, err, oauth.ErrInvalidGrant)
}

// TestOAuthClientRotation has fifty callers with one refresh token that is good once.
func TestOAuthClientRotation(t *testing.T) {
	t.Parallel()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	c := newOwnClient(t, s, rotatingClient, "")
	first := c.signIn(t)
	sub := first.ID.Subject()
	var mu sync.Mutex
	replaced := map[oauth.RefreshToken]bool{}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			tokens, err := c.Refresh(t.Context(), first.Refresh, sub)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			replaced[tokens.Refresh] = true
		})
	}
	all.Wait()
	if len(replaced) != 1 || replaced[first.Refresh] {
		t.Fatalf("%d new refresh tokens", len(replaced))
	}
	var second oauth.RefreshToken
	for second = range replaced {
	}
	// Another process, within the pool's grace and after it.
	elsewhere := newOwnClient(t, s, rotatingClient, "")
	if _, err := elsewhere.Refresh(t.Context(), first.Refresh, sub); err != nil {
		t.Errorf("within the grace: %v", err)
	}
	s.pool.SetClockOffset(rotationGrace + time.Second)
	defer s.pool.SetClockOffset(0)
	_, err := newOwnClient(t, s, rotatingClient, "").Refresh(t.Context(), first.Refresh, sub)
	wantOAuth(t, err, oauth.ErrInvalidGrant)
	third, err := c.Refresh(t.Context(), second, sub)
	if err != nil || third.Refresh == second {
		t.Errorf("the new refresh token: %v", err)
	}
	// The sign-out of a session that has an old token reaches the new ones.
	if err := c.Revoke(t.Context(), third.Refresh); err != nil {
		t.Error(err)
	}
	_, err = c.Refresh(t.Context(), second, sub)
	wantOAuth(t, err, oauth.ErrInvalidGrant)
}

func TestOAuthClientMachine(t *testing.T) {
	t.Parallel()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	source := func(secret string, scopes ...string) *oauth.ClientCredentialsSource {
		source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{
			App:    oauth.App{Domain: s.URL, ClientID: machineClient, ClientSecret: oauth.Secret(secret)},
			Scopes: scopes, Resource: apiURL,
		})
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
	good := source(machineSecret, "orders/read")
	token, err := good.Token()
	if err != nil {
		t.Fatal(err)
	}
	access, err := s.verifier(t).VerifyAccessToken(t.Context(), token.AccessToken, cognito.RequireScopes("orders/read"), cognito.RequireAudience(apiURL))
	if err != nil || !access.IsMachine() || access.ClientID() != machineClient || access.ExpiresAt().Sub(token.Expiry).Abs() > 2*time.Second {
		t.Errorf("%v %v, expires %s", access, err, token.Expiry)
	}
	if again, err := good.Token(); err != nil || again.AccessToken != token.AccessToken {
		t.Errorf("another token: %v", err)
	}
	_, err = source("wrong").Token()
	wantOAuth(t, err, oauth.ErrInvalidClient)
	_, err = source(machineSecret, "openid").Token()
	wantOAuth(t, err, oauth.ErrInvalidScope)
}
