package oauth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "the-secret/+"} {
		p := newPool()
		client := p.client(t, func(c *oauth.Config) { c.App.ClientSecret = oauth.Secret(secret) })
		v := start(t, client, oauth.StartOptions{Keep: "/orders?x=1", IdentityProvider: "Google", LoginHint: "anaya", Language: "de", Prompt: "login", Resource: "https://r"})
		if want := p.Clock().Now().Add(oauth.DefaultFlowLifetime).Truncate(time.Second); !v.ExpiresAt.Equal(want) || v.State != v.sent.Get("state") {
			t.Errorf("%s %s", v.ExpiresAt, v.State)
		}
		p.answer = func(r *http.Request, form url.Values) (*http.Response, error) {
			sum := sha256.Sum256([]byte(form.Get("code_verifier")))
			if base64.RawURLEncoding.EncodeToString(sum[:]) != v.sent.Get("code_challenge") {
				t.Error("the verifier is not that of the challenge")
			}
			user, password, basic := r.BasicAuth()
			if basic != (secret != "") || basic && (user != cognitotest.ClientID || password != url.QueryEscape(secret)) || form.Has("client_secret") {
				t.Errorf("Basic %t %s", basic, user)
			}
			form.Del("code_verifier")
			want := url.Values{"grant_type": {"authorization_code"}, "code": {"the-code"}, "redirect_uri": {redirectURL}}
			if secret == "" {
				want.Set("client_id", cognitotest.ClientID)
			}
			if diff := cmp.Diff(want, form); diff != "" || r.URL.String() != domain+"/oauth2/token" || r.Method != http.MethodPost {
				t.Errorf("%s %s (-want +got):\n%s", r.Method, r.URL, diff)
			}
			return respondJSON(http.StatusOK, p.tokens(v.sent.Get("nonce"))), nil
		}
		tokens, err := client.Finish(t.Context(), v.Flow, v.back("iss", p.Pool().UpdatedIssuer()))
		if err != nil {
			t.Fatal(err)
		}
		if tokens.Access.Subject() != cognitotest.Subject || tokens.ID.Email() == "" || tokens.Refresh != oldRefresh || tokens.Kept != "/orders?x=1" ||
			!tokens.ExpiresAt.Equal(tokens.Access.ExpiresAt()) || tokens.RawAccess == "" || tokens.RawID == "" {
			t.Errorf("%+v", tokens)
		}
		if s := fmt.Sprintf("%v %+v %#v", tokens, tokens, *tokens); strings.Contains(s, oldRefresh) || strings.Contains(s, string(tokens.RawAccess)) {
			t.Errorf("shows a token: %s", s)
		}
		sent := v.sent
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if len(sent.Get(name)) != 43 {
				t.Errorf("%s is %q", name, sent.Get(name))
			}
			sent.Del(name)
		}
		want := url.Values{
			"response_type": {"code"}, "client_id": {cognitotest.ClientID}, "redirect_uri": {redirectURL}, "scope": {"openid email"},
			"code_challenge_method": {"S256"}, "identity_provider": {"Google"}, "login_hint": {"anaya"}, "lang": {"de"}, "prompt": {"login"}, "resource": {"https://r"},
		}
		if diff := cmp.Diff(want, sent); diff != "" || !strings.HasPrefix(v.URL, domain+"/oauth2/authorize?") {
			t.Errorf("%s (-want +got):\n%s", v.URL, diff)
		}
	}
}

func TestStartRefusesWhatIsTooLong(t *testing.T) {
	t.Parallel()
	_, err := newPool().client(t).Start(oauth.StartOptions{Keep: strings.Repeat("x", 1025)})
	wantCode(t, err, oauth.ErrInvalidRequest)
	v := start(t, newPool().client(t), oauth.StartOptions{Keep: strings.Repeat("x", 1024)})
	if len(v.Flow) > 2048 || strings.Trim(string(v.Flow), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("a flow of %d bytes is no cookie", len(v.Flow))
	}
}

// TestCallbackRefused has callbacks that must not lead to a request.
func TestCallbackRefused(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		t.Error("a code was sent")
		return nil, http.ErrAbortHandler
	}
	other := p.client(t)
	foreign := start(t, other, oauth.StartOptions{})
	client := p.client(t)
	second := start(t, client, oauth.StartOptions{})
	query := func(s string) func(visit) *url.URL {
		return func(v visit) *url.URL { return &url.URL{RawQuery: strings.ReplaceAll(s, "STATE", v.State)} }
	}
	for name, c := range map[string]struct {
		flow func(visit) oauth.Flow
		back func(visit) *url.URL
		want oauth.Code
	}{
		"no state":                 {back: func(v visit) *url.URL { return v.back("state", "") }, want: oauth.ErrStateMismatch},
		"wrong state":              {back: func(v visit) *url.URL { return v.back("state", "x") }, want: oauth.ErrStateMismatch},
		"state of another sign-in": {back: func(visit) *url.URL { return second.back() }, want: oauth.ErrStateMismatch},
		"error without state":      {back: query("error=access_denied"), want: oauth.ErrStateMismatch},
		"no flow":                  {flow: func(visit) oauth.Flow { return "" }, want: oauth.ErrFlowInvalid},
		"flow of another key":      {flow: func(visit) oauth.Flow { return foreign.Flow }, want: oauth.ErrFlowInvalid},
		"a flow that was changed": {flow: func(v visit) oauth.Flow {
			b := []byte(v.Flow)
			b[40] ^= 1
			return oauth.Flow(b)
		}, want: oauth.ErrFlowInvalid},
		"a flow that is cut": {flow: func(v visit) oauth.Flow { return v.Flow[:20] }, want: oauth.ErrFlowInvalid},
		"a flow with more":   {flow: func(v visit) oauth.Flow { return v.Flow + "\n" }, want: oauth.ErrFlowInvalid},
		"a huge flow":        {flow: func(visit) oauth.Flow { return oauth.Flow(strings.Repeat("A", 1<<20)) }, want: oauth.ErrFlowInvalid},
		"nothing":            {back: query(""), want: oauth.ErrCallbackInvalid},
		"no callback":        {back: func(visit) *url.URL { return nil }, want: oauth.ErrCallbackInvalid},
		"two states":         {back: query("state=STATE&state=STATE&code=x"), want: oauth.ErrCallbackInvalid},
		"two codes":          {back: query("state=STATE&code=x&code=x"), want: oauth.ErrCallbackInvalid},
		"code and error":     {back: query("state=STATE&code=x&error=y"), want: oauth.ErrCallbackInvalid},
		"bad escape":         {back: query("state=STATE&code=%zz"), want: oauth.ErrCallbackInvalid},
		"bad escape beside":  {back: query("state=STATE&code=x&other=%zz"), want: oauth.ErrCallbackInvalid},
		"semicolon":          {back: query("state=STATE;code=x"), want: oauth.ErrCallbackInvalid},
		"not UTF-8":          {back: query("state=STATE&code=%ff"), want: oauth.ErrCallbackInvalid},
		"too long":           {back: query("state=STATE&code=" + strings.Repeat("x", 16<<10)), want: oauth.ErrCallbackInvalid},
		"iss of another":     {back: func(v visit) *url.URL { return v.back("iss", "https://evil.example.com") }, want: oauth.ErrIssuerMismatch},
		"empty iss":          {back: query("state=STATE&code=x&iss="), want: oauth.ErrCallbackInvalid},
		"denied":             {back: func(v visit) *url.URL { return v.back("code", "", "error", "access_denied") }, want: oauth.ErrAccessDenied},
		"no session":         {back: func(v visit) *url.URL { return v.back("code", "", "error", "interaction_required") }, want: oauth.ErrLoginRequired},
		"pool is ill":        {back: func(v visit) *url.URL { return v.back("code", "", "error", "server_error") }, want: oauth.ErrUnavailable},
		"unknown error":      {back: func(v visit) *url.URL { return v.back("code", "", "error", "moon_phase") }, want: oauth.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := start(t, client, oauth.StartOptions{})
			flow, back := v.Flow, v.back()
			if c.flow != nil {
				flow = c.flow(v)
			}
			if c.back != nil {
				back = c.back(v)
			}
			tokens, err := client.Finish(t.Context(), flow, back)
			if tokens != nil {
				t.Error("tokens")
			}
			wantCode(t, err, c.want)
		})
	}
}

func TestErrorOfCallbackIsHarmless(t *testing.T) {
	t.Parallel()
	client := newPool().client(t)
	v := start(t, client, oauth.StartOptions{})
	_, err := client.Finish(t.Context(), v.Flow, v.back("code", "", "error", "x\ny"+strings.Repeat("z", 100), "error_description", "\x1b[31m<b>é"+strings.Repeat("w", 1000)))
	e := wantCode(t, err, oauth.ErrRefused)
	if e.Reported() != "x?y"+strings.Repeat("z", 61) || !strings.HasPrefix(e.Description(), "?[31m<b>?www") || len(e.Description()) != 256 {
		t.Errorf("%q %q", e.Reported(), e.Description())
	}
	if strings.ContainsAny(err.Error(), "\n\x1b") || strings.Contains(e.Message(), "www") {
		t.Errorf("%q %q", err, e.Message())
	}
}

func TestFlowIsFinishedOnce(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	v := start(t, client, oauth.StartOptions{})
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondJSON(http.StatusOK, p.tokens(v.sent.Get("nonce"))), nil
	}
	// What somebody else makes up does not end it.
	_, err := client.Finish(t.Context(), v.Flow, v.back("state", "made up"))
	wantCode(t, err, oauth.ErrStateMismatch)
	const callers = 100
	errs := make(chan error, callers)
	for range callers {
		go func() {
			_, err := client.Finish(t.Context(), v.Flow, v.back())
			errs <- err
		}()
	}
	good := 0
	for range callers {
		if err := <-errs; err == nil {
			good++
		} else {
			wantCode(t, err, oauth.ErrFlowInvalid)
		}
	}
	if good != 1 || p.count() != 1 {
		t.Errorf("finished %d times with %d requests", good, p.count())
	}
}

func TestFlowExpires(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t, func(c *oauth.Config) { c.FlowLifetime = time.Minute })
	v := start(t, client, oauth.StartOptions{})
	p.Clock().Advance(time.Minute)
	_, err := client.Finish(t.Context(), v.Flow, v.back())
	wantCode(t, err, oauth.ErrFlowInvalid)
}

func TestFlowKeys(t *testing.T) {
	t.Parallel()
	p := newPool()
	older, newer := oauth.Secret(strings.Repeat("o", 32)), oauth.Secret(strings.Repeat("n", 32))
	with := func(keys ...oauth.Secret) func(*oauth.Config) { return func(c *oauth.Config) { c.FlowKeys = keys } }
	v := start(t, p.client(t, with(older)), oauth.StartOptions{})
	denied := v.back("code", "", "error", "access_denied")
	_, err := p.client(t, with(newer, older)).Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrAccessDenied)
	_, err = p.client(t, with(newer)).Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrFlowInvalid)
	// With the same key, but another client or redirect URL.
	_, err = p.client(t, with(older), func(c *oauth.Config) { c.App.ClientID = "another-client" }).Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrFlowInvalid)
	_, err = p.client(t, with(older), func(c *oauth.Config) { c.RedirectURL += "/x" }).Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrFlowInvalid)
}

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	_, err := oauth.New(oauth.Config{})
	for _, field := range []string{"App.Domain", "App.ClientID", "Verifier", "UserPoolID", "RedirectURL", "Scopes"} {
		if err == nil || !strings.Contains(err.Error(), "oauth: Config."+field+" ") {
			t.Errorf("no fault of %s in %v", field, err)
		}
	}
	p := newPool()
	for field, change := range map[string]func(*oauth.Config){
		"Config.App.Domain":       func(c *oauth.Config) { c.App.Domain = "http://auth.example.com" },
		"Config.App.ClientSecret": func(c *oauth.Config) { c.App.ClientSecret = "the-secret\n" },
		"Config.App.Timeout":      func(c *oauth.Config) { c.App.Timeout = -1 },
		"Config.App.Timeout ":     func(c *oauth.Config) { c.App.Timeout = 5*time.Minute + 1 },
		"Config.App.ClientID":     func(c *oauth.Config) { c.App.ClientID = "a b" },
		"Config.App.ClientID ":    func(c *oauth.Config) { c.App.ClientID = strings.Repeat("a", 1025) },
		"Config.ReplicaRegions":   func(c *oauth.Config) { c.ReplicaRegions = []string{"nowhere"} },
		"Config.Issuer":           func(c *oauth.Config) { c.Issuer = "http://example.com/x" },
		"Config.RedirectURL":      func(c *oauth.Config) { c.RedirectURL = "javascript:alert(1)" },
		"Config.Scopes[2]":        func(c *oauth.Config) { c.Scopes = []string{"openid", "email", "a b"} },
		"Config.Scopes[1]":        func(c *oauth.Config) { c.Scopes = []string{"openid", "openid"} },
		"Config.Scopes[0]":        func(c *oauth.Config) { c.Scopes = []string{`a"b`, "openid"} },
		"Config.Scopes[0] ":       func(c *oauth.Config) { c.Scopes = []string{`a\b`, "openid"} },
		"Config.FlowLifetime":     func(c *oauth.Config) { c.FlowLifetime = 24*time.Hour + 1 },
		"Config.FlowLifetime ":    func(c *oauth.Config) { c.FlowLifetime = -1 },
		"Config.FlowKeys[0]":      func(c *oauth.Config) { c.FlowKeys = []oauth.Secret{"the-secret"} },
	} {
		config := p.config(t)
		change(&config)
		_, err := oauth.New(config)
		if err == nil || !strings.HasPrefix(err.Error(), "oauth: "+strings.TrimSpace(field)+" ") || strings.Contains(err.Error(), "the-secret") {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, bad := range []string{"", "auth.example.com", "https://auth.example.com/x", "https://u:the-secret@auth.example.com", "https://a?b", "ftp://a", "https://a#", "http://127.0.0.1.example.com",
		"https://a$(id);x.example.com", `https://a"b.example.com`, "https://a\u202eb.example.com", "https://bücher.example.com", "https://a%41.example.com"} {
		config := p.config(t)
		config.App.Domain = bad
		if _, err := oauth.New(config); err == nil || strings.Contains(err.Error(), "the-secret") {
			t.Errorf("Domain %q: %v", bad, err)
		}
	}
	for _, good := range []string{"http://localhost:9229", "http://[::1]:1/", "https://auth.example.com/"} {
		config := p.config(t)
		config.App.Domain = good
		if _, err := oauth.New(config); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"http://app.example.com/", "/callback", "https://a/#x", "data:text/html,x", "app:x#y", "https://" + strings.Repeat("a", 2000)} {
		config := p.config(t)
		if config.RedirectURL = bad; second(oauth.New(config)) == nil {
			t.Errorf("RedirectURL %q is accepted", bad)
		}
	}
	config := p.config(t)
	config.RedirectURL = "com.example.app:/callback"
	if _, err := oauth.New(config); err != nil {
		t.Error(err)
	}
}

// TestConfigLimitsAreAccepted has each value at its limit.
func TestConfigLimitsAreAccepted(t *testing.T) {
	t.Parallel()
	p := newPool()
	for name, change := range map[string]func(*oauth.Config){
		"App.ClientID": func(c *oauth.Config) { c.App.ClientID = strings.Repeat("a", 1024) },
		"App.Timeout":  func(c *oauth.Config) { c.App.Timeout = 5 * time.Minute },
		"FlowLifetime": func(c *oauth.Config) { c.FlowLifetime = 24 * time.Hour },
		"a local pool": func(c *oauth.Config) {
			c.UserPoolID, c.Issuer = "local_AbCdEfGhI", "http://localhost:9229/local_AbCdEfGhI"
		},
	} {
		config := p.config(t)
		change(&config)
		if _, err := oauth.New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	app := p.secretApp()
	if _, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: app, Resource: strings.Repeat("r", 1024)}); err != nil {
		t.Error(err)
	}
}

// TestCallbackOfConfiguredIssuerIsAccepted: it replaces those of Amazon.
func TestCallbackOfConfiguredIssuerIsAccepted(t *testing.T) {
	t.Parallel()
	const issuer = "https://issuer.example.com/" + cognitotest.PoolID
	p := newPool()
	client := p.client(t, func(c *oauth.Config) { c.Issuer = issuer })
	for iss, want := range map[string]oauth.Code{issuer: oauth.ErrAccessDenied, p.Pool().UpdatedIssuer(): oauth.ErrIssuerMismatch} {
		v := start(t, client, oauth.StartOptions{})
		_, err := client.Finish(t.Context(), v.Flow, v.back("code", "", "error", "access_denied", "iss", iss))
		wantCode(t, err, want)
	}
}

func second[A, B any](_ A, b B) B { return b }
