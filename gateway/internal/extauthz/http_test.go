package extauthz_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/peer"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
)

func withPeer(ctx context.Context) context.Context {
	return peer.NewContext(ctx, &peer.Peer{Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}})
}

func ask(t *testing.T, config extauthz.Config, method, target string, lines ...line) *httptest.ResponseRecorder {
	t.Helper()
	h, err := extauthz.NewHandler(config)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, "/", http.NoBody)
	r.RequestURI, r.Host = target, "api.example.com"
	for _, l := range lines {
		r.Header.Add(l.name, l.value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHTTPReadsTheTargetAfterThePrefix(t *testing.T) {
	w := newWorld(t)
	good := line{"Authorization", "Bearer " + w.token()}
	for target, want := range map[string]int{
		"/ext-authz/orders/7?x=1":                  200,
		"/ext-authz/orders/":                       200,
		"/ext-authz/healthz?access_token=x":        200,
		"/ext-authz/orders/../healthz":             400,
		"/ext-authz//healthz":                      400,
		"/ext-authz/public/%2e%2e/orders":          400,
		"/ext-authz/public/..;/orders":             400,
		"/ext-authz/orders%2f7":                    400,
		"/ext-authz":                               400,
		"/ext-authz?/healthz":                      400,
		"/ext-authzhealthz":                        404,
		"/ext-authz%2fhealthz":                     404,
		"//ext-authz/healthz":                      404,
		"/x/../ext-authz/healthz":                  404,
		"http://api.example.com/ext-authz/healthz": 404,
		"*": 404,
	} {
		if got := ask(t, w.config, "GET", target, good).Code; got != want {
			t.Errorf("%s: got %d, want %d", target, got, want)
		}
	}
}

func TestHTTPAnswers(t *testing.T) {
	w := newWorld(t)
	allowed := ask(t, w.config, "GET", "/ext-authz/orders/7", line{"Authorization", "Bearer " + w.token()},
		line{"X_Auth_Subject", "mallory"}, line{"x.tenant", "mallory"}, line{"X-Auth-Email", "mallory"})
	if allowed.Code != 200 || allowed.Header().Get("X-Auth-Subject") != "sub-1" || allowed.Body.Len() > 0 {
		t.Errorf("got %d, %v", allowed.Code, allowed.Header())
	}
	for _, name := range w.config.Headers.Names() {
		if _, ok := allowed.Header()[name]; !ok {
			t.Errorf("the answer has no %s", name)
		}
	}
	if got := allowed.Header().Get("x-envoy-auth-headers-to-remove"); got != "x.tenant,x_auth_subject" {
		t.Errorf("removes %q", got)
	}
	denied := ask(t, w.config, "POST", "/ext-authz/orders/7")
	if denied.Code != 403 || denied.Header().Get("X-Auth-Error") != "access_denied" || !strings.Contains(denied.Body.String(), "access_denied") {
		t.Errorf("got %d, %v %s", denied.Code, denied.Header(), denied.Body)
	}
	if head := ask(t, w.config, "HEAD", "/ext-authz/other"); head.Code != 403 || head.Body.Len() > 0 {
		t.Errorf("HEAD: got %d %s", head.Code, head.Body)
	}
}

// Envoy takes a status from 500 on for a failed check, which failure_mode_allow lets through
// (CVE-2024-23324).
func TestHTTPIsNeverAServersFaultUnlessConfigured(t *testing.T) {
	w := newWorld(t)
	away := line{"Authorization", "Bearer " + w.away.AccessToken()}
	got := ask(t, w.config, "GET", "/ext-authz/orders/7", away)
	if got.Code != 429 || got.Header().Get("Retry-After") == "" || got.Header().Get("X-Auth-Error") != "keys_unavailable" {
		t.Errorf("got %d, %v", got.Code, got.Header())
	}
	w.config.UnavailableIsError = true
	if got := ask(t, w.config, "GET", "/ext-authz/orders/7", away); got.Code != 503 || got.Header().Get("Retry-After") == "" {
		t.Errorf("configured: got %d, %v", got.Code, got.Header())
	}
}

func TestHTTPRefusesUntrustedCallers(t *testing.T) {
	w := newWorld(t)
	h, err := extauthz.NewHandler(w.config)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/ext-authz/healthz", http.NoBody)
	r.RemoteAddr = "198.51.100.7:1"
	got := httptest.NewRecorder()
	h.ServeHTTP(got, r)
	if got.Code != 403 || got.Header().Get("X-Auth-Error") != "proxy_untrusted" {
		t.Errorf("got %d, %v", got.Code, got.Header())
	}
}

func TestDecisionsAreObserved(t *testing.T) {
	w := newWorld(t)
	var seen []string
	w.config.Observe = func(_ context.Context, r *authz.Request, d *authz.Decision, _ time.Duration) {
		seen = append(seen, r.Target+" "+d.Rule)
	}
	ask(t, w.config, "GET", "/ext-authz/healthz")
	client, _, _ := w.dial(t)
	check(t, client, rawCheck("GET", "a", "/healthz?x"))
	if strings.Join(seen, ",") != "/healthz health,/healthz?x health" {
		t.Errorf("got %q", seen)
	}
}

func TestEveryFaultOfTheConfigurationIsReported(t *testing.T) {
	_, err := extauthz.NewChecker(extauthz.Config{Timeout: -1})
	_, err2 := extauthz.NewHandler(extauthz.Config{Timeout: -1})
	if err == nil || err2 == nil || err.Error() != err2.Error() {
		t.Fatalf("got %v, %v", err, err2)
	}
	for _, want := range []string{"Config.Decider is nil", "Config.Headers is nil", "Config.Trusted is nil", "Config.Timeout is negative"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}
