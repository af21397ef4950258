package metadata_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/poolguard/poolguard/cognito/metadata"
)

func newServer(t testing.TB, change func(*metadata.AuthorizationServer)) http.Handler {
	t.Helper()
	config := metadata.AuthorizationServer{
		URL: "https://mcp.example.com", Domain: "https://auth.example.com", ClientID: "1example", Scopes: []string{"mcp/call"},
		RedirectURIs: []string{"http://localhost:3118/callback", "http://127.0.0.1:3118/callback?a=b", "https://app.example/cb", "myapp://cb"},
	}
	change(&config)
	h, err := metadata.NewAuthorizationServer(config)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Register(mux)
	return mux
}

func asItIs(*metadata.AuthorizationServer) {}

func TestAuthorizationServerDocument(t *testing.T) {
	w := ask(newServer(t, asItIs), http.MethodGet, "/.well-known/oauth-authorization-server", "", "")
	if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	sameJSON(t, w.Body.String(), `{"issuer":"https://mcp.example.com","authorization_endpoint":"https://auth.example.com/oauth2/authorize",
		"token_endpoint":"https://auth.example.com/oauth2/token","registration_endpoint":"https://mcp.example.com/register",
		"revocation_endpoint":"https://auth.example.com/oauth2/revoke","scopes_supported":["mcp/call"],
		"response_types_supported":["code"],"response_modes_supported":["query"],"grant_types_supported":["authorization_code","refresh_token"],
		"token_endpoint_auth_methods_supported":["none"],"revocation_endpoint_auth_methods_supported":["none"],
		"code_challenge_methods_supported":["S256"]}`)
}

// TestIssuerWithAPath: the document is at the inserted path, and registration is below the issuer
// (RFC 8414 §3.1).
func TestIssuerWithAPath(t *testing.T) {
	server := newServer(t, func(s *metadata.AuthorizationServer) { s.URL += "/tools" })
	w := ask(server, http.MethodGet, "/.well-known/oauth-authorization-server/tools", "", "")
	for _, want := range []string{`"issuer":"https://mcp.example.com/tools"`, `"registration_endpoint":"https://mcp.example.com/tools/register"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%d %s, want %s", w.Code, w.Body, want)
		}
	}
	if w := ask(server, http.MethodPost, "/tools/register", "application/json", `{"redirect_uris":["myapp://cb"]}`); w.Code != http.StatusCreated {
		t.Errorf("registration: %d %s", w.Code, w.Body)
	}
}

func TestRegistrationAnswersWithTheConfiguredClient(t *testing.T) {
	w := ask(newServer(t, asItIs), http.MethodPost, "/register", "application/json; charset=utf-8", `{"client_name":"<b>","redirect_uris":
		["http://localhost:3118/callback","https://app.example/cb"],"token_endpoint_auth_method":"client_secret_basic",
		"grant_types":["client_credentials"],"scope":"admin","client_id":"other"}`)
	if w.Code != http.StatusCreated || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	sameJSON(t, w.Body.String(), `{"client_id":"1example","redirect_uris":["http://localhost:3118/callback","https://app.example/cb"],
		"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"response_types":["code"],"scope":"mcp/call"}`)
}

func TestRegistrationOfAnotherRedirectIsRefused(t *testing.T) {
	server := newServer(t, asItIs)
	for _, uri := range []string{
		"", "https://evil.example/cb", "http://localhost:3119/callback", "http://localhost/callback", "http://localhost:3118/callback/",
		"http://localhost:3118/callback?x", "http://localhost:3118/callback#x", "HTTP://localhost:3118/callback", "http://LOCALHOST:3118/callback",
		"http://localhost:3118@evil.example/callback", "http://localhost:3118/x/../callback", "http://localhost:3118\\@evil.example/callback",
		"http://localhost.evil.example:3118/callback", " http://localhost:3118/callback", "https://app.example/cb\u0000", "javascript:alert(1)", "https://app.example:443/cb",
	} {
		body := `{"redirect_uris":["https://app.example/cb",` + quote(uri) + `]}`
		w := ask(server, http.MethodPost, "/register", "application/json", body)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"invalid_redirect_uri"`) || strings.Contains(w.Body.String(), "client_id") {
			t.Errorf("%q: %d %s", uri, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "evil") {
			t.Errorf("%q is in the answer: %s", uri, w.Body)
		}
	}
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, "\u0000", `\u0000`).Replace(s) + `"`
}

func TestAnyLoopbackPortChangesOnlyThePort(t *testing.T) {
	server := newServer(t, func(s *metadata.AuthorizationServer) {
		s.AnyLoopbackPort = true
		s.RedirectURIs = append(s.RedirectURIs, "http://[::1]/cb", "http://localhost")
	})
	for uri, want := range map[string]int{
		"http://localhost:3118/callback":                http.StatusCreated,
		"http://localhost:49152/callback":               http.StatusCreated,
		"http://localhost/callback":                     http.StatusCreated,
		"http://127.0.0.1:1/callback?a=b":               http.StatusCreated,
		"http://localhost:1":                            http.StatusCreated,
		"http://localhost:1/":                           http.StatusBadRequest,
		"HTTP://localhost:3118/callback":                http.StatusBadRequest,
		"yourapp://cb":                                  http.StatusBadRequest,
		"http://[::1]:8000/cb":                          http.StatusCreated,
		"http://127.0.0.1:1/callback":                   http.StatusBadRequest,
		"http://127.0.0.2:3118/callback":                http.StatusBadRequest,
		"http://localhost:1/cb":                         http.StatusBadRequest,
		"https://localhost:3118/callback":               http.StatusBadRequest,
		"https://app.example:444/cb":                    http.StatusBadRequest,
		"http://app.example/cb":                         http.StatusBadRequest,
		"http://localhost:70000/callback":               http.StatusBadRequest,
		"http://localhost:/callback":                    http.StatusBadRequest,
		"http://localhost:a/callback":                   http.StatusBadRequest,
		"http://localhost:1:2/callback":                 http.StatusBadRequest,
		"http://LOCALHOST:1/callback":                   http.StatusBadRequest,
		"http://localhost:1@evil.example/callback":      http.StatusBadRequest,
		"http://evil.example#@localhost:1/callback":     http.StatusBadRequest,
		"http://localhost:1/callback#x":                 http.StatusBadRequest,
		"http://localhost:1\\@evil.example/callback":    http.StatusBadRequest,
		"http://evil.example\\@localhost:3118/callback": http.StatusBadRequest,
		"http://localhost:1?/callback":                  http.StatusBadRequest,
		"http://localhost.evil.example:1/callback":      http.StatusBadRequest,
	} {
		w := ask(server, http.MethodPost, "/register", "application/json", `{"redirect_uris":[`+quote(uri)+`]}`)
		if w.Code != want {
			t.Errorf("%s: %d %s, want %d", uri, w.Code, w.Body, want)
		}
	}
}

func TestMalformedRegistrationIsRefused(t *testing.T) {
	const good = `{"redirect_uris":["myapp://cb"]}`
	server := newServer(t, asItIs)
	for _, test := range []struct {
		name, method, contentType, body string
		status                          int
		code                            string
	}{
		{"good", "POST", "application/json", good, 201, "1example"},
		{"a form", "POST", "application/x-www-form-urlencoded", "redirect_uris=myapp://cb", 415, "invalid_client_metadata"},
		{"text, which needs no preflight", "POST", "text/plain", good, 415, "invalid_client_metadata"},
		{"no type", "POST", "", good, 415, "invalid_client_metadata"},
		{"a malformed type", "POST", "application/json;;", good, 415, "invalid_client_metadata"},
		{"no body", "POST", "application/json", "", 400, "invalid_client_metadata"},
		{"a list", "POST", "application/json", "[]", 400, "invalid_client_metadata"},
		{"two objects", "POST", "application/json", good + good, 400, "invalid_client_metadata"},
		{"a text for the list", "POST", "application/json", `{"redirect_uris":"myapp://cb"}`, 400, "invalid_client_metadata"},
		{"the list twice", "POST", "application/json", `{"redirect_uris":["myapp://cb"],"redirect_uris":["https://evil.example"]}`, 400, "invalid_client_metadata"},
		{"another case", "POST", "application/json", `{"Redirect_URIs":["myapp://cb"]}`, 400, "invalid_redirect_uri"},
		{"no redirect", "POST", "application/json", `{}`, 400, "invalid_redirect_uri"},
		{"null", "POST", "application/json", `{"redirect_uris":null}`, 400, "invalid_redirect_uri"},
		{"many redirects", "POST", "application/json", `{"redirect_uris":[` + strings.Repeat(`"myapp://cb",`, 16) + `"myapp://cb"]}`, 400, "invalid_redirect_uri"},
		{"as many as there may be", "POST", "application/json", `{"redirect_uris":[` + strings.Repeat(`"myapp://cb",`, 15) + `"myapp://cb"]}`, 201, "1example"},
		{"large", "POST", "application/json", `{"x":"` + strings.Repeat("x", 16<<10) + `"}`, 413, "invalid_client_metadata"},
		{"deep", "POST", "application/json", strings.Repeat("[", 16<<10), 400, "invalid_client_metadata"},
		{"GET", "GET", "", "", 405, ""},
		{"PUT", "PUT", "application/json", good, 405, ""},
		{"a preflight", "OPTIONS", "", "", 204, ""},
	} {
		w := ask(server, test.method, "/register", test.contentType, test.body)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.code) {
			t.Errorf("%s: %d %s, want %d %s", test.name, w.Code, w.Body, test.status, test.code)
		}
	}
}

func TestAuthorizationServerReportsEveryFault(t *testing.T) {
	_, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
		URL: "https://a.example/", Domain: "https://auth.example.com/login", ClientID: "a b", Scopes: []string{`"`, "", "a\x7f", "é", "~!#[]^"},
		RedirectURIs: []string{"/cb", "http://a.example/cb", "https://a.example/#x", "javascript:x", "myapp://cb#x", "https://a b/", "https://*.example/cb"},
	})
	faults := []string{
		"URL", "Domain", "ClientID", "Scopes[0]", "Scopes[1]", "Scopes[2]", "Scopes[3]", "RedirectURIs[0]", "RedirectURIs[1]", "RedirectURIs[2]", "RedirectURIs[3]",
		"RedirectURIs[4]", "RedirectURIs[5]", "RedirectURIs[6]",
	}
	if err == nil || strings.Count(err.Error(), "\n")+1 != len(faults) {
		t.Fatalf("want %d faults: %v", len(faults), err)
	}
	for _, fault := range faults {
		if !strings.Contains(err.Error(), "metadata: AuthorizationServer."+fault+" ") {
			t.Errorf("%s is not in: %v", fault, err)
		}
	}
	for length, want := range map[int]bool{128: true, 129: false} {
		_, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
			URL: "https://a.example", Domain: "https://auth.example.com", ClientID: strings.Repeat("a", length), RedirectURIs: []string{"myapp://cb"},
		})
		if (err == nil) != want {
			t.Errorf("an ID with %d characters: %v", length, err)
		}
	}
	if _, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{}); err == nil || strings.Count(err.Error(), "\n")+1 != 4 {
		t.Errorf("the zero value: %v", err)
	}
}

// TestRedirectURIOfTheBrowserIsRejected, and one that does not look like what it is.
func TestRedirectURIOfTheBrowserIsRejected(t *testing.T) {
	for _, uri := range []string{
		"view-source:https://app.example/cb", "View-Source:https://app.example/cb", "filesystem:https://app.example/temporary/x", "JavaScript:alert(1)",
		"data:text/html,x", "blob:https://app.example/1", "jar:https://app.example/a.jar!/b", "intent://cb", "wss://app.example/cb", "ftp://app.example/cb",
		"chrome://settings", "mailto:a@b.example", "myapp://cb\u202egpj", "myapp://\u200bcb", "myapp://c b", "myapp:\u00e9", "myapp://cb?x=\u202e", "https://app.example/\u202ecb",
		"https://app.example/cb?\u2066", "http://localhost/\u200b",
	} {
		_, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
			URL: "https://a.example", Domain: "https://auth.example.com", ClientID: "1example", RedirectURIs: []string{uri},
		})
		if err == nil || !strings.Contains(err.Error(), "AuthorizationServer.RedirectURIs[0] ") {
			t.Errorf("%+q: %v", uri, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\u202e\u200b\u2066") {
			t.Errorf("%+q is in the error as it is", uri)
		}
	}
	for _, uri := range []string{"myapp://cb", "com.example.app:/cb", "com.example.app:cb", "https://app.example/cb?a=%E2%80%AE", "cursor://anysphere.cursor-mcp/oauth/callback", "vscode://x/y"} {
		_, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
			URL: "https://a.example", Domain: "https://auth.example.com", ClientID: "1example", RedirectURIs: []string{uri},
		})
		if err != nil {
			t.Errorf("%q: %v", uri, err)
		}
	}
}

// A body that ends early, as from a client that left.
func TestCutOffRegistrationIsRefused(t *testing.T) {
	body := io.MultiReader(strings.NewReader(`{"redirect_uris":["myapp://cb"]}`), iotest.ErrReader(io.ErrUnexpectedEOF))
	r := httptest.NewRequest(http.MethodPost, "/register", body)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	newServer(t, asItIs).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "cut off") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// FuzzRegistration: the answer never has a redirect URI that is not configured.
func FuzzRegistration(f *testing.F) {
	for _, body := range []string{``, `{}`, `{"redirect_uris":["myapp://cb"]}`, `{"redirect_uris":["http://localhost:1/callback"]}`, `{"redirect_uris":["http://localhost:1/callback","x"]}`} {
		f.Add(body)
	}
	server := newServer(f, func(s *metadata.AuthorizationServer) { s.AnyLoopbackPort = true })
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/register", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code == http.StatusCreated && !strings.Contains(body, "http://") && !strings.Contains(body, `\`) &&
			!strings.Contains(body, "myapp://cb") && !strings.Contains(body, "https://app.example/cb") {
			t.Errorf("%q: %s", body, w.Body)
		}
	})
}
