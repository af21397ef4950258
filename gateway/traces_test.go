package gateway_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	span "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestDecisionsAreTraced(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	spans := map[string]*span.Span{}
	var all strings.Builder
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		mutex.Lock()
		defer mutex.Unlock()
		all.WriteString(sent.String())
		for _, resource := range sent.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				for _, each := range scope.GetSpans() {
					spans[each.GetName()] = each
				}
			}
		}
	}))
	defer server.Close()
	s := newStage(t, orders+"\ntraces: {otlp: {endpoint: \""+server.URL+"\"}}\n").run()
	s.awaitReady()
	token := s.issuer.Pool().AccessToken(cognitotest.Groups("staff"))
	if status, _ := s.ask("/orders/7?secret=hunter2", token); status != http.StatusNoContent {
		t.Errorf("got %d", status)
	}
	if err := s.stop(); err != nil { // it sends what is left
		t.Fatal(err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	asked, verified := spans["GET /forward-auth/nginx"], spans["cognito.verify"]
	if asked == nil || verified == nil || !bytes.Equal(verified.GetParentSpanId(), asked.GetSpanId()) {
		t.Fatalf("got %v", spans)
	}
	text := all.String()
	for _, want := range []string{"poolguard-gateway", "poolguard.rule", "http.response.status_code"} {
		if !strings.Contains(text, want) {
			t.Errorf("the spans have no %s", want)
		}
	}
	for _, secret := range []string{"hunter2", token[:20], cognitotest.Subject, "/orders"} {
		if strings.Contains(text, secret) {
			t.Errorf("the spans have %s", secret)
		}
	}
}

// A collector that is away delays nothing and ends nothing.
func TestCollectorThatIsAwayIsLogged(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer server.Close()
	s := newStage(t, orders+"\ntraces: {otlp: {endpoint: \""+server.URL+"\"}}\n").run()
	s.awaitReady()
	if status, _ := s.ask("/healthz", ""); status != http.StatusNoContent {
		t.Errorf("got %d", status)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.log.String(), "spans could not be sent") {
		t.Error("the failure is not logged")
	}
}
