package oauth_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestTokensRefused has answers to the exchange whose tokens must not come out.
func TestTokensRefused(t *testing.T) {
	t.Parallel()
	other := func(p *pool) *cognitotest.Pool { return p.AddPool("us-east-1_Third0001") }
	for name, c := range map[string]struct {
		options []cognitotest.TokenOption
		change  func(p *pool, nonce string, tokens map[string]any)
		want    oauth.Code
		cause   cognito.Code
	}{
		"nonce of another sign-in": {options: []cognitotest.TokenOption{cognitotest.Nonce("x")}, want: oauth.ErrTokensInvalid, cause: cognito.ErrNonceMismatch},
		"no nonce":                 {options: []cognitotest.TokenOption{cognitotest.WithoutClaim("nonce")}, want: oauth.ErrTokensInvalid, cause: cognito.ErrNonceMismatch},
		"at_hash of another token": {options: []cognitotest.TokenOption{cognitotest.Claim("at_hash", hashOf("x"))}, want: oauth.ErrTokensInvalid},
		"no at_hash":               {options: []cognitotest.TokenOption{cognitotest.WithoutClaim("at_hash")}, want: oauth.ErrTokensInvalid},
		"at_hash is a number":      {options: []cognitotest.TokenOption{cognitotest.Claim("at_hash", 1)}, want: oauth.ErrTokensInvalid, cause: cognito.ErrClaimInvalid},
		"expired":                  {options: []cognitotest.TokenOption{cognitotest.Expired()}, want: oauth.ErrTokensInvalid, cause: cognito.ErrTokenExpired},
		"forged":                   {options: []cognitotest.TokenOption{cognitotest.TamperedSignature()}, want: oauth.ErrTokensInvalid, cause: cognito.ErrSignatureInvalid},
		"of an unknown client":     {options: []cognitotest.TokenOption{cognitotest.ForClient("x")}, want: oauth.ErrTokensInvalid, cause: cognito.ErrClientMismatch},
		"of another client":        {options: []cognitotest.TokenOption{cognitotest.ForClient("another-client")}, want: oauth.ErrTokensInvalid},
		"of another user":          {options: []cognitotest.TokenOption{cognitotest.ForSubject("somebody else")}, want: oauth.ErrTokensInvalid},
		"of nobody":                {options: []cognitotest.TokenOption{cognitotest.WithoutClaim("sub")}, want: oauth.ErrTokensInvalid},
		"another user's access token": {change: func(p *pool, nonce string, tokens map[string]any) {
			access := p.Pool().AccessToken(cognitotest.ForSubject("somebody else"))
			tokens["access_token"], tokens["id_token"] = access, p.Pool().IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)))
		}, want: oauth.ErrTokensInvalid},
		"another client's access token": {change: func(p *pool, nonce string, tokens map[string]any) {
			access := p.Pool().AccessToken(cognitotest.ForClient("another-client"))
			tokens["access_token"], tokens["id_token"] = access, p.Pool().IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)))
		}, want: oauth.ErrTokensInvalid},
		"another pool's access token": {change: func(p *pool, _ string, tokens map[string]any) {
			tokens["access_token"] = other(p).AccessToken()
		}, want: oauth.ErrTokensInvalid, cause: cognito.ErrIssuerMismatch},
		"another trusted pool's tokens": {change: func(p *pool, nonce string, tokens map[string]any) {
			access := p.trusted.AccessToken()
			tokens["access_token"], tokens["id_token"] = access, p.trusted.IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)))
		}, want: oauth.ErrTokensInvalid},
		"another trusted pool's ID token": {change: func(p *pool, nonce string, tokens map[string]any) {
			access, _ := tokens["access_token"].(string)
			tokens["id_token"] = p.trusted.IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)))
		}, want: oauth.ErrTokensInvalid},
		"another trusted pool's access token": {change: func(p *pool, nonce string, tokens map[string]any) {
			access := p.trusted.AccessToken()
			tokens["access_token"], tokens["id_token"] = access, p.Pool().IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)))
		}, want: oauth.ErrTokensInvalid},
		"nobody's tokens": {change: func(p *pool, nonce string, tokens map[string]any) {
			access := p.Pool().AccessToken(cognitotest.WithoutClaim("sub"))
			tokens["access_token"] = access
			tokens["id_token"] = p.Pool().IDToken(cognitotest.Nonce(nonce), cognitotest.Claim("at_hash", hashOf(access)), cognitotest.WithoutClaim("sub"))
		}, want: oauth.ErrTokensInvalid},
		"ID token as access token": {change: func(_ *pool, _ string, tokens map[string]any) {
			tokens["access_token"] = tokens["id_token"]
		}, want: oauth.ErrTokensInvalid, cause: cognito.ErrTokenUseMismatch},
		"opaque access token":    {change: func(_ *pool, _ string, tokens map[string]any) { tokens["access_token"] = "x" }, want: oauth.ErrTokensInvalid, cause: cognito.ErrTokenMalformed},
		"no ID token":            {change: func(_ *pool, _ string, tokens map[string]any) { delete(tokens, "id_token") }, want: oauth.ErrResponseInvalid},
		"ID token is a number":   {change: func(_ *pool, _ string, tokens map[string]any) { tokens["id_token"] = 1 }, want: oauth.ErrResponseInvalid},
		"no access token":        {change: func(_ *pool, _ string, tokens map[string]any) { delete(tokens, "access_token") }, want: oauth.ErrResponseInvalid},
		"access token is a list": {change: func(_ *pool, _ string, tokens map[string]any) { tokens["access_token"] = []int{} }, want: oauth.ErrResponseInvalid},
		"names by another case": {change: func(_ *pool, _ string, tokens map[string]any) {
			tokens["ACCESS_TOKEN"] = tokens["access_token"]
			delete(tokens, "access_token")
		}, want: oauth.ErrResponseInvalid},
		"refresh token is a number": {change: func(_ *pool, _ string, tokens map[string]any) { tokens["refresh_token"] = 1 }, want: oauth.ErrResponseInvalid},
		"refresh token is too long": {change: func(_ *pool, _ string, tokens map[string]any) {
			tokens["refresh_token"] = strings.Repeat("r", 64<<10+1)
		}, want: oauth.ErrResponseInvalid},
		"another type":       {change: func(_ *pool, _ string, tokens map[string]any) { tokens["token_type"] = "mac" }, want: oauth.ErrResponseInvalid},
		"no type":            {change: func(_ *pool, _ string, tokens map[string]any) { delete(tokens, "token_type") }, want: oauth.ErrResponseInvalid},
		"error among tokens": {change: func(_ *pool, _ string, tokens map[string]any) { tokens["error"] = "invalid_grant" }, want: oauth.ErrInvalidGrant},
		"no keys": {change: func(p *pool, _ string, _ map[string]any) { p.Pool().FailKeySet(http.StatusInternalServerError) },
			want: oauth.ErrUnavailable, cause: cognito.ErrKeysUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPool()
			client := p.client(t)
			v := start(t, client, oauth.StartOptions{})
			tokens := p.tokens(v.sent.Get("nonce"), c.options...)
			if c.change != nil {
				c.change(p, v.sent.Get("nonce"), tokens)
			}
			p.answer = func(*http.Request, url.Values) (*http.Response, error) {
				return respondJSON(http.StatusOK, tokens), nil
			}
			got, err := client.Finish(t.Context(), v.Flow, v.back())
			access, _ := tokens["access_token"].(string)
			if len(access) < 100 {
				access = ""
			}
			e := wantCode(t, err, c.want, access)
			if got != nil || cognito.CodeOf(err) != c.cause || e.Temporary() != (c.want == oauth.ErrUnavailable) {
				t.Errorf("%v; cause %q, want %q", err, cognito.CodeOf(err), c.cause)
			}
		})
	}
}

func TestExpiryIsTheEarlier(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t, func(c *oauth.Config) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(&url.URL{Scheme: "https", Host: "auth.example.com"}, []*http.Cookie{{Name: "a", Value: "b", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}})
		c.App.HTTPClient.Jar = jar
	})
	v := start(t, client, oauth.StartOptions{})
	tokens := p.tokens(v.sent.Get("nonce"), cognitotest.ExpiresIn(5*time.Minute))
	p.answer = func(r *http.Request, _ url.Values) (*http.Response, error) {
		if r.Header.Get("Cookie") != "" {
			t.Error("a cookie was sent")
		}
		return respondJSON(http.StatusOK, tokens), nil
	}
	got, err := client.Finish(t.Context(), v.Flow, v.back())
	if err != nil || !got.ExpiresAt.Equal(got.ID.ExpiresAt()) || got.ExpiresAt.Equal(got.Access.ExpiresAt()) {
		t.Error(err, got)
	}
}

func TestMissingHashAllowed(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t, func(c *oauth.Config) { c.InsecureAllowMissingAccessTokenHash = true })
	for _, option := range []cognitotest.TokenOption{cognitotest.WithoutClaim("at_hash"), cognitotest.Claim("at_hash", hashOf("x"))} {
		v := start(t, client, oauth.StartOptions{})
		tokens := p.tokens(v.sent.Get("nonce"), option)
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusOK, tokens), nil
		}
		if _, err := client.Finish(t.Context(), v.Flow, v.back()); (err != nil) != (p.count() == 2) {
			t.Error(err)
		}
	}
}

// TestAnswersRefused has answers that are no tokens, of every endpoint that is asked.
func TestAnswersRefused(t *testing.T) {
	t.Parallel()
	retry := func(status int, after string) *http.Response {
		r := respondText(status, "text/html", "<h1>busy</h1>")
		r.Header.Set("Retry-After", after)
		return r
	}
	for name, c := range map[string]struct {
		answer func() (*http.Response, error)
		want   oauth.Code
		after  time.Duration
	}{
		"invalid_grant": {answer: func() (*http.Response, error) {
			return respondJSON(400, map[string]string{"error": "invalid_grant", "error_description": "no\nmore"}), nil
		}, want: oauth.ErrInvalidGrant},
		"invalid_client": {answer: func() (*http.Response, error) {
			return respondJSON(401, map[string]string{"error": "invalid_client"}), nil
		}, want: oauth.ErrInvalidClient},
		"another error": {answer: func() (*http.Response, error) { return respondJSON(400, map[string]string{"error": "x"}), nil }, want: oauth.ErrRefused},
		"JSON as a page": {answer: func() (*http.Response, error) {
			return respondText(200, "text/html", `{"sub":"`+cognitotest.Subject+`","access_token":"a","token_type":"Bearer","expires_in":60}`), nil
		}, want: oauth.ErrResponseInvalid},
		"JSON of a broken type": {answer: func() (*http.Response, error) {
			return respondText(200, "application/json; =", `{"sub":"`+cognitotest.Subject+`","access_token":"a","token_type":"Bearer","expires_in":60}`), nil
		}, want: oauth.ErrResponseInvalid},
		"HTML":            {answer: func() (*http.Response, error) { return respondText(200, "text/html", "<h1>the-secret</h1>"), nil }, want: oauth.ErrResponseInvalid},
		"HTML, forbidden": {answer: func() (*http.Response, error) { return respondText(403, "text/html", "<h1>the-secret</h1>"), nil }, want: oauth.ErrResponseInvalid},
		"a form":          {answer: func() (*http.Response, error) { return respondText(200, "text/plain", "access_token=the-secret"), nil }, want: oauth.ErrResponseInvalid},
		"half of it": {answer: func() (*http.Response, error) {
			return respondText(200, "application/json", `{"access_token":"the-secret`), nil
		}, want: oauth.ErrResponseInvalid},
		"a name twice": {answer: func() (*http.Response, error) {
			return respondText(200, "application/json", `{"sub":"the-secret","sub":"x"}`), nil
		}, want: oauth.ErrResponseInvalid},
		"a list":      {answer: func() (*http.Response, error) { return respondText(200, "application/json", `["the-secret"]`), nil }, want: oauth.ErrResponseInvalid},
		"bad UTF-8":   {answer: func() (*http.Response, error) { return respondText(200, "application/json", "{\"sub\":\"\xff\"}"), nil }, want: oauth.ErrResponseInvalid},
		"two of them": {answer: func() (*http.Response, error) { return respondText(200, "application/json", `{} {}`), nil }, want: oauth.ErrResponseInvalid},
		"50 MB": {answer: func() (*http.Response, error) {
			return respond(200, "application/json", io.LimitReader(zeroes{}, 50<<20)), nil
		}, want: oauth.ErrResponseInvalid},
		"50 MB of error": {answer: func() (*http.Response, error) {
			return respond(400, "application/json", io.LimitReader(zeroes{}, 50<<20)), nil
		}, want: oauth.ErrResponseInvalid},
		"busy":             {answer: func() (*http.Response, error) { return retry(429, "7"), nil }, want: oauth.ErrUnavailable, after: 7 * time.Second},
		"ill":              {answer: func() (*http.Response, error) { return retry(503, "99999999"), nil }, want: oauth.ErrUnavailable, after: time.Hour},
		"ill for ages":     {answer: func() (*http.Response, error) { return retry(503, "99999999999999999999"), nil }, want: oauth.ErrUnavailable, after: time.Hour},
		"ill for no time":  {answer: func() (*http.Response, error) { return retry(500, "-1"), nil }, want: oauth.ErrUnavailable, after: time.Second},
		"no connection":    {answer: func() (*http.Response, error) { return nil, errors.New("refused") }, want: oauth.ErrUnavailable, after: time.Second},
		"broken off":       {answer: func() (*http.Response, error) { return respond(200, "application/json", brokenOff{}), nil }, want: oauth.ErrUnavailable, after: time.Second},
		"redirect, 302":    {answer: func() (*http.Response, error) { return redirect(302), nil }, want: oauth.ErrResponseInvalid},
		"redirect, 307":    {answer: func() (*http.Response, error) { return redirect(307), nil }, want: oauth.ErrResponseInvalid},
		"redirect, 308":    {answer: func() (*http.Response, error) { return redirect(308), nil }, want: oauth.ErrResponseInvalid},
		"switch protocols": {answer: func() (*http.Response, error) { return respondText(101, "", ""), nil }, want: oauth.ErrResponseInvalid},
	} {
		p := newPool()
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return c.answer() }
		client := p.client(t, func(c *oauth.Config) { c.App.ClientSecret = "the-secret" })
		machine, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: p.secretApp()})
		if err != nil {
			t.Fatal(err)
		}
		raw := p.Pool().AccessToken()
		for call, do := range map[string]func() error{
			"exchange": func() error {
				v := start(t, client, oauth.StartOptions{})
				return second(client.Finish(t.Context(), v.Flow, v.back()))
			},
			"refresh":  func() error { return second(client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)) },
			"machine":  func() error { return second(machine.Token()) },
			"userInfo": func() error { return second(client.UserInfo(t.Context(), oauth.Secret(raw))) },
			"revoke":   func() error { return client.Revoke(t.Context(), oldRefresh) },
		} {
			if call == "revoke" && name == "a name twice" {
				continue
			}
			t.Run(name+"/"+call, func(t *testing.T) {
				before := p.count()
				e := wantCode(t, do(), c.want, raw)
				if e.RetryAfter() != c.after || e.Temporary() != (c.want == oauth.ErrUnavailable) || p.count() != before+1 {
					t.Errorf("%v: again after %s, %d requests", e, e.RetryAfter(), p.count()-before)
				}
			})
		}
	}
}

func redirect(status int) *http.Response {
	r := respondText(status, "text/html", "")
	r.Header.Set("Location", "https://evil.example.com/")
	return r
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (p *pool) secretApp() oauth.App {
	app := p.app()
	app.ClientID, app.ClientSecret = "machine", "the-secret"
	return app
}

// TestSlow has endpoints that do not answer, and callers that give up.
func TestSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.answer = func(r *http.Request, _ url.Values) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		client := p.client(t, func(c *oauth.Config) { c.App.Timeout = 3 * time.Second })
		finish := func(ctx context.Context) error {
			v := start(t, client, oauth.StartOptions{})
			return second(client.Finish(ctx, v.Flow, v.back()))
		}
		raw := oauth.Secret(p.Pool().AccessToken())
		for name, call := range map[string]func(context.Context) error{
			"finish":   finish,
			"refresh":  func(ctx context.Context) error { return second(client.Refresh(ctx, oldRefresh, "x")) },
			"userInfo": func(ctx context.Context) error { return second(client.UserInfo(ctx, raw)) },
			"revoke":   func(ctx context.Context) error { return client.Revoke(ctx, oldRefresh) },
		} {
			began := time.Now()
			err := call(t.Context())
			wantCode(t, err, oauth.ErrUnavailable)
			if errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 3*time.Second {
				t.Errorf("%s: %v after %s", name, err, time.Since(began))
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err = call(ctx)
			cancel()
			wantCode(t, err, oauth.ErrUnavailable)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			time.Sleep(3 * time.Second) // a refresh goes on for others
		}
		if s := finish(t.Context()).Error(); strings.Contains(s, "code=") {
			t.Error(s)
		}
	})
}
