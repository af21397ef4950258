package gateway_test

import (
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

func TestRequestsAreDecidedCountedAndLogged(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders).run()
	s.awaitReady()
	token := s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))
	if status, header := s.ask("/orders/7?secret=hunter2", token); status != http.StatusNoContent || header.Get("X-Auth-Subject") != cognitotest.Subject {
		t.Errorf("a good token: got %d, %v", status, header)
	}
	if status, header := s.ask("/orders/7", s.issuer.Pool().AccessToken()); status != http.StatusForbidden || header.Get("X-Auth-Error") != "group_missing" {
		t.Errorf("a token without the group: got %d, %v", status, header)
	}
	if status, _ := s.ask("/healthz", ""); status != http.StatusNoContent {
		t.Errorf("an anonymous rule: got %d", status)
	}
	if status, _ := s.ask("/other", token); status != http.StatusForbidden {
		t.Errorf("no rule: got %d", status)
	}
	_, metrics := s.ops("/metrics")
	for _, want := range []string{
		`poolguard_decisions_total{adapter="nginx",code="allowed",outcome="allowed",rule="orders"} 1`,
		`poolguard_decisions_total{adapter="nginx",code="group_missing",outcome="denied",rule="orders"} 1`,
		`poolguard_decisions_total{adapter="nginx",code="access_denied",outcome="denied",rule=""} 1`,
		`poolguard_decision_duration_seconds_count{adapter="nginx"} 4`,
		`poolguard_reloads_total{result="used"} 0`, "cognito_key_set_age_seconds{", "go_goroutines",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
	log := s.log.String()
	for _, want := range []string{`"msg":"decision"`, `"rule":"orders"`, `"subject":"` + cognitotest.Subject, `"code":"group_missing"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s", want)
		}
	}
	if strings.Contains(log, token[:20]) || strings.Contains(log, "hunter2") {
		t.Error("the log has a part of the token, or the query")
	}
}

func TestUnknownPathsOfListenersAreNotFound(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders).run()
	for _, path := range []string{"/", "/forward-auth", "/introspect", "/forward-auth/nginx/", "//forward-auth/nginx", "/forward-auth/%6eginx"} {
		response, err := http.Get("http://" + s.addresses["forward_auth"] + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d", path, response.StatusCode)
		}
	}
	if status, _ := s.ops("/forward-auth/nginx"); status != http.StatusNotFound {
		t.Errorf("ops: got %d", status)
	}
}

func TestReadinessWaitsForKeysAndThenStays(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	s.issuer.Pool().FailKeySet(http.StatusBadGateway)
	s.run()
	s.awaitLog("not ready")
	if status, body := s.ops("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "not seen yet") {
		t.Errorf("without keys: got %d, %s", status, body)
	}
	if status, _ := s.ops("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: got %d", status)
	}
	if status, _ := s.ask("/orders/7", s.issuer.Pool().AccessToken()); status != http.StatusServiceUnavailable {
		t.Errorf("without keys: got %d", status)
	}
	s.issuer.Pool().RestoreKeySet()
	s.awaitReady()
	s.issuer.Pool().FailKeySet(http.StatusBadGateway)
	if status, _ := s.ops("/readyz"); status != http.StatusOK {
		t.Errorf("after a failure: got %d", status)
	}
	if status, _ := s.ask("/orders/7", s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))); status != http.StatusNoContent {
		t.Errorf("with keys that were seen: got %d", status)
	}
}

func TestReadinessFailsWhileRequestsAreStillAnswered(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(orders, "drain: 0", "drain: 2s", 1)).run()
	s.awaitReady()
	ended := make(chan error)
	go func() { ended <- s.stop() }()
	s.await("not ready", func() bool { status, _ := s.ops("/readyz"); return status == http.StatusServiceUnavailable })
	if status, _ := s.ask("/healthz", ""); status != http.StatusNoContent {
		t.Errorf("while draining: got %d", status)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.log.String(), `"msg":"stopped"`) {
		t.Error("the end is not logged")
	}
}

func TestChangeBeforeTheFileIsWatchedIsUsed(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	s.beforeRun = func() { s.write(strings.Replace(orders, "/orders/**", "/bills/**", 1)) }
	s.run().awaitReady()
	s.awaitLog("the changed configuration is used")
	if status, _ := s.ask("/bills/7", s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))); status != http.StatusNoContent {
		t.Errorf("the new rule: got %d", status)
	}
}

func TestChangedFileIsUsedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders).run()
	s.awaitReady()
	s.write(strings.Replace(orders, "/orders/**", "/bills/**", 1))
	s.awaitLog("the changed configuration is used")
	token := s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))
	if status, _ := s.ask("/bills/7", token); status != http.StatusNoContent {
		t.Errorf("the new rule: got %d", status)
	}
	for name, test := range map[string]struct{ text, want string }{
		"a fault":        {orders + "\n  - {name: more, math: {}}", "did you mean match?"},
		"a listener":     {strings.Replace(orders, "drain: 0", "drain: 1s", 1), "a change of [drain] needs a restart"},
		"a pool no keys": {strings.Replace(orders, "id: us-east-1_Test00001,", "id: us-east-1_Test00001, key_set: \"http://127.0.0.1:1/keys\",", 1), "unavailable"},
	} {
		s.write(test.text)
		s.awaitLog(test.want)
		if err := s.gateway.Reload(t.Context()); err == nil {
			t.Errorf("%s: Reload returns no error", name)
		}
		if status, _ := s.ask("/bills/7", token); status != http.StatusNoContent {
			t.Errorf("%s: the former rule: got %d", name, status)
		}
	}
	if _, metrics := s.ops("/metrics"); !strings.Contains(metrics, `poolguard_reloads_total{result="used"} 1`) {
		t.Error("reloads are not counted")
	}
}

// Every request gets the answer of the rules before or after a reload: they agree on these.
func TestReloadUnderLoadGivesNoWrongAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders).run()
	s.awaitReady()
	good, bad := s.issuer.Pool().AccessToken(cognitotest.Groups("staff")), s.issuer.Pool().AccessToken()
	stop := make(chan struct{})
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if status, _ := s.ask("/orders/7", good); status != http.StatusNoContent {
					t.Errorf("a good token: got %d", status)
				}
				if status, _ := s.ask("/orders/7", bad); status != http.StatusForbidden {
					t.Errorf("a bad token: got %d", status)
				}
			}
		})
	}
	for n := range 10 {
		// Every second one has other key sets, too.
		s.write(orders + "\n  - {name: more, match: {path: /more}}\n" + "# " + strings.Repeat("x", n))
		if err := s.gateway.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		text := strings.Replace(orders, "max_age: 10s", "max_age: "+(time.Duration(20+n)*time.Second).String(), 1)
		s.write(text)
		if err := s.gateway.Reload(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	load.Wait()
}

func TestFaultsOfFilesAreReturned(t *testing.T) {
	t.Parallel()
	_, err := gateway.New(gateway.Config{File: filepath.Join(t.TempDir(), "none.yaml")})
	if _, ok := errors.AsType[*gateway.ReadError](err); !ok || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	_, err = gateway.New(gateway.Config{File: "f", Text: []byte("drain: x")})
	if _, ok := errors.AsType[*yamlfile.Error](err); !ok {
		t.Errorf("got %v", err)
	}
	text := "forward_auth: {tls: {cert: none.crt, key: none.key}}\nuser_pools: [{id: us-east-1_AbCdEfGhI, client_ids: [web]}]\nrules: [{match: {path: /**}}]"
	_, err = gateway.New(gateway.Config{File: filepath.Join(t.TempDir(), "f"), Text: []byte(text)})
	if err == nil || !strings.Contains(err.Error(), "forward_auth.tls: ") || !strings.Contains(err.Error(), "none.key") {
		t.Errorf("got %v", err)
	}
}

func TestReportOnlyRulesAreAnnounced(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(orders, "require: {groups: [staff]}", "report_only: true, require: {groups: [staff]}", 1)).run()
	s.awaitReady()
	if status, header := s.ask("/orders/7", s.issuer.Pool().AccessToken()); status != http.StatusNoContent || header.Get("X-Auth-Subject") != "" {
		t.Errorf("got %d, %v", status, header)
	}
	if !strings.Contains(s.log.String(), "deny nothing") {
		t.Error("the log does not say so")
	}
	_, metrics := s.ops("/metrics")
	for _, want := range []string{"poolguard_report_only_rules 1", `code="group_missing",outcome="reported",rule="orders"} 1`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
}
