package interop

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// client is this project's OAuth client at another provider, verifying its tokens.
func (p *fositeProvider) client(t *testing.T, id, secret string, scopes ...string) *oauth.Client {
	t.Helper()
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: poolID, Issuer: p.issuer, ClientIDs: allClients}}})
	if err != nil {
		t.Fatal(err)
	}
	client, err := oauth.New(oauth.Config{
		App:      oauth.App{Domain: p.url, ClientID: id, ClientSecret: oauth.Secret(secret)},
		Verifier: verifier, UserPoolID: poolID, Issuer: p.issuer, RedirectURL: callback, Scopes: append([]string{"openid"}, scopes...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// authorize goes to the provider, with other parameters where change makes them, and
// comes back.
func authorizeAt(t *testing.T, client *oauth.Client, options oauth.StartOptions, change func(url.Values)) (oauth.Flow, *url.URL) {
	t.Helper()
	a, err := client.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
	}
	page, left := newBrowser(t).visit(t, u.String())
	if left == nil {
		t.Fatalf("not sent back: %s", page)
	}
	return a.Flow, left
}

// TestOAuthClientOtherProvider has the library's OAuth client at an OpenID provider
// that is not ours.
func TestOAuthClientOtherProvider(t *testing.T) {
	t.Parallel()
	p := serveFosite(t)
	for id, secret := range map[string]string{webClient: "", backendClient: backendSecret} {
		client := p.client(t, id, secret, "email")
		flow, back := authorizeAt(t, client, oauth.StartOptions{}, nil)
		tokens, err := client.Finish(t.Context(), flow, back)
		if err != nil {
			t.Fatal(err)
		}
		if tokens.ID.Subject() != fositeUser || tokens.ID.ClientID() != id || tokens.ID.AccessTokenHash() == "" || tokens.Access.ClientID() != id || tokens.Refresh == "" {
			t.Errorf("tokens %v", tokens)
		}
		info, err := client.UserInfo(t.Context(), tokens.RawAccess)
		if err != nil || info.Email() != "user@example.com" || !info.EmailVerified() {
			t.Errorf("user info %v %v", info, err)
		}
		p.rotation(t, client, tokens)
	}
}

// rotation: fosite's refresh tokens are good once, and one that comes again ends the
// whole sign-in.
func (p *fositeProvider) rotation(t *testing.T, client *oauth.Client, tokens *oauth.Tokens) {
	t.Helper()
	var mu sync.Mutex
	var last *oauth.Tokens
	for range 2 {
		old := tokens.Refresh
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				got, err := client.Refresh(t.Context(), old, fositeUser)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if last != nil && last.Refresh != got.Refresh && last.Refresh != old {
					t.Error("two new refresh tokens")
				}
				last = got
			})
		}
		all.Wait()
		if last == nil || last.Refresh == old {
			t.Fatal("no new refresh token")
		}
		tokens, last = last, nil
	}
	if err := client.Revoke(t.Context(), tokens.Refresh); err != nil {
		t.Error(err)
	}
	_, err := client.Refresh(t.Context(), tokens.Refresh, fositeUser)
	wantOAuth(t, err, oauth.ErrInvalidGrant)
	_, err = client.UserInfo(t.Context(), tokens.RawAccess)
	wantOAuth(t, err, oauth.ErrInvalidToken)
}

func TestOAuthClientOtherProviderRefused(t *testing.T) {
	t.Parallel()
	p := serveFosite(t)
	client := p.client(t, webClient, "")
	for name, c := range map[string]struct {
		client  *oauth.Client
		options oauth.StartOptions
		change  func(url.Values)
		want    oauth.Code
		cause   cognito.Code
	}{
		"the user will not":           {options: oauth.StartOptions{LoginHint: "unwilling"}, want: oauth.ErrAccessDenied},
		"a scope that nobody has":     {client: p.client(t, webClient, "", "orders/delete"), want: oauth.ErrInvalidScope},
		"a nonce of another sign-in":  {change: func(q url.Values) { q.Set("nonce", "of-another-sign-in") }, want: oauth.ErrTokensInvalid, cause: cognito.ErrNonceMismatch},
		"a challenge of somebody":     {change: func(q url.Values) { q.Set("code_challenge", codeChallenge) }, want: oauth.ErrInvalidGrant},
		"no challenge":                {change: func(q url.Values) { q.Del("code_challenge"); q.Del("code_challenge_method") }, want: oauth.ErrInvalidRequest},
		"a state of another sign-in":  {change: func(q url.Values) { q.Set("state", "of-another-sign-in") }, want: oauth.ErrStateMismatch},
		"without openid, no ID token": {change: func(q url.Values) { q.Set("scope", "email") }, want: oauth.ErrResponseInvalid},
		"a wrong secret":              {client: p.client(t, backendClient, "wrong"), want: oauth.ErrInvalidClient},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.client == nil {
				c.client = client
			}
			flow, back := authorizeAt(t, c.client, c.options, c.change)
			tokens, err := c.client.Finish(t.Context(), flow, back)
			if wantOAuth(t, err, c.want); tokens != nil || cognito.CodeOf(err) != c.cause {
				t.Errorf("%v, cause %q", err, cognito.CodeOf(err))
			}
		})
	}
}

func TestOAuthClientOtherProviderMachine(t *testing.T) {
	t.Parallel()
	p := serveFosite(t)
	machine := func(secret oauth.Secret, scopes ...string) (*oauth.ClientCredentialsSource, error) {
		return oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{
			App: oauth.App{Domain: p.url, ClientID: machineClient, ClientSecret: secret, HTTPClient: &http.Client{}}, Scopes: scopes,
		})
	}
	for _, c := range []struct {
		secret oauth.Secret
		scope  string
		want   oauth.Code
	}{{backendSecret, "orders/read", ""}, {"wrong", "orders/read", oauth.ErrInvalidClient}, {backendSecret, "orders/delete", oauth.ErrInvalidScope}} {
		source, err := machine(c.secret, c.scope)
		if err != nil {
			t.Fatal(err)
		}
		token, err := source.Token()
		if oauth.CodeOf(err) != c.want || c.want == "" && (token.Type() != "Bearer" || time.Until(token.Expiry) < 50*time.Minute) {
			t.Errorf("%v %v, want %q", token, err, c.want)
		}
	}
}
