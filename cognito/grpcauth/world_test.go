package grpcauth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

const (
	testService = "/grpc.testing.TestService/*"
	unaryCall   = "/grpc.testing.TestService/UnaryCall"
	duplexCall  = "/grpc.testing.TestService/FullDuplexCall"
	healthCheck = "/grpc.health.v1.Health/Check"
	healthWatch = "/grpc.health.v1.Health/Watch"
)

// A world is a gRPC server behind the interceptors, on loopback, and a client of it.
type world struct {
	testing.TB
	issuer  *cognitotest.Issuer
	trust   cognito.Config
	service *service
	auth    *grpcauth.Interceptor
	server  *grpc.Server
	conn    *grpc.ClientConn
	logs    *logBuffer
}

// An option changes what a world is made of.
type option struct {
	trust     func(*cognito.Config)
	server    []grpc.ServerOption // before those of the interceptors
	transport credentials.TransportCredentials
	client    []grpc.DialOption
}

func newWorld(t testing.TB, config grpcauth.Config, options ...option) *world {
	t.Helper()
	w := &world{TB: t, issuer: cognitotest.NewIssuer(), service: &service{}, logs: &logBuffer{}}
	w.trust = w.issuer.Config()
	serverOptions, transport := []grpc.ServerOption{}, insecure.NewCredentials()
	dial := []grpc.DialOption{grpc.WithChainUnaryInterceptor(w.patientUnary), grpc.WithChainStreamInterceptor(w.patientStream)}
	for _, o := range options {
		if o.trust != nil {
			o.trust(&w.trust)
		}
		if o.transport != nil {
			transport = o.transport
		}
		serverOptions = append(serverOptions, o.server...)
		dial = append(dial, o.client...)
	}
	var err error
	if config.Verifier, err = cognito.New(w.trust); err != nil {
		t.Fatal(err)
	}
	if config.Clock == nil {
		config.Clock = w.issuer.Clock()
	}
	config.Logger = slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.auth, err = grpcauth.New(config); err != nil {
		t.Fatal(err)
	}
	w.server = grpc.NewServer(append(serverOptions, w.auth.ServerOptions()...)...)
	testpb.RegisterTestServiceServer(w.server, w.service)
	healthpb.RegisterHealthServer(w.server, health.NewServer())
	reflection.RegisterV1(w.server)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() { _ = w.server.Serve(listener) })
	w.conn, err = grpc.NewClient("passthrough:///"+listener.Addr().String(), append(dial, grpc.WithTransportCredentials(transport))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.conn.Close()
		w.server.Stop() // waits for no handler
		all.Wait()
	})
	return w
}

// as returns a context of calls that bring the token.
func (w *world) as(raw string) context.Context {
	return metadata.AppendToOutgoingContext(w.Context(), "authorization", "Bearer "+raw)
}

// access is the context of calls that bring a good access token.
func (w *world) access(options ...cognitotest.TokenOption) context.Context {
	return w.as(w.issuer.Pool().AccessToken(options...))
}

// bounded ends a call that would hang where the code is wrong. No test waits for it.
func (w *world) bounded(ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	w.Cleanup(cancel)
	return ctx
}

func (w *world) patientUnary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	return invoke(w.bounded(ctx), method, req, reply, cc, opts...)
}

func (w *world) patientStream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return open(w.bounded(ctx), desc, cc, method, opts...)
}

// client returns one of the test service.
func (w *world) client() testpb.TestServiceClient { return testpb.NewTestServiceClient(w.conn) }

// unary calls the method and returns whom the server took the caller for.
func (w *world) unary(ctx context.Context, options ...grpc.CallOption) (string, error) {
	answer, err := w.client().UnaryCall(ctx, &testpb.SimpleRequest{}, options...)
	return answer.GetUsername(), err
}

// duplex opens a stream, and returns whom the server took the caller for.
func (w *world) duplex(ctx context.Context, options ...grpc.CallOption) (who string, stream testpb.TestService_FullDuplexCallClient, err error) {
	stream, err = w.client().FullDuplexCall(ctx, options...)
	if err != nil {
		return "", nil, err
	}
	answer, err := stream.Recv()
	return string(answer.GetPayload().GetBody()), stream, err
}

// A service answers with whom it takes the caller for. Streams go on as the test says.
type service struct {
	testpb.UnimplementedTestServiceServer
	onDuplex func(testpb.TestService_FullDuplexCallServer) error
	onInput  func(testpb.TestService_StreamingInputCallServer) error
	onOutput func(testpb.TestService_StreamingOutputCallServer) error
}

func caller(ctx context.Context) string {
	access, isAccess := grpcauth.AccessToken(ctx)
	id, isID := grpcauth.IDToken(ctx)
	switch {
	case isAccess && !isID:
		return access.Username()
	case isID && !isAccess:
		return id.Email()
	case isAccess && isID:
		return "two"
	}
	return "nobody"
}

// UnaryCall implements testpb.TestServiceServer.
func (s *service) UnaryCall(ctx context.Context, _ *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	return &testpb.SimpleResponse{Username: caller(ctx)}, nil
}

// FullDuplexCall implements testpb.TestServiceServer: it says who calls, then echoes.
func (s *service) FullDuplexCall(stream testpb.TestService_FullDuplexCallServer) error {
	if err := stream.Send(payload(caller(stream.Context()))); err != nil {
		return err
	}
	if s.onDuplex != nil {
		return s.onDuplex(stream)
	}
	for {
		_, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(payload("echo")); err != nil {
			return err
		}
	}
}

// StreamingInputCall implements testpb.TestServiceServer.
func (s *service) StreamingInputCall(stream testpb.TestService_StreamingInputCallServer) error {
	return s.onInput(stream)
}

// StreamingOutputCall implements testpb.TestServiceServer.
func (s *service) StreamingOutputCall(_ *testpb.StreamingOutputCallRequest, stream testpb.TestService_StreamingOutputCallServer) error {
	return s.onOutput(stream)
}

func payload(text string) *testpb.StreamingOutputCallResponse {
	return &testpb.StreamingOutputCallResponse{Payload: &testpb.Payload{Body: []byte(text)}}
}

// A logBuffer collects log lines.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String returns what was logged.
func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
