package tracing_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	span "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/tracing"
)

// A receiver is a collector over gRPC.
type receiver struct {
	collector.UnimplementedTraceServiceServer
	got           chan *span.Span
	authorization []string
}

func (r *receiver) Export(ctx context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	sent, _ := metadata.FromIncomingContext(ctx)
	r.authorization = sent.Get("authorization")
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, each := range scope.GetSpans() {
				r.got <- each
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// receive starts a receiver and traces that send to it.
func receive(t *testing.T, change func(*tracing.Config)) (*receiver, *tracing.Traces) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{got: make(chan *span.Span, 100)}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, r)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	config := tracing.Config{OTLP: tracing.OTLP{Endpoint: "http://" + listener.Addr().String(), Protocol: tracing.GRPC, Authorization: "Bearer key"}, Percent: 100}
	change(&config)
	traces, err := tracing.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := traces.Start(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return r, traces
}

// end sends the spans that are left, and returns all by their names.
func (r *receiver) end(t *testing.T, traces *tracing.Traces) map[string]*span.Span {
	t.Helper()
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	spans := map[string]*span.Span{}
	for len(r.got) > 0 {
		each := <-r.got
		spans[each.GetName()] = each
	}
	return spans
}

func attributesOf(s *span.Span) map[string]string {
	all := map[string]string{}
	for _, each := range s.GetAttributes() {
		all[each.GetKey()] = strings.Trim(strings.SplitN(each.GetValue().String(), ":", 2)[1], `"`)
	}
	return all
}

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestChecksOfEnvoyAreInTheTraceOfTheirCall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call, raw, joined string
	}{"of the call": {call: parent}, "of the request": {raw: parent}, "joined": {joined: parent}} {
		r, traces := receive(t, func(c *tracing.Config) { c.Subject = true })
		ctx := t.Context()
		if test.call != "" {
			ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("traceparent", test.call))
		}
		described := &auth.AttributeContext_HttpRequest{Path: "/orders/7?secret=hunter2", Headers: map[string]string{"authorization": "Bearer hunter2"}}
		if test.joined != "" {
			described.Headers["traceparent"] = test.joined
		}
		if test.raw != "" {
			described.HeaderMap = &core.HeaderMap{Headers: []*core.HeaderValue{{Key: "traceparent", RawValue: []byte(test.raw)}}}
		}
		check := &auth.CheckRequest{Attributes: &auth.AttributeContext{Request: &auth.AttributeContext_Request{Http: described}}}
		info := &grpc.UnaryServerInfo{FullMethod: "/envoy.service.auth.v3.Authorization/Check"}
		_, err := traces.Unary(ctx, check, info, func(ctx context.Context, _ any) (any, error) {
			traces.Decided(ctx, "envoy", &authz.Decision{Allowed: true, Rule: "orders", Identity: authz.Identity{Subject: "sub-1"}})
			return nil, nil //nolint:nilnil // nobody reads it
		})
		if err != nil {
			t.Fatal(err)
		}
		got := r.end(t, traces)["envoy.service.auth.v3.Authorization/Check"]
		if got == nil || strings.Contains(got.String(), "hunter2") {
			t.Fatalf("%s: got %v", name, got)
		}
		attributes := attributesOf(got)
		if string(got.GetParentSpanId()) != "\xb7\xadkqi 31" || attributes["poolguard.rule"] != "orders" || attributes["enduser.id"] != "sub-1" ||
			attributes["rpc.system.name"] != "grpc" || got.GetKind() != span.Span_SPAN_KIND_SERVER {
			t.Errorf("%s: got %v", name, got)
		}
		if len(r.authorization) != 1 || r.authorization[0] != "Bearer key" {
			t.Errorf("%s: the collector got the authorization %q", name, r.authorization)
		}
	}
}

func TestSpansOfRequestsSayWhatWasDecided(t *testing.T) {
	t.Parallel()
	r, traces := receive(t, func(*tracing.Config) {})
	handler := traces.Handler(func(r *http.Request) string { return r.Header.Get("Route") }, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := authz.Decision{Err: cognito.NewError(cognito.ErrTokenExpired, "m"), Identity: authz.Identity{Subject: "sub-1"}}
		if r.Method == http.MethodPut {
			d.Err = cognito.NewError(cognito.ErrKeysUnavailable, "m")
		}
		traces.Decided(r.Context(), "nginx", &d)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	for _, method := range []string{http.MethodGet, http.MethodPut, "BREW"} {
		request := httptest.NewRequest(method, "/ext-authz/orders/7?secret=hunter2", http.NoBody)
		request.Header.Set("Route", "/ext-authz")
		handler.ServeHTTP(httptest.NewRecorder(), request)
		request.Header.Del("Route")
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	spans := r.end(t, traces)
	if len(spans) != 3 {
		t.Errorf("got %v", spans)
	}
	denied := attributesOf(spans["GET /ext-authz"])
	if denied["error.type"] != "token_expired" || denied["poolguard.allowed"] != "false" || denied["http.route"] != "/ext-authz" ||
		denied["http.response.status_code"] != "401" || denied["enduser.id"] != "" {
		t.Errorf("got %v", denied)
	}
	if got := spans["GET /ext-authz"].GetStatus().GetCode(); got != span.Status_STATUS_CODE_UNSET {
		t.Errorf("a denial has the status %v", got)
	}
	if got := spans["PUT /ext-authz"].GetStatus().GetCode(); got != span.Status_STATUS_CODE_ERROR {
		t.Errorf("without keys the status is %v", got)
	}
	if got := attributesOf(spans["HTTP /ext-authz"])["http.request.method"]; got != "_OTHER" {
		t.Errorf("an unknown method is %q", got)
	}
}

func TestRequestsAreTracedAsTheirContextSays(t *testing.T) {
	t.Parallel()
	for percent, want := range map[int]map[string]int{
		0:   {"": 0, parent: 1, strings.TrimSuffix(parent, "01") + "00": 0, "nonsense": 0},
		100: {"": 1, parent: 1, strings.TrimSuffix(parent, "01") + "00": 0, "nonsense": 1},
	} {
		for traceparent, count := range want {
			r, traces := receive(t, func(c *tracing.Config) { c.Percent = percent })
			handler := traces.Handler(func(*http.Request) string { return "/ext-authz" }, http.NotFoundHandler())
			request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			request.Header.Set("Traceparent", traceparent)
			handler.ServeHTTP(httptest.NewRecorder(), request)
			if got := len(r.end(t, traces)); got != count {
				t.Errorf("%d percent, %q: %d spans, want %d", percent, traceparent, got, count)
			}
		}
	}
}

func TestEveryFaultIsReported(t *testing.T) {
	t.Parallel()
	_, err := tracing.New(tracing.Config{Percent: -1})
	for _, want := range []string{"Config.OTLP.Endpoint", "Config.Percent"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %s: %v", want, err)
		}
	}
	for _, endpoint := range []string{"127.0.0.1:4317", "grpc://a:1", "http://", "http://u:p@a:1", "http://a:1?x", "unix:/run/a"} {
		if _, err := tracing.New(tracing.Config{OTLP: tracing.OTLP{Endpoint: endpoint}}); err == nil {
			t.Errorf("%s: no fault", endpoint)
		}
	}
}
