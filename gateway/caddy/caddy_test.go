package poolguard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	_ "github.com/poolguard/poolguard/gateway/caddy"
)

// A stage is a user pool, a service that returns the headers of each request, and Caddy in
// this process before it. Caddy is one for the process, so tests do not run in parallel.
type stage struct {
	t       *testing.T
	issuer  *cognitotest.Issuer
	file    string
	socket  string // of Caddy
	client  *http.Client
	service string
}

const rules = `
user_pools: [{id: us-east-1_Test00001, client_ids: [test-client], issuer: "%ISSUER%"}]
rules:
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: orders, match: {path: /orders/**}, require: {groups: [staff]}}
`

func newStage(t *testing.T) *stage {
	t.Helper()
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME"} { // Caddy writes there
		t.Setenv(name, t.TempDir())
	}
	s := &stage{t: t, issuer: cognitotest.NewIssuer(), file: filepath.Join(t.TempDir(), "poolguard.yaml")}
	s.issuer.Clock().Set(time.Now())
	keys := httptest.NewServer(s.issuer.Handler())
	t.Cleanup(keys.Close)
	s.issuer.SetAddress(keys.URL)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = json.NewEncoder(w).Encode(r.Header) }))
	t.Cleanup(service.Close)
	s.service = service.Listener.Addr().String()
	s.socket = filepath.Join(t.TempDir(), "caddy.sock")
	s.client = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, // Caddy closes idle connections when it reloads
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", s.socket)
		},
	}}
	s.write(rules)
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *stage) write(text string) {
	s.t.Helper()
	if err := os.WriteFile(s.file, []byte(strings.ReplaceAll(text, "%ISSUER%", s.issuer.Pool().Issuer())), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// load gives a site of a Caddyfile to Caddy.
func (s *stage) load(site string) error {
	text := fmt.Sprintf("{\n\tadmin off\n\tmetrics\n}\nhttp://api.example.com {\n\tbind unix/%s\n%s\n}\n", s.socket, strings.NewReplacer("%FILE%", s.file, "%SERVICE%", s.service).Replace(site))
	adapted, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(text), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		return err
	}
	for _, w := range warnings {
		if !strings.Contains(w.Message, "not formatted") {
			s.t.Errorf("the Caddyfile has a warning: %v", w)
		}
	}
	return caddy.Load(adapted, true)
}

func (s *stage) mustLoad(site string) {
	s.t.Helper()
	if err := s.load(site); err != nil {
		s.t.Fatal(err)
	}
}

const directive = "\tpoolguard %FILE%\n\theader >Rule {http.auth.user.rule}\n\theader >User {http.auth.user.id}\n\treverse_proxy %SERVICE%"

func (s *stage) get(path string, header http.Header) (response *http.Response, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://api.example.com"+path, http.NoBody)
	if err != nil {
		s.t.Error(err)
		return &http.Response{}, ""
	}
	if header != nil {
		r.Header = header
	}
	response, err = s.client.Do(r)
	// A reload of Caddy, with this module or without it, closes connections that wait to be
	// accepted. That is no answer, so the client asks again.
	for again := 0; err != nil && again < 10; again++ {
		response, err = s.client.Do(r)
	}
	if err != nil {
		s.t.Error(err) // not Fatal: other goroutines call it
		return &http.Response{}, ""
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response, string(text)
}

func (s *stage) token(options ...cognitotest.TokenOption) http.Header {
	return http.Header{"Authorization": {"Bearer " + s.issuer.Pool().AccessToken(options...)}}
}

func TestDirectiveAnswersAsForwardAuthDoes(t *testing.T) {
	s := newStage(t)
	s.mustLoad(directive)
	good := s.token(cognitotest.Groups("staff"))
	good["X_auth_subject"], good["X-Auth-Groups"] = []string{"mallory"}, []string{"mallory"}
	response, body := s.get("/orders/7", good)
	if response.StatusCode != http.StatusOK || !strings.Contains(body, `"X-Auth-Groups":["staff"]`) || strings.Contains(body, "mallory") {
		t.Errorf("a good token: got %d %s", response.StatusCode, body)
	}
	if response.Header.Get("Rule") != "orders" || response.Header.Get("User") != cognitotest.Subject {
		t.Errorf("the placeholders are %v", response.Header)
	}
	for name, test := range map[string]struct {
		path   string
		header http.Header
		status int
		code   string
	}{
		"no token":     {"/orders/7", nil, 401, "token_missing"},
		"no group":     {"/orders/7", s.token(), 403, "group_missing"},
		"forged":       {"/orders/7", s.token(cognitotest.TamperedSignature()), 401, "signature_invalid"},
		"no rule":      {"/other", good, 403, "access_denied"},
		"a hidden dot": {"/healthz/..%2forders", good, 400, "path_ambiguous"},
	} {
		response, body := s.get(test.path, test.header)
		if response.StatusCode != test.status || response.Header.Get("X-Auth-Error") != test.code || !strings.Contains(body, `{"error":{"code":"`+test.code+`"`) {
			t.Errorf("%s: got %d %v %s", name, response.StatusCode, response.Header, body)
		}
		if test.status == 401 && response.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: there is no challenge", name)
		}
	}
	if response, body := s.get("/healthz", http.Header{"X-Auth-Subject": {"mallory"}}); response.StatusCode != http.StatusOK || strings.Contains(body, "mallory") {
		t.Errorf("an anonymous rule: got %d %s", response.StatusCode, body)
	}
}

func TestKeysThatAreAwayAreNoDenial(t *testing.T) {
	s := newStage(t)
	s.issuer.Pool().FailKeySet(http.StatusBadGateway)
	s.mustLoad(directive)
	response, body := s.get("/orders/7", s.token(cognitotest.Groups("staff")))
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" || !strings.Contains(body, "keys_unavailable") {
		t.Errorf("got %d %v %s", response.StatusCode, response.Header, body)
	}
}

func TestDocumentsOfResourcesNeedNoToken(t *testing.T) {
	s := newStage(t)
	s.write(strings.Replace(rules, "client_ids:", "audiences: [\"https://api.example.com/mcp\"], client_ids:", 1) + `
  - {name: tools, match: {path: /mcp}}
resources:
  - {resource: "https://api.example.com/mcp", scopes: [tools/call], domain: "https://auth.example.com", client_id: mcp, redirect_uris: ["http://localhost:3118/callback"]}
`)
	s.mustLoad(directive)
	if response, body := s.get("/.well-known/oauth-protected-resource/mcp", nil); response.StatusCode != http.StatusOK || !strings.Contains(body, "tools/call") {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	if response, _ := s.get("/mcp", nil); !strings.Contains(response.Header.Get("WWW-Authenticate"), "resource_metadata=") {
		t.Errorf("got %v", response.Header)
	}
}

// The rules decide on the path that the service gets.
func TestRewritesComeBeforeTheRules(t *testing.T) {
	s := newStage(t)
	s.mustLoad("\trewrite /healthz /orders/7\n" + directive)
	if response, body := s.get("/healthz", nil); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
}

func TestProviderAuthenticatesForCaddy(t *testing.T) {
	s := newStage(t)
	config := fmt.Sprintf(`{"admin": {"disabled": true}, "apps": {"http": {"servers": {"a": {"listen": [%q], "routes": [{"handle": [
		{"handler": "authentication", "providers": {"poolguard": {"config": %q}}},
		{"handler": "headers", "response": {"set": {"User": ["{http.auth.user.id} {http.auth.user.groups}"]}}},
		{"handler": "reverse_proxy", "upstreams": [{"dial": %q}]}]}],
		"errors": {"routes": [{"handle": [{"handler": "static_response", "body": "{http.auth.candidate.code} {http.auth.candidate.status}"}]}]}}}}}}`,
		"unix/"+s.socket, s.file, s.service)
	if err := caddy.Load([]byte(config), true); err != nil {
		t.Fatal(err)
	}
	good := s.token(cognitotest.Groups("staff"))
	good["X_auth_subject"] = []string{"mallory"}
	response, body := s.get("/orders/7", good)
	if response.StatusCode != http.StatusOK || response.Header.Get("User") != cognitotest.Subject+" staff" || !strings.Contains(body, `"X-Auth-Subject":["`+cognitotest.Subject) || strings.Contains(body, "mallory") {
		t.Errorf("got %d %v %s", response.StatusCode, response.Header, body)
	}
	response, body = s.get("/orders/7", s.token())
	if response.StatusCode != http.StatusUnauthorized || response.Header.Get("X-Auth-Error") != "group_missing" || body != "group_missing 403" {
		t.Errorf("no group: got %d %v %s", response.StatusCode, response.Header, body)
	}
}

func TestFaultsKeepTheFormerConfiguration(t *testing.T) {
	s := newStage(t)
	s.mustLoad(directive)
	for name, test := range map[string]struct{ site, want string }{
		"no file":        {"\tpoolguard", "want the path of a configuration file"},
		"a block":        {"\tpoolguard %FILE% {\n\t\tconfig a\n\t}", "want one line"},
		"two files":      {"\tpoolguard a %FILE%", "want one line"},
		"three words":    {"\tpoolguard * a b", "want the path of a configuration file"},
		"an absent file": {"\tpoolguard /no/such/file.yaml", "/no/such/file.yaml cannot be read"},
		"no variable":    {"\tpoolguard {env.POOLGUARD_TEST_NONE}/a", "POOLGUARD_TEST_NONE"},
	} {
		if err := s.load(test.site); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	s.write(rules + "  - {name: more, math: {}}\n")
	if err := s.load(directive + "\n\theader +Again yes"); err == nil || !strings.Contains(err.Error(), "did you mean match?") {
		t.Errorf("a fault in the file: got %v", err)
	}
	if response, _ := s.get("/orders/7", s.token(cognitotest.Groups("staff"))); response.StatusCode != http.StatusOK || response.Header.Get("Again") != "" {
		t.Errorf("the former configuration: got %d %v", response.StatusCode, response.Header)
	}
}

func TestDirectiveTakesMatchersAndPlaceholders(t *testing.T) {
	s := newStage(t)
	t.Setenv("POOLGUARD_TEST_DIR", filepath.Dir(s.file))
	for matcher, other := range map[string]int{"": http.StatusForbidden, "/orders/* ": http.StatusOK, "@orders ": http.StatusOK} {
		s.mustLoad("\t@orders path /orders/*\n\tpoolguard " + matcher + "{env.POOLGUARD_TEST_DIR}/poolguard.yaml\n\treverse_proxy %SERVICE%")
		for path, want := range map[string]int{"/orders/7": http.StatusUnauthorized, "/other": other} {
			if response, _ := s.get(path, nil); response.StatusCode != want {
				t.Errorf("%q, %s: got %d, want %d", matcher, path, response.StatusCode, want)
			}
		}
	}
}

// Keys are fetched once for all configurations of Caddy that have the file, and no request
// gets a wrong answer between two of them.
func TestReloadsOfCaddyKeepKeysAndAnswers(t *testing.T) {
	s := newStage(t)
	s.mustLoad(directive)
	good := s.token(cognitotest.Groups("staff"))
	s.get("/orders/7", good)
	fetches := s.issuer.Pool().KeySetRequests()
	var done atomic.Bool
	var asked atomic.Int64
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for !done.Load() {
				if response, _ := s.get("/orders/7", good.Clone()); response.StatusCode != http.StatusOK {
					t.Errorf("a good token: got %d", response.StatusCode)
				}
				if response, _ := s.get("/orders/7", nil); response.StatusCode != http.StatusUnauthorized {
					t.Errorf("no token: got %d", response.StatusCode)
				}
				asked.Add(2)
			}
		})
	}
	for n := range 10 {
		s.write(rules + fmt.Sprintf("  - {name: more, match: {path: /revision/%d}, allow: anonymous}\n", n))
		s.mustLoad(directive + fmt.Sprintf("\n\theader +Revision %d", n))
		if response, _ := s.get(fmt.Sprintf("/revision/%d", n), nil); response.StatusCode != http.StatusOK || response.Header.Get("Revision") != fmt.Sprint(n) {
			t.Errorf("revision %d: got %d %v", n, response.StatusCode, response.Header)
		}
	}
	done.Store(true)
	clients.Wait()
	if more := s.issuer.Pool().KeySetRequests() - fetches; more > 0 {
		t.Errorf("reloads fetched the keys %d times", more)
	}
	t.Logf("%d answers during 10 reloads", asked.Load())
}

func TestMetricsAreThoseOfCaddy(t *testing.T) {
	s := newStage(t)
	site := "\thandle /metrics {\n\t\tmetrics\n\t}\n\thandle {\n" + directive + "\n\t}"
	s.mustLoad(site)
	s.mustLoad(site + "\n\theader +Again yes")
	s.get("/orders/7", s.token()) // waits for the keys
	_, body := s.get("/metrics", nil)
	for _, want := range []string{`poolguard_decisions_total{adapter="inline",code="group_missing",config="` + s.file + `"`, "cognito_key_set_age_seconds{", "caddy_http_requests_total"} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
}
