package userpool_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

func controlled(t testing.TB) *fixture {
	t.Helper()
	return serve(t, func(cfg *userpool.Config) { cfg.Controls = true })
}

// command sends JSON to a control; an empty body is a request without one.
func (f *fixture) command(t testing.TB, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, f.url+"/_local/"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, text := request(t, f.Server, r)
	if strings.HasPrefix(text, "{") {
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatalf("%s %s: %q: %v", method, path, text, err)
		}
	}
	return response.StatusCode, answer
}

func TestControlsAreOff(t *testing.T) {
	t.Parallel()
	if status, _ := serve(t).command(t, http.MethodGet, "clock", ""); status != http.StatusNotFound {
		t.Errorf("a control without Config.Controls: %d", status)
	}
}

func TestControlClock(t *testing.T) {
	t.Parallel()
	f := controlled(t)
	for _, step := range []struct{ method, body, want string }{
		{http.MethodPost, `{"offset":"36h"}`, "2026-03-03T00:00:00Z"},
		{http.MethodPost, `{"advance":"-1h"}`, "2026-03-02T23:00:00Z"},
		{http.MethodPost, `{"now":"2030-01-02T03:04:05Z"}`, "2030-01-02T03:04:05Z"},
		{http.MethodGet, "", "2030-01-02T03:04:05Z"},
		{http.MethodDelete, "", "2026-03-01T12:00:00Z"},
	} {
		status, answer := f.command(t, step.method, "clock", step.body)
		if status != http.StatusOK || answer["now"] != step.want {
			t.Errorf("%s %s: %d %v", step.method, step.body, status, answer)
		}
	}
	f.command(t, http.MethodPost, "clock", `{"offset":"1h"}`)
	_, claims := verify(t, keySet(t, f.Server), f.signedIn(t).Access)
	if got := claims["iat"]; got != float64(start.Add(time.Hour).Unix()) {
		t.Errorf("iat %v of a clock an hour ahead", got)
	}
}

// A control that does not understand must not do half of it.
func TestControlMistakes(t *testing.T) {
	t.Parallel()
	f := controlled(t)
	for _, tc := range []struct {
		path, body string
		want       int
	}{
		{"clock", `{"offest":"1h"}`, 400},
		{"clock", `{}`, 400},
		{"clock", `{"offset":"1h","advance":"1h"}`, 400},
		{"clock", `{"offset":"soon"}`, 400},
		{"clock", `{"offset":"1h"} {}`, 400},
		{"clock", `{"offset":"2562047h"}`, 400},
		{"clock", `{"advance":"-900000h"}`, 400},
		{"clock", `{"now":"9999-01-01T00:00:00Z"}`, 400},
		{"keys/withdraw", `{}`, 400},
		{"clock", `[`, 400},
		{"keys/rotate", `{"user_pool":"us-east-1_Other0001"}`, 400},
		{"keys/rotate", `{"overlap":"-1s"}`, 400},
		{"keys/withdraw", `{"kid":"nobody's"}`, 404},
		{"faults", `{"path":"/"}`, 400},
		{"faults", `{"path":"oauth2","status":500}`, 400},
		{"faults", `{"status":5000}`, 400},
		{"faults", `[{"status":500},{"satus":500}]`, 400},
		{"faults", `{"limit":1}`, 400},
		{"mint", `{"bad":"very"}`, 400},
		{"nothing", `{}`, 404},
	} {
		if status, answer := f.command(t, http.MethodPost, tc.path, tc.body); status != tc.want {
			t.Errorf("%s %s: %d %v, want %d", tc.path, tc.body, status, answer, tc.want)
		}
	}
	for name, value := range map[string]string{"Content-Type": "text/plain", "Sec-Fetch-Site": "cross-site"} {
		r := httptest.NewRequest(http.MethodPost, f.url+"/_local/clock", strings.NewReader(`{"offset":"1h"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(name, value)
		if response, _ := request(t, f.Server, r); response.StatusCode == http.StatusOK || response.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %s: %d", name, value, response.StatusCode)
		}
	}
	// Attack: a page of a name that resolves to this server (DNS rebinding, mDNS).
	for _, origin := range []string{"http://evil.local", "http://evil.local:9229", "null", "https://evil.example", "http://localhost"} {
		r := httptest.NewRequest(http.MethodPost, "http://evil.local:9229/_local/clock", strings.NewReader(`{"offset":"1h"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", origin)
		if response, _ := request(t, f.Server, r); response.StatusCode != http.StatusForbidden {
			t.Errorf("a page of %s: %d", origin, response.StatusCode)
		}
	}
	if _, answer := f.command(t, http.MethodGet, "clock", ""); answer["offset"] != "0s" {
		t.Errorf("a mistake moved the clock: %v", answer)
	}
}

// Attack: a page of a name that resolves to this server. The browser marks its GET requests
// with nothing but the host, and other clients send no marks at all.
func TestControlsAnswerUnderOwnHostsOnly(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) { cfg.Controls, cfg.PublicURL = true, "https://Pool.test:9229" })
	ask := func(method, host, site string) int {
		r := httptest.NewRequest(method, "http://pool.test/_local/clock", strings.NewReader(`{"offset":"1h"}`))
		r.Host = host
		r.Header.Set("Content-Type", "application/json")
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		response, _ := request(t, f.Server, r)
		return response.StatusCode
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		for _, site := range []string{"", "same-origin", "none"} {
			for _, host := range []string{
				"evil.local", "evil.local:9229", "evil", "evil.example.com", "evil.test", "evil.localhost", "localhost.evil.local",
				"192.0.2.1:9229", "[2001:db8::1]", "0.0.0.0:9229", "pool.test.", "localhost.", "", ":9229",
			} {
				if status := ask(method, host, site); status != http.StatusForbidden {
					t.Errorf("%s with Host %q and Sec-Fetch-Site %q: got %d, want 403", method, host, site, status)
				}
			}
			for _, host := range []string{"localhost", "LOCALHOST:9229", "127.0.0.1:1", "127.0.0.2", "[::1]:9229", "[::1]", "pool.test", "POOL.test:443"} {
				if status := ask(method, host, site); status != http.StatusOK {
					t.Errorf("%s with Host %q and Sec-Fetch-Site %q: got %d, want 200", method, host, site, status)
				}
			}
		}
	}
}

func TestOwnPagesMayUseControls(t *testing.T) {
	t.Parallel()
	f := controlled(t)
	r := httptest.NewRequest(http.MethodPost, f.url+"/_local/clock", strings.NewReader(`{"offset":"1h"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", f.url)
	if response, text := request(t, f.Server, r); response.StatusCode != http.StatusOK {
		t.Errorf("%d %s", response.StatusCode, text)
	}
}

func TestControlKeys(t *testing.T) {
	t.Parallel()
	f := controlled(t)
	kids := func(method, path, body string) []any {
		t.Helper()
		status, answer := f.command(t, method, path, body)
		list, _ := answer["kids"].([]any)
		if status != http.StatusOK {
			t.Fatalf("%s %s: %d %v", path, body, status, answer)
		}
		return list
	}
	before := f.signedIn(t).Access
	header, _, _ := strings.Cut(before, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		t.Fatal(err)
	}
	var h struct {
		KeyID string `json:"kid"`
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	if list := kids(http.MethodPost, "keys/rotate", `{"overlap":"1h"}`); len(list) != 4 {
		t.Errorf("%d keys after a rotation with overlap", len(list))
	}
	body, err := json.Marshal(map[string]string{"kid": h.KeyID})
	if err != nil {
		t.Fatal(err)
	}
	if list := kids(http.MethodPost, "keys/withdraw", string(body)); len(list) != 3 {
		t.Errorf("%d keys after a withdrawal", len(list))
	}
	if _, ok := keySet(t, f.Server)[h.KeyID]; ok {
		t.Error("the withdrawn key is still published")
	}
	// A key that signs gives way to a new one.
	header, _, _ = strings.Cut(f.signedIn(t).Access, ".")
	if raw, err = base64.RawURLEncoding.DecodeString(header); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	if body, err = json.Marshal(map[string]string{"kid": h.KeyID}); err != nil {
		t.Fatal(err)
	}
	kids(http.MethodPost, "keys/withdraw", string(body))
	if _, claims := verify(t, keySet(t, f.Server), f.signedIn(t).Access); claims["token_use"] != "access" {
		t.Errorf("claims %v", claims)
	}
}

func TestControlFaults(t *testing.T) {
	t.Parallel()
	f := controlled(t)
	get := func(path string) *http.Response {
		t.Helper()
		response, _ := request(t, f.Server, httptest.NewRequest(http.MethodGet, path, nil))
		return response
	}
	const document = "/" + poolID + "/.well-known/openid-configuration"
	f.command(t, http.MethodPost, "faults", `[{"path":"/`+poolID+`/","status":503,"retry_after":"7s","body":"no","times":2},{"action":"InitiateAuth","status":500,"times":1}]`)
	for n, want := range []int{503, 503, 200} {
		response := get(document)
		if response.StatusCode != want || want == 503 && response.Header.Get("Retry-After") != "7" {
			t.Errorf("request %d: %d %v", n, response.StatusCode, response.Header)
		}
	}
	if response := get("/error"); response.StatusCode != http.StatusBadRequest {
		t.Errorf("an endpoint without a fault: %d", response.StatusCode)
	}
	call := func(action string) (*http.Response, string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{}`))
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+action)
		return request(t, f.Server, r)
	}
	if response, _ := call("InitiateAuth"); response.StatusCode != http.StatusInternalServerError {
		t.Errorf("the action with a fault: %d", response.StatusCode)
	}
	f.command(t, http.MethodPost, "faults", `{"limit":2,"per":"1h","retry_after":"1s"}`)
	for n, want := range []int{200, 200, 429, 429} {
		if response := get(document); response.StatusCode != want {
			t.Errorf("throttled request %d: %d, want %d", n, response.StatusCode, want)
		}
	}
	if response, body := call("GetUser"); response.StatusCode != http.StatusBadRequest || !strings.Contains(body, "TooManyRequestsException") {
		t.Errorf("a throttled action: %d %s", response.StatusCode, body)
	}
	f.command(t, http.MethodPost, "clock", `{"advance":"1h"}`)
	if response := get(document); response.StatusCode != http.StatusOK {
		t.Errorf("the next window: %d", response.StatusCode)
	}
	f.command(t, http.MethodDelete, "faults", "")
	f.command(t, http.MethodPost, "faults", `{"path":"/oauth2/","abort":true}`)
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("the connection was not cut")
			}
		}()
		get("/oauth2/authorize")
	}()
}

func TestControlMint(t *testing.T) {
	t.Parallel()
	f := controlled(t)
	mint := func(body string) string {
		t.Helper()
		status, answer := f.command(t, http.MethodPost, "mint", body)
		token, _ := answer["token"].(string)
		if status != http.StatusOK || strings.Count(token, ".") != 2 {
			t.Fatalf("%s: %d %v", body, status, answer)
		}
		return token
	}
	keys := keySet(t, f.Server)
	_, claims := verify(t, keys, mint(`{"claims":{"scope":"orders/read","origin_jti":null,"x":{"y":[1]}}}`))
	if _, has := claims["origin_jti"]; has || claims["scope"] != "orders/read" || claims["token_use"] != "access" {
		t.Errorf("claims %v", claims)
	}
	if _, claims := verify(t, keys, mint(`{"claims":{"token_use":"id"}}`)); claims["aud"] != "local-client" {
		t.Errorf("ID token %v", claims)
	}
	now := float64(start.Unix())
	for bad, wrong := range map[string]func(map[string]any) bool{
		"expired":       func(c map[string]any) bool { return c["exp"].(float64) < now },
		"not_yet_valid": func(c map[string]any) bool { return c["nbf"].(float64) > now },
		"no_exp":        func(c map[string]any) bool { return c["exp"] == nil },
		"other_issuer":  func(c map[string]any) bool { return c["iss"] != f.url+"/"+poolID },
		"other_client":  func(c map[string]any) bool { return c["client_id"] != "local-client" },
		"other_use":     func(c map[string]any) bool { return c["token_use"] == "id" },
	} {
		if _, claims := verify(t, keys, mint(`{"bad":"`+bad+`"}`)); !wrong(claims) {
			t.Errorf("%s: %v", bad, claims)
		}
	}
	good := mint(`{}`)
	for bad, header := range map[string]string{
		"unknown_kid": `"alg":"RS256"`, "no_kid": `{"alg":"RS256"}`, "foreign_key": `"alg":"RS256"`,
		"tampered": `"alg":"RS256"`, "alg_none": `"alg":"none"`, "hs256": `"alg":"HS256"`,
	} {
		token := mint(`{"bad":"` + bad + `"}`)
		encoded, _, _ := strings.Cut(token, ".")
		raw, err := base64.RawURLEncoding.DecodeString(encoded)
		if err != nil || !strings.Contains(string(raw), header) {
			t.Errorf("%s: header %s", bad, raw)
		}
		if token[strings.LastIndexByte(token, '.'):] == good[strings.LastIndexByte(good, '.'):] {
			t.Errorf("%s: signed as a good one", bad)
		}
	}
}
