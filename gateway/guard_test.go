package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway"
)

// guard starts a guard with the file of a stage.
func (s *stage) guard() *gateway.Guard {
	s.t.Helper()
	g, err := gateway.NewGuard(gateway.GuardConfig{File: s.file, Logger: slog.New(slog.NewJSONHandler(s.log, nil))})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); g.Run(ctx) }()
	s.t.Cleanup(func() { cancel(); <-ended })
	return g
}

// serve sends a request through the middleware to a service that returns its headers.
func serve(g *gateway.Guard, target string, header http.Header) (*httptest.ResponseRecorder, http.Header) {
	service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = json.NewEncoder(w).Encode(r.Header) })
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	r.Header = header
	w := httptest.NewRecorder()
	g.Middleware(service).ServeHTTP(w, r)
	var got http.Header
	_ = json.Unmarshal(w.Body.Bytes(), &got)
	return w, got
}

func TestGuardDecidesInTheServerItself(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders+"envoy: {listen: 127.0.0.1:0, tls: {cert: none.crt, key: none.key}}\n")
	g := s.guard()
	sent := http.Header{
		"Authorization": {"Bearer " + s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))}, "X_auth_subject": {"mallory"},
	}
	w, got := serve(g, "/orders/7", sent)
	if w.Code != http.StatusOK || got.Get("X-Auth-Subject") != cognitotest.Subject || got.Get("X-Auth-Groups") != "staff" || len(got["X_auth_subject"]) > 0 {
		t.Errorf("a good token: got %d %v", w.Code, got)
	}
	if len(sent["X_auth_subject"]) == 0 || len(sent["X-Auth-Subject"]) > 0 {
		t.Errorf("the middleware changed the request: %v", sent)
	}
	w, _ = serve(g, "/orders/7", http.Header{"Authorization": {"Bearer " + s.issuer.Pool().AccessToken()}})
	if w.Code != http.StatusForbidden || w.Header().Get("X-Auth-Error") != "group_missing" || !strings.Contains(w.Body.String(), `{"error":{"code":"group_missing"`) {
		t.Errorf("a token without the group: got %d %v %s", w.Code, w.Header(), w.Body)
	}
	w, got = serve(g, "/healthz", http.Header{"X-Auth-Subject": {"mallory"}})
	if w.Code != http.StatusOK || len(got) > 0 {
		t.Errorf("an anonymous rule: got %d %v", w.Code, got)
	}
}

func TestVerdictsNameTheCaller(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	g := s.guard()
	r := httptest.NewRequest(http.MethodGet, "/orders/7", http.NoBody)
	none := g.Check(r)
	if none.Allowed() || none.Code() != "token_missing" || none.Status() != http.StatusUnauthorized || none.Rule() != "orders" || none.Caller().Subject != "" {
		t.Errorf("got %+v", none)
	}
	header := http.Header{}
	none.SetHeader(header)
	if header.Get("WWW-Authenticate") == "" || header.Get("X-Auth-Error") != "token_missing" {
		t.Errorf("got %v", header)
	}
	r.Header.Set("Authorization", "Bearer "+s.issuer.Pool().AccessToken(cognitotest.Groups("staff")))
	good := g.Check(r)
	caller := good.Caller()
	if !good.Allowed() || good.Status() != http.StatusOK || caller.Subject != cognitotest.Subject || caller.UserPool != "us-east-1_Test00001" || !caller.Groups.Has("staff") {
		t.Errorf("got %+v", good)
	}
}

func TestGuardReloadsTheFile(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	g := s.guard()
	s.awaitLog(`"msg":"ready"`)
	if err := g.Reload(t.Context()); err != nil || strings.Contains(s.log.String(), "is used") {
		t.Errorf("without a change: %v\n%s", err, s.log)
	}
	// Keys of listeners have no effect, so a change of them needs no restart.
	s.write(strings.NewReplacer("/orders/**", "/bills/**", "drain: 0", "drain: 1s").Replace(orders))
	s.awaitLog("the changed configuration is used")
	token := http.Header{"Authorization": {"Bearer " + s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))}}
	if w, _ := serve(g, "/bills/7", token); w.Code != http.StatusOK {
		t.Errorf("the new rule: got %d", w.Code)
	}
	s.write(orders + "\n  - {name: more, math: {}}")
	if err := g.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "did you mean match?") {
		t.Errorf("a fault: got %v", err)
	}
	if w, _ := serve(g, "/bills/7", token); w.Code != http.StatusOK {
		t.Errorf("the former rule: got %d", w.Code)
	}
}

func TestGuardsHaveMetricsInTheRegistryOfTheProgram(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	registry := prometheus.NewPedanticRegistry()
	for _, name := range []string{"a", "b"} {
		g := s.guard()
		if err := g.Register(prometheus.WrapRegistererWith(prometheus.Labels{"config": name}, registry)); err != nil {
			t.Fatal(err)
		}
		serve(g, "/orders/7", http.Header{})
	}
	s.await("two guards are ready", func() bool { return strings.Count(s.log.String(), `"msg":"ready"`) == 2 })
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range families {
		all.WriteString(f.String() + "\n")
	}
	for _, want := range []string{"poolguard_decisions_total", "poolguard_reloads_total", "cognito_key_set_age_seconds", `value:"token_missing"`, `value:"b"`} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the registry has no %s", want)
		}
	}
	if strings.Contains(all.String(), "go_goroutines") {
		t.Error("the metrics of the process are those of the program")
	}
}

func TestGuardIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	g := s.guard()
	s.awaitLog(`"msg":"ready"`)
	token := "Bearer " + s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for range 200 {
				if w, _ := serve(g, "/orders/7", http.Header{"Authorization": {token}}); w.Code != http.StatusOK {
					t.Errorf("a good token: got %d", w.Code)
				}
				if w, _ := serve(g, "/orders/7", http.Header{}); w.Code != http.StatusUnauthorized {
					t.Errorf("no token: got %d", w.Code)
				}
			}
		})
	}
	for n := range 10 {
		s.write(orders + "# " + strings.Repeat("x", n))
		if err := g.Reload(t.Context()); err != nil {
			t.Error(err)
		}
	}
	load.Wait()
}
