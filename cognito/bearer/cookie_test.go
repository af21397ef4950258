package bearer_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestCookieCountsOnSameOriginRequests over a connection, as a browser sends it.
func TestCookieCountsOnSameOriginRequests(t *testing.T) {
	s := newScene(t, false, bearer.Config{Cookie: "__Host-token"}, nil)
	good := s.issuer.Pool().AccessToken()
	cookie := func(raw string, fields ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Cookie", "__Host-token="+raw)
			for n := 0; n < len(fields); n += 2 {
				r.Header.Set(fields[n], fields[n+1])
			}
		}
	}
	post := func(change func(*http.Request)) func(*http.Request) {
		return func(r *http.Request) { r.Method = http.MethodPost; change(r) }
	}
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		status int
		body   string
	}{
		{"GET", cookie(good), 200, "access " + cognitotest.Subject},
		{"a form", post(cookie(good, "Origin", s.server.URL)), 200, "access " + cognitotest.Subject},
		{"a form of another site", post(cookie(good, "Origin", "https://evil.example")), 403, "access_denied"},
		{"a bad token from another site", post(cookie("x", "Origin", "https://evil.example")), 403, "access_denied"},
		{"an expired token", cookie(s.issuer.Pool().AccessToken(cognitotest.Expired())), 401, "token_expired"},
		{"an ID token", cookie(s.issuer.Pool().IDToken()), 401, "token_use_mismatch"},
		{"nothing", func(*http.Request) {}, 401, "token_missing"},
		{"the header too", cookie(good, "Authorization", "Bearer "+good), 400, "request_invalid"},
		{"a WebSocket", func(r *http.Request) { upgrade(r, "chat"); cookie(good, "Origin", s.server.URL)(r) }, 200, "access"},
		{"a WebSocket of another site", func(r *http.Request) { upgrade(r, "chat"); cookie(good, "Origin", "https://evil.example")(r) }, 403, "access_denied"},
	} {
		response, body := s.ask(t, test.change)
		if response.StatusCode != test.status || !strings.Contains(body, test.body) {
			t.Errorf("%s: %s %q", test.name, response.Status, body)
		}
		if strings.Contains(body+s.logs.String(), good) {
			t.Errorf("%s: the token is in %q or the log", test.name, body)
		}
	}
}

// TestBadCookieIsNotAnonymous although the route accepts requests without a token.
func TestBadCookieIsNotAnonymous(t *testing.T) {
	s := newScene(t, false, bearer.Config{Cookie: "t", Optional: true}, nil)
	for value, want := range map[string]int{
		"":                               http.StatusOK,
		"theme=dark":                     http.StatusOK,
		"t=" + s.issuer.Pool().IDToken(): http.StatusUnauthorized,
		"t=":                             http.StatusUnauthorized,
		"t=a; t=b":                       http.StatusBadRequest,
	} {
		response, body := s.ask(t, func(r *http.Request) {
			if value != "" {
				r.Header.Set("Cookie", value)
			}
		})
		if response.StatusCode != want {
			t.Errorf("%.10q: %s %s", value, response.Status, body)
		}
	}
}

func TestOtherSourcesAreOptIn(t *testing.T) {
	plain := newScene(t, false, bearer.Config{}, nil)
	bare := newScene(t, false, bearer.Config{BareAuthorization: true}, nil)
	for _, s := range []*scene{plain, bare} {
		good := s.issuer.Pool().AccessToken()
		want := map[bool]int{true: http.StatusOK, false: http.StatusUnauthorized}
		if response, body := s.ask(t, func(r *http.Request) { r.Header.Set("Authorization", good) }); response.StatusCode != want[s == bare] {
			t.Errorf("the token alone: %s %s", response.Status, body)
		}
		if response, body := s.ask(t, func(r *http.Request) { r.Header.Set("Cookie", "t="+good) }); response.StatusCode != http.StatusUnauthorized {
			t.Errorf("a cookie: %s %s", response.Status, body)
		}
		if response, _ := s.ask(t, func(r *http.Request) { r.SetBasicAuth("u", "p") }); response.StatusCode != http.StatusUnauthorized {
			t.Errorf("Basic: %s", response.Status)
		}
	}
}

func TestCookieFaultsAreReported(t *testing.T) {
	_, verifier := newVerifier(t)
	for _, test := range []struct {
		config bearer.Config
		faults []string
	}{
		{bearer.Config{Cookie: "a b", CookieOrigins: []string{"https://a.example", "http://b.example", "https://c.example/x", "*"}},
			[]string{"Config.Cookie ", "Config.CookieOrigins[1]", "Config.CookieOrigins[2]", "Config.CookieOrigins[3]"}},
		{bearer.Config{CookieOrigins: []string{"https://a.example"}}, []string{"Config.CookieOrigins has no effect"}},
		{bearer.Config{Cookie: "__Host-token", CookieOrigins: []string{"https://a.example", "http://localhost:3000"}}, nil},
	} {
		test.config.Verifier = verifier
		_, err := bearer.Middleware(test.config)
		if test.faults == nil && err != nil {
			t.Error(err)
		}
		for _, fault := range test.faults {
			if err == nil || !strings.Contains(err.Error(), fault) || strings.Count(err.Error(), "\n")+1 != len(test.faults) {
				t.Errorf("%s is not in: %v", fault, err)
			}
		}
	}
}
