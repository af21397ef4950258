package userpool_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestLogout(t *testing.T) {
	t.Parallel()
	f := serve(t)
	authorize := "/oauth2/authorize?" + authorizeQuery().Encode()
	toURL := url.Values{"client_id": {"local-client"}, "logout_uri": {signOut}}
	for _, tc := range []struct{ name, query, want string }{
		{"logout_uri", toURL.Encode(), signOut},
		{"next sign-in", authorizeQuery().Encode(), "/login?" + authorizeQuery().Encode()},
	} {
		b := newBrowser(t, f)
		b.signIn("anaya", authorizeQuery())
		var before []*http.Cookie
		for _, c := range b.client.Jar.Cookies(mustParse(t, f.url)) {
			before = append(before, sentCookie(c.Name, c.Value))
		}
		response, _ := b.get("/logout?" + tc.query)
		if got := response.Header.Get("Location"); response.StatusCode != http.StatusFound || got != tc.want {
			t.Errorf("%s: %d to %q, want %q", tc.name, response.StatusCode, got, tc.want)
		}
		response, _ = b.get(authorize)
		if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
			t.Errorf("%s: still signed in: %q", tc.name, got)
		}
		// A copy of the cookie is worth nothing either.
		b.client.Jar.SetCookies(mustParse(t, f.url), before)
		response, _ = b.get(authorize)
		if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
			t.Errorf("%s: the old cookie is still signed in: %q", tc.name, got)
		}
	}
}

func TestLogoutRefused(t *testing.T) {
	t.Parallel()
	f := serve(t)
	b := newBrowser(t, f)
	b.signIn("anaya", authorizeQuery())
	for _, tc := range []struct{ query, want string }{
		{"", "/error?error=invalid_request"},
		{"client_id=nobody&logout_uri=" + signOut, "/error?error=invalid_client"},
		{"client_id=local-client", "/error?error=redirect_mismatch&client_id=local-client"},
		{"client_id=local-client&logout_uri=", "/error?error=redirect_mismatch&client_id=local-client"},
		{"client_id=local-client&logout_uri=https://evil.example/", "/error?error=redirect_mismatch&client_id=local-client"},
		{"client_id=local-client&logout_uri=" + callback, "/error?error=redirect_mismatch&client_id=local-client"},
		{"client_id=local-client&logout_uri=" + signOut + "&logout_uri=x", "/error?error=invalid_request"},
		{"client_id=local-client&logout_uri=%zz", "/error?error=invalid_request"},
		{"client_id=local-client&logout_uri=" + strings.Repeat("x", 9000), "/error?error=invalid_request"},
		{"client_id=local-client&response_type=code&redirect_uri=https://evil.example/", "/error?error=redirect_mismatch&client_id=local-client"},
	} {
		response, _ := b.get("/logout?" + tc.query)
		if got := response.Header.Get("Location"); response.StatusCode != http.StatusFound || got != tc.want {
			t.Errorf("%.80s: %d to %q, want %q", tc.query, response.StatusCode, got, tc.want)
		}
	}
	response, body := b.get("/oauth2/authorize?" + authorizeQuery().Encode())
	if callbackQuery(t, response, body).Get("code") == "" {
		t.Error("a refused sign-out signed out")
	}
}
