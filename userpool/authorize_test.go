package userpool_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

func get(t testing.TB, h http.Handler, target string) (response *http.Response, body string) {
	t.Helper()
	return request(t, h, httptest.NewRequest(http.MethodGet, target, nil))
}

// TestAuthorizeErrors holds for the authorization endpoint and for both methods
// of the login page alike: each of them judges its own URL.
func TestAuthorizeErrors(t *testing.T) {
	t.Parallel()
	raw := func(pairs ...string) string { return authorizeQuery(pairs...).Encode() }
	const back = callback + "?error_description="
	for _, tc := range []struct {
		name, query  string
		wantLocation string // or its beginning, for callbacks
		wantError    string
	}{
		{"no client", raw("client_id", ""), "/error?error=invalid_request", ""},
		{"unknown client", raw("client_id", "nobody"), "/error?error=invalid_client", ""},
		{"client twice", raw() + "&client_id=local-client", "/error?error=invalid_request", ""},
		{"no redirect", raw("redirect_uri", ""), "/error?error=redirect_mismatch&client_id=local-client", ""},
		{"foreign redirect", raw("redirect_uri", "https://evil.example/"), "/error?error=redirect_mismatch&client_id=local-client", ""},
		{"longer redirect", raw("redirect_uri", callback+"/x"), "/error?error=redirect_mismatch&client_id=local-client", ""},
		{"redirect with query", raw("redirect_uri", callback+"?x=1"), "/error?error=redirect_mismatch&client_id=local-client", ""},
		{"redirect in other case", raw("redirect_uri", "http://LOCALHOST:3000/callback"), "/error?error=redirect_mismatch&client_id=local-client", ""},
		{"redirect twice", raw() + "&redirect_uri=x", "/error?error=invalid_request", ""},
		{"redirect of a client without any", raw("client_id", "local-machine"), "/error?error=redirect_mismatch&client_id=local-machine", ""},
		{"bad escape", raw() + "&x=%zz", "/error?error=invalid_request", ""},
		{"semicolon", raw() + ";x=y", "/error?error=invalid_request", ""},
		{"too long", raw("state", strings.Repeat("a", 9000)), "/error?error=invalid_request", ""},
		{"no response type", raw("response_type", ""), back, "invalid_request"},
		{"unknown response type", raw("response_type", "id_token"), back, "invalid_request"},
		{"implicit", raw("response_type", "token"), back, "unauthorized_client"},
		{"challenge without method", raw("code_challenge_method", ""), back, "invalid_request"},
		{"method without challenge", raw("code_challenge", ""), back, "invalid_request"},
		{"plain challenge", raw("code_challenge_method", "plain"), back, "invalid_request"},
		{"short challenge", raw("code_challenge", "abc"), back, "invalid_request"},
		{"padded challenge", raw("code_challenge", rfcChallenge+"="), back, "invalid_request"},
		{"unknown scope", raw("scope", "openid nonsense"), back, "invalid_scope"},
		{"unknown prompt", raw("prompt", "shout"), back, "invalid_request"},
		{"prompt none with another", raw("prompt", "none login"), back, "invalid_request"},
		{"foreign provider", raw("identity_provider", "Google"), back, "invalid_request"},
		{"resource", raw("resource", "http://api.example.com"), back, "invalid_request"},
		{"nonce twice", raw() + "&nonce=again", back, "invalid_request"},
		{"nonce not UTF-8", raw("nonce", "\xff"), back, "invalid_request"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, endpoint := range []string{"GET /oauth2/authorize", "GET /login", "POST /login"} {
				method, path, _ := strings.Cut(endpoint, " ")
				response, body := request(t, shared(), httptest.NewRequest(method, path+"?"+tc.query, nil))
				location := response.Header.Get("Location")
				if response.StatusCode != http.StatusFound || body != "" {
					t.Errorf("%s: %d %q", endpoint, response.StatusCode, body)
				}
				if tc.wantError == "" {
					if location != tc.wantLocation {
						t.Errorf("%s: goes to %q, want %q", endpoint, location, tc.wantLocation)
					}
					continue
				}
				u, err := url.Parse(location)
				if err != nil {
					t.Fatal(err)
				}
				q := u.Query()
				if !strings.HasPrefix(location, tc.wantLocation) || q.Get("error") != tc.wantError || q.Get("state") != "a state & more" {
					t.Errorf("%s: goes to %q, want %s", endpoint, location, tc.wantError)
				}
			}
		})
	}
}

func TestAuthorizeWithoutSession(t *testing.T) {
	t.Parallel()
	response, _ := get(t, shared(), "/oauth2/authorize?"+authorizeQuery().Encode())
	want := "/login?" + authorizeQuery().Encode()
	if got := response.Header.Get("Location"); response.StatusCode != http.StatusFound || got != want {
		t.Errorf("%d to %q, want %q", response.StatusCode, got, want)
	}
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	response, body := get(t, shared(), "/oauth2/authorize?"+authorizeQuery("prompt", "none").Encode())
	if got := callbackQuery(t, response, body).Get("error"); got != "login_required" {
		t.Errorf("prompt=none: error %q", got)
	}
	response, _ = get(t, shared(), "/oauth2/authorize?"+authorizeQuery("identity_provider", "COGNITO", "code_challenge", "", "code_challenge_method", "").Encode())
	if got := response.Header.Get("Location"); !strings.HasPrefix(got, "/login?") {
		t.Errorf("without PKCE: %q", got)
	}
}

func TestRepeatedStateIsNotReturned(t *testing.T) {
	t.Parallel()
	response, body := get(t, shared(), "/oauth2/authorize?"+authorizeQuery().Encode()+"&state=other")
	q := callbackQuery(t, response, body)
	if q.Has("state") || q.Get("error") != "invalid_request" {
		t.Errorf("callback gets %v", q)
	}
}

// A callback URL with a query of its own keeps it (RFC 6749 §3.1.2).
func TestCallbackURLWithQuery(t *testing.T) {
	t.Parallel()
	const withOwn = "http://localhost:3000/callback?tenant=7"
	f := serve(t, func(cfg *userpool.Config) {
		cfg.Pools[0].Clients[0].CallbackURLs = []string{withOwn}
	})
	b := newBrowser(t, f)
	q := b.signIn("anaya", authorizeQuery("redirect_uri", withOwn))
	if q.Get("tenant") != "7" || q.Get("code") == "" || q.Get("state") == "" {
		t.Errorf("callback gets %v", q)
	}
}

func TestErrorPage(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"redirect_mismatch":         "redirect_uri or logout_uri must be",
		"invalid_client":            "client_id in the link",
		"invalid_request":           "Start again from the application",
		"server_error":              "The server could not answer",
		"<script>alert(1)</script>": "Start again from the application",
		"":                          "Start again from the application",
	} {
		response, body := get(t, shared(), "/error?"+url.Values{"error": {code}, "client_id": {"<img src=x>"}}.Encode())
		if response.StatusCode != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%q: %d\n%s", code, response.StatusCode, body)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "<img") {
			t.Errorf("%q: the page repeats the query", code)
		}
		checkPageHeaders(t, response, body)
	}
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]int{
		"GET /nothing":           http.StatusNotFound,
		"POST /oauth2/authorize": http.StatusMethodNotAllowed,
		"GET /oauth2/token":      http.StatusMethodNotAllowed,
		"DELETE /login":          http.StatusMethodNotAllowed,
	} {
		method, path, _ := strings.Cut(target, " ")
		response, _ := request(t, shared(), httptest.NewRequest(method, path, nil))
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, response.StatusCode, want)
		}
		if response.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", target)
		}
	}
}
