package grpcauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
	"github.com/poolguard/poolguard/cognito/keyset"
)

func allMethods() []grpcauth.Rule { return []grpcauth.Rule{{Methods: []string{"*"}}} }

func wantExpired(t *testing.T, name string, err error) {
	t.Helper()
	if status.Code(err) != codes.Unauthenticated || grpcauth.CodeOf(err) != cognito.ErrTokenExpired {
		t.Errorf("%s: %v", name, err)
	}
}

// TestStreamsEnd has methods of every kind that wait in every way when the token
// expires.
func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	begun, left := make(chan struct{}), make(chan error, 1)
	type duplex = testpb.TestService_FullDuplexCallServer
	open := func(w *world) (grpc.ClientStream, error) {
		_, stream, err := w.duplex(w.access())
		return stream, err
	}
	for name, test := range map[string]struct {
		service service
		open    func(*world) (grpc.ClientStream, error)
		left    func(error) bool // what the method saw; nil: it is not one of ours
	}{
		"both ways, receiving": {
			service: service{onDuplex: func(s duplex) error { close(begun); _, err := s.Recv(); left <- err; return err }},
			open:    open, left: isExpired,
		},
		"both ways, receives again": {
			service: service{onDuplex: func(s duplex) error {
				close(begun)
				_, err := s.Recv()
				_, again := s.Recv()
				left <- errors.Join(err, again, s.Send(payload("late")))
				return nil
			}},
			open: open, left: func(err error) bool { return strings.Count(err.Error(), "token_expired") == 3 },
		},
		"both ways, waits for its context and says that all is well": {
			service: service{onDuplex: func(s duplex) error {
				close(begun)
				<-s.Context().Done()
				left <- context.Cause(s.Context())
				return nil
			}},
			open: open, left: isExpired,
		},
		"from the client, receiving": {
			service: service{onInput: func(s testpb.TestService_StreamingInputCallServer) error {
				close(begun)
				_, err := s.Recv()
				left <- err
				return s.SendAndClose(&testpb.StreamingInputCallResponse{})
			}},
			open: func(w *world) (grpc.ClientStream, error) { return w.client().StreamingInputCall(w.access()) }, left: isExpired,
		},
		"from the server, to a client that does not read": {
			service: service{onOutput: func(s testpb.TestService_StreamingOutputCallServer) error {
				large := payload(strings.Repeat("x", 1<<20))
				close(begun)
				for {
					if err := s.Send(large); err != nil {
						left <- err
						return err
					}
				}
			}},
			open: func(w *world) (grpc.ClientStream, error) {
				return w.client().StreamingOutputCall(w.access(), &testpb.StreamingOutputCallRequest{})
			}, left: isExpired,
		},
		"the health service's Watch": {
			open: func(w *world) (grpc.ClientStream, error) {
				stream, err := healthpb.NewHealthClient(w.conn).Watch(w.access(), &healthpb.HealthCheckRequest{})
				if err == nil {
					_, err = stream.Recv()
				}
				return stream, err
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			begun, left = make(chan struct{}), make(chan error, 1)
			w := newWorld(t, grpcauth.Config{Rules: allMethods()})
			w.service.onDuplex, w.service.onInput, w.service.onOutput = test.service.onDuplex, test.service.onInput, test.service.onOutput
			stream, err := test.open(w)
			if err != nil {
				t.Fatal(err)
			}
			if test.left != nil {
				<-begun
			}
			w.issuer.Clock().Advance(time.Hour - time.Nanosecond)
			if len(left) > 0 {
				t.Errorf("the method has left already: %v", <-left)
			}
			w.issuer.Clock().Advance(time.Nanosecond)
			if test.left != nil {
				if err := <-left; !test.left(err) {
					t.Errorf("the method saw %v", err)
				}
			}
			for err = nil; err == nil; {
				err = stream.RecvMsg(&testpb.StreamingOutputCallResponse{})
			}
			wantExpired(t, "the client", err)
			if challenge := stream.Trailer()["www-authenticate"]; len(challenge) != 1 || !strings.Contains(challenge[0], `error="invalid_token"`) {
				t.Errorf("the challenge %q", challenge)
			}
		})
	}
}

func isExpired(err error) bool { return grpcauth.CodeOf(err) == cognito.ErrTokenExpired }

// TestStreamsThatEndBefore: a stream whose method returned in time is as it was.
func TestStreamsThatEndBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, grpcauth.Config{Rules: allMethods()})
	_, stream, err := w.duplex(w.access())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := stream.Send(&testpb.StreamingOutputCallRequest{}); err != nil {
			t.Fatal(err)
		}
		if answer, err := stream.Recv(); err != nil || string(answer.GetPayload().GetBody()) != "echo" {
			t.Fatal(answer, err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	w.issuer.Clock().Advance(2 * time.Hour)
	if strings.Contains(w.logs.String(), "refused") {
		t.Error(w.logs)
	}
}

// TestStreamsOutliveToken: streams that may, do; and so do those without a token.
func TestStreamsOutliveToken(t *testing.T) {
	t.Parallel()
	insecure := grpcauth.Config{Rules: allMethods(), InsecureLetStreamsOutliveToken: true}
	optional := grpcauth.Config{Rules: []grpcauth.Rule{{Methods: []string{"*"}, Allow: cognito.Optional}}}
	anonymous := grpcauth.Config{Rules: []grpcauth.Rule{{Methods: []string{"*"}, Allow: cognito.Anonymous}}}
	for name, test := range map[string]struct {
		config  grpcauth.Config
		token   bool
		options []cognitotest.TokenOption
	}{
		"insecure":  {insecure, true, nil},
		"optional":  {optional, false, nil},
		"anonymous": {anonymous, true, nil},
		"for ever":  {grpcauth.Config{Rules: allMethods()}, true, []cognitotest.TokenOption{cognitotest.Claim("exp", int64(1)<<53)}},
	} {
		w, ctx := newWorld(t, test.config), t.Context()
		if test.token {
			ctx = w.access(test.options...)
		}
		_, stream, err := w.duplex(ctx)
		if err != nil {
			t.Fatal(name, err)
		}
		w.issuer.Clock().Advance(24 * time.Hour)
		if err := stream.Send(&testpb.StreamingOutputCallRequest{}); err != nil {
			t.Fatal(name, err)
		}
		if _, err := stream.Recv(); err != nil {
			t.Error(name, err)
		}
	}
}

// TestStreamLeeway: a stream is let in and lasts as long as the verifier's leeway
// says.
func TestStreamLeeway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, grpcauth.Config{Rules: allMethods(), StreamLeeway: time.Minute}, option{trust: func(c *cognito.Config) { c.Leeway = time.Minute }})
	_, stream, err := w.duplex(w.access(cognitotest.ExpiresIn(-30 * time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	w.issuer.Clock().Advance(29 * time.Second)
	if err := stream.Send(&testpb.StreamingOutputCallRequest{}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	w.issuer.Clock().Advance(time.Second)
	_, err = stream.Recv()
	wantExpired(t, "after the leeway", err)
}

// A sleeper is the clock of a machine whose timers do not run.
type sleeper struct{ keyset.Clock }

// AfterFunc implements keyset.Clock.
func (sleeper) AfterFunc(time.Duration, func()) (stop func() bool) {
	return func() bool { return true }
}

// TestLateTimers: the time of day counts, also where no timer tells of it.
func TestLateTimers(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: allMethods(), Clock: sleeper{issuer.Clock()}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+issuer.Pool().AccessToken()))
	received := 0
	fake := &fakeStream{ctx: ctx, recv: func(any) error {
		received++
		issuer.Clock().Advance(40 * time.Minute)
		return nil
	}}
	err = auth.Stream()(nil, fake, &grpc.StreamServerInfo{FullMethod: duplexCall}, func(_ any, s grpc.ServerStream) error {
		for n := range 3 {
			if err := s.RecvMsg(nil); (err == nil) != (n == 0) {
				t.Errorf("message %d: %v", n, err)
			}
		}
		if s.Context().Err() == nil {
			t.Error("the context goes on")
		}
		return nil
	})
	wantExpired(t, "late", err)
	if received != 2 {
		t.Errorf("%d messages were asked for", received)
	}
}

// A diary is a clock that keeps the longest time that it was asked to wait.
type diary struct {
	keyset.Clock
	longest atomic.Int64
}

// AfterFunc implements keyset.Clock.
func (d *diary) AfterFunc(wait time.Duration, f func()) (stop func() bool) {
	d.longest.Store(max(d.longest.Load(), int64(wait)))
	return d.Clock.AfterFunc(wait, f)
}

// TestTimersAreBounded: the clock is read every ten minutes, because timers stop
// while a machine is suspended, and ignore a clock that is set.
func TestTimersAreBounded(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	clock := &diary{Clock: issuer.Clock()}
	w := newWorld(t, grpcauth.Config{Rules: allMethods(), Clock: clock}, option{trust: func(c *cognito.Config) { *c = issuer.Config() }})
	_, stream, err := w.duplex(w.as(issuer.Pool().AccessToken()))
	if err != nil {
		t.Fatal(err)
	}
	issuer.Clock().Advance(time.Hour)
	_, err = stream.Recv()
	wantExpired(t, "after some naps", err)
	if longest := time.Duration(clock.longest.Load()); longest != 10*time.Minute {
		t.Errorf("it slept for %v", longest)
	}
}

// TestPanics: what panics below a stream's method panics in the method, where
// interceptors that recover expect it.
func TestPanics(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: allMethods(), Clock: issuer.Clock()})
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+issuer.Pool().AccessToken()))
	defer func() {
		if v := recover(); v != "a codec" {
			t.Errorf("recovered %v", v)
		}
	}()
	fake := &fakeStream{ctx: ctx, recv: func(any) error { panic("a codec") }}
	_ = auth.Stream()(nil, fake, &grpc.StreamServerInfo{FullMethod: duplexCall}, func(_ any, s grpc.ServerStream) error { return s.RecvMsg(nil) })
	t.Error("it did not panic")
}

// TestManyStreams has two hundred streams at work while their tokens expire, some at a
// time. Each ends as it should, and nothing is left behind. It does not run beside
// others, whose goroutines would be counted.
func TestManyStreams(t *testing.T) {
	var running atomic.Int64
	count := func(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		running.Add(1)
		defer running.Add(-1)
		return handler(srv, ss)
	}
	w := newWorld(t, grpcauth.Config{Rules: allMethods()}, option{server: []grpc.ServerOption{grpc.ChainStreamInterceptor(count)}})
	const streams = 200
	var opened, all sync.WaitGroup
	errs := make([]error, streams)
	opened.Add(streams)
	for n := range streams {
		all.Go(func() {
			ctx := w.access(cognitotest.ExpiresIn(time.Duration(n%10+1) * time.Minute))
			_, stream, err := w.duplex(ctx)
			opened.Done()
			for turn := 0; err == nil; turn++ {
				if n%2 == 0 { // the others only wait
					if err = stream.Send(&testpb.StreamingOutputCallRequest{}); err != nil && !errors.Is(err, io.EOF) {
						break
					}
				}
				_, err = stream.Recv()
			}
			errs[n] = err
		})
	}
	opened.Wait()
	if n := running.Load(); n != streams {
		t.Errorf("%d streams at a time", n)
	}
	for range 10 {
		w.issuer.Clock().Advance(time.Minute)
	}
	all.Wait()
	for n, err := range errs {
		wantExpired(t, fmt.Sprint(n), err)
	}
	for running.Load() > 0 {
		runtime.Gosched()
	}
	for left := 1; left > 0; { // the test's time-out ends it
		stacks := make([]byte, 4<<20)
		text := string(stacks[:runtime.Stack(stacks, true)])
		left = strings.Count(text, "grpcauth.(*term)")
		runtime.Gosched()
	}
}

func BenchmarkStream(b *testing.B) {
	for name, outlive := range map[string]bool{"ends": false, "outlives": true} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, grpcauth.Config{Rules: allMethods(), InsecureLetStreamsOutliveToken: outlive})
			_, stream, err := w.duplex(w.access())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := stream.Send(&testpb.StreamingOutputCallRequest{}); err != nil {
					b.Fatal(err)
				}
				if _, err := stream.Recv(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
