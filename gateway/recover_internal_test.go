package gateway

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/gateway/internal/ops"
)

const secretValue = "eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl"

func guarded(t *testing.T) (*Gateway, *bytes.Buffer) {
	t.Helper()
	metrics, err := ops.NewMetrics()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	return &Gateway{log: slog.New(slog.NewTextHandler(&log, nil)), metrics: metrics}, &log
}

func wantPanic(t *testing.T, g *Gateway, log *bytes.Buffer, listener string) {
	t.Helper()
	w := httptest.NewRecorder()
	ops.Handler(g.metrics, func() string { return "" }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if want := `poolguard_panics_total{listener="` + listener + `"} 1`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("/metrics has no %s", want)
	}
	if text := log.String(); !strings.Contains(text, "panic=string") || !strings.Contains(text, "recover_internal_test.go") || strings.Contains(text, secretValue) {
		t.Errorf("got the log %s", text)
	}
}

func TestPanicOfAHandlerIsAnsweredLoggedAndCounted(t *testing.T) {
	g, log := guarded(t)
	w := httptest.NewRecorder()
	w.Header().Set("X-Auth-Subject", "sub-1")
	handler := g.guard("ops", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(secretValue) }))
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("X-Auth-Subject") != "" {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	wantPanic(t, g, log, "ops")
}

// A faulty service panics in both kinds of methods.
type faulty struct {
	grpc_health_v1.UnimplementedHealthServer
}

func (faulty) Check(context.Context, *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	panic(secretValue)
}

func (faulty) Watch(*grpc_health_v1.HealthCheckRequest, grpc.ServerStreamingServer[grpc_health_v1.HealthCheckResponse]) error {
	panic(secretValue)
}

func TestPanicOfAMethodDoesNotEndTheProcess(t *testing.T) {
	for name, call := range map[string]func(c grpc_health_v1.HealthClient) error{
		"unary": func(c grpc_health_v1.HealthClient) error {
			_, err := c.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
			return err
		},
		"stream": func(c grpc_health_v1.HealthClient) error {
			stream, err := c.Watch(t.Context(), &grpc_health_v1.HealthCheckRequest{})
			if err != nil {
				return err
			}
			_, err = stream.Recv()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			g, log := guarded(t)
			server := grpc.NewServer(guardGRPC(g.panicked("envoy"))...)
			grpc_health_v1.RegisterHealthServer(server, faulty{})
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go func() { _ = server.Serve(listener) }()
			connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			err = call(grpc_health_v1.NewHealthClient(connection))
			server.Stop() // the log is complete then
			if status.Code(err) != codes.Internal || strings.Contains(err.Error(), secretValue) {
				t.Errorf("got %v", err)
			}
			wantPanic(t, g, log, "envoy")
		})
	}
}
