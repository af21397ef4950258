package userpool_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

func checkPageHeaders(t *testing.T, response *http.Response, body string) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Type":           "text/html; charset=utf-8",
		"Cache-Control":          "no-store",
		"Referrer-Policy":        "no-referrer",
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options":        "DENY",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := response.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action "} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body)
	if style == nil {
		t.Fatal("no style in the page")
	}
	sum := sha256.Sum256([]byte(style[1]))
	if !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Error("the policy does not let the page's own style through")
	}
	if strings.Contains(body, "<script") {
		t.Error("a script in the page")
	}
}

func TestLoginPage(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) {
		c := &cfg.Pools[0].Clients[0]
		c.CallbackURLs = append(c.CallbackURLs, "https://app.example.com/cb", "com.example.app://cb", "http://[::1]:5000/cb")
	})
	hint := `"><script>alert(1)</script>`
	response, body := newBrowser(t, f).get("/login?" + authorizeQuery("login_hint", hint, "state", hint).Encode())
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", response.StatusCode, body)
	}
	checkPageHeaders(t, response, body)
	for _, want := range []string{`<html lang="en">`, `<label for="username">`, `<label for="password">`, "width=device-width", "local-client"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	action, fields := parseForm(t, body)
	if fields.Get("username") != hint {
		t.Errorf("user name %q, want the login_hint", fields.Get("username"))
	}
	u, err := url.Parse(action)
	if err != nil {
		t.Fatal(err)
	}
	if u.Path != "/login" || u.IsAbs() || u.Query().Get("state") != hint {
		t.Errorf("the form goes to %q", action)
	}
	policy := response.Header.Get("Content-Security-Policy")
	for _, want := range []string{" 'self' ", " http://localhost:* ", " https://app.example.com ", " com.example.app: ", " http:;"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
}

func TestWrongCredentialsLookAlike(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, serve(t))
	_, page := b.get("/login?" + authorizeQuery().Encode())
	var pages []string
	for _, credentials := range [][2]string{{"anaya", "passw0rd!"}, {"nobody", "Passw0rd!"}, {"anaya", ""}, {"", ""}, {"anaya", strings.Repeat("x", 5000)}} {
		action, fields := parseForm(t, page)
		response, body := b.post(action, with(fields, "username", credentials[0], "password", credentials[1]))
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %d", credentials, response.StatusCode)
		}
		checkPageHeaders(t, response, body)
		if !strings.Contains(body, `role="alert">Incorrect username or password.</p>`) {
			t.Errorf("%q:\n%s", credentials, body)
		}
		if len(response.Cookies()) != 0 {
			t.Errorf("%q: cookies %v", credentials, response.Cookies())
		}
		if credentials[0] != "" {
			pages = append(pages, strings.ReplaceAll(body, `"`+credentials[0]+`"`, `"NAME"`))
		}
	}
	for _, p := range pages[1:] {
		if p != pages[0] {
			t.Errorf("pages differ:\n%s\n%s", pages[0], p)
		}
	}
}

// TestLoginCSRF sends the right password in forms that the browser was not given.
func TestLoginCSRF(t *testing.T) {
	t.Parallel()
	f := serve(t)
	b, attacker := newBrowser(t, f), newBrowser(t, f)
	target := "/login?" + authorizeQuery().Encode()
	_, page := b.get(target)
	_, fields := parseForm(t, page)
	_, attackersPage := attacker.get(target)
	_, attackersFields := parseForm(t, attackersPage)
	cookie := b.client.Jar.Cookies(mustParse(t, f.url))[0]
	for _, tc := range []struct {
		name   string
		tokens []string
		cookie string
		site   string
		want   int
	}{
		{"no token", nil, cookie.Value, "", http.StatusForbidden},
		{"empty token", []string{""}, cookie.Value, "", http.StatusForbidden},
		{"the cookie itself", []string{cookie.Value}, cookie.Value, "", http.StatusForbidden},
		{"another browser's token", attackersFields["_csrf"], cookie.Value, "", http.StatusForbidden},
		{"no cookie", fields["_csrf"], "", "", http.StatusForbidden},
		{"two tokens", []string{fields.Get("_csrf"), fields.Get("_csrf")}, cookie.Value, "", http.StatusForbidden},
		{"another site", fields["_csrf"], cookie.Value, "cross-site", http.StatusForbidden},
		{"another port", fields["_csrf"], cookie.Value, "same-site", http.StatusForbidden},
		{"own form", fields["_csrf"], cookie.Value, "same-origin", http.StatusFound},
		{"own form, old browser", fields["_csrf"], cookie.Value, "", http.StatusFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			form := url.Values{"username": {"anaya"}, "password": {"Passw0rd!"}, "_csrf": tc.tokens}
			r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tc.cookie != "" {
				r.AddCookie(sentCookie("XSRF-TOKEN", tc.cookie))
			}
			if tc.site != "" {
				r.Header.Set("Sec-Fetch-Site", tc.site)
			}
			response, body := request(t, f.Server, r)
			if response.StatusCode != tc.want {
				t.Errorf("%d, want %d:\n%s", response.StatusCode, tc.want, body)
			}
			if tc.want == http.StatusForbidden && !strings.Contains(body, "no longer valid") {
				t.Errorf("the page does not say why:\n%s", body)
			}
		})
	}
}

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestLoginBodyIsBounded(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, serve(t))
	_, page := b.get("/login?" + authorizeQuery().Encode())
	action, fields := parseForm(t, page)
	response, _ := b.post(action, with(fields, "username", "anaya", "password", strings.Repeat("x", 1<<20)))
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("1 MiB: %d", response.StatusCode)
	}
}

// A password in the URL is not a sign-in.
func TestLoginIgnoresQueryCredentials(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, serve(t))
	target := "/login?" + authorizeQuery("username", "anaya", "password", "Passw0rd!").Encode()
	_, page := b.get(target)
	action, fields := parseForm(t, page)
	response, _ := b.post(action, url.Values{"_csrf": fields["_csrf"]})
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("%d to %q", response.StatusCode, response.Header.Get("Location"))
	}
}

// A session cookie planted before the sign-in is not the one after it.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	f := serve(t)
	b := newBrowser(t, f)
	planted := sentCookie("cognito-"+poolID, "planted")
	b.client.Jar.SetCookies(mustParse(t, f.url), []*http.Cookie{planted})
	b.signIn("anaya", authorizeQuery())
	r := httptest.NewRequest(http.MethodGet, "/oauth2/authorize?"+authorizeQuery().Encode(), nil)
	r.AddCookie(planted)
	response, _ := request(t, f.Server, r)
	if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
		t.Errorf("the planted cookie is signed in: %q", got)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		publicURL, prefix string
		secure            bool
	}{
		{"http://127.0.0.1:9229", "", false},
		{"https://pool.example.com", "__Host-", true},
	} {
		f := serve(t, func(cfg *userpool.Config) { cfg.PublicURL = tc.publicURL })
		target := "/login?" + authorizeQuery().Encode()
		response, page := get(t, f.Server, target)
		cookies := response.Cookies()
		_, fields := parseForm(t, page)
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(with(fields, "username", "anaya", "password", "Passw0rd!").Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookies[0])
		response, _ = request(t, f.Server, r)
		cookies = append(cookies, response.Cookies()...)
		if len(cookies) != 2 {
			t.Fatalf("%s: cookies %v", tc.publicURL, cookies)
		}
		for i, name := range []string{"XSRF-TOKEN", "cognito-" + poolID} {
			c := cookies[i]
			if c.Name != tc.prefix+name || !c.HttpOnly || c.Secure != tc.secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: cookie %v", tc.publicURL, c)
			}
		}
		if cookies[1].MaxAge != 3600 {
			t.Errorf("the session lives %d s, want 3600", cookies[1].MaxAge)
		}
	}
}
