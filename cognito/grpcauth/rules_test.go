package grpcauth_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	bad := cognito.RequireScopes()
	_, err := grpcauth.New(grpcauth.Config{
		Realm: `a"b`, StreamLeeway: -1, Require: []cognito.Requirement{bad},
		Rules: []grpcauth.Rule{
			{},
			{Methods: []string{"", "*", "pkg.Service/Method", "/pkg.Service", "/pkg.Service/", "//Method", "/*/Method", "/pkg.*", "/pkg. Service/M", "/pkg.Service/M*", "/a/b/", "/*", "/*/*",
				"/a/b/C", "/../a.B/C", "/a.B/%43", "/a..B/C", "/.a.B/C", "/a.B./C", "/a.B/C.D", "/a.1B/C", "/a.B/C?x=1", "/a.B/C;v=1", "/a.B/C ", "/a%2eB/*", "/\u0430.B/C", "/a.B/1"}},
			{Methods: []string{"/a.B/*", "/a.B/C", "/a.B/*", "*"}, TokenUse: "refresh", Require: []cognito.Requirement{{}}},
			{Methods: []string{"/a.B/D"}, Allow: 9},
			{Methods: []string{"/a.B/E"}, Allow: cognito.Anonymous, TokenUse: cognito.TokenUseID},
			{Methods: []string{"/a.B/F"}, Allow: cognito.Denied, Require: []cognito.Requirement{cognito.RequireScopes("x")}},
		},
	})
	want := []string{
		"Config.Verifier", "Config.StreamLeeway", "Config.Require[0]", "Config.Realm", "Config.Rules[0].Methods",
		"Config.Rules[1].Methods[0]", "Config.Rules[1].Methods[2]", "Config.Rules[1].Methods[3]", "Config.Rules[1].Methods[4]", "Config.Rules[1].Methods[5]",
		"Config.Rules[1].Methods[6]", "Config.Rules[1].Methods[7]", "Config.Rules[1].Methods[8]", "Config.Rules[1].Methods[9]", "Config.Rules[1].Methods[10]",
		"Config.Rules[1].Methods[11]", "Config.Rules[1].Methods[12]", "Config.Rules[1].Methods[13]", "Config.Rules[1].Methods[14]", "Config.Rules[1].Methods[15]",
		"Config.Rules[1].Methods[16]", "Config.Rules[1].Methods[17]", "Config.Rules[1].Methods[18]", "Config.Rules[1].Methods[19]", "Config.Rules[1].Methods[20]",
		"Config.Rules[1].Methods[21]", "Config.Rules[1].Methods[22]", "Config.Rules[1].Methods[23]", "Config.Rules[1].Methods[24]", "Config.Rules[1].Methods[25]", "Config.Rules[1].Methods[26]",
		"Config.Rules[2].TokenUse", "Config.Rules[2].Require[0]", "Config.Rules[2].Methods[2]", "Config.Rules[2].Methods[3]",
		"Config.Rules[3].Allow", "Config.Rules[4].Allow", "Config.Rules[5].Allow",
	}
	if got := fieldsOf(err); !slices.Equal(got, want) {
		t.Errorf("%v\n got %q\nwant %q", err, got, want)
	}
	verifier, err := cognito.New(cognitotest.NewIssuer().Config())
	if err != nil {
		t.Fatal(err)
	}
	for field, config := range map[string]grpcauth.Config{
		"Config.Rules":        {Verifier: verifier},
		"Config.StreamLeeway": {Verifier: verifier, Rules: []grpcauth.Rule{{Methods: []string{"*"}}}, StreamLeeway: time.Second, InsecureLetStreamsOutliveToken: true},
	} {
		if _, err := grpcauth.New(config); !slices.Equal(fieldsOf(err), []string{field}) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Realm: "cognito", Rules: []grpcauth.Rule{{Methods: []string{"*"}}}}); err != nil {
		t.Error(err)
	}
}

func fieldsOf(err error) (fields []string) {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, err := range list {
		var fault *cognito.ConfigError
		if !errors.As(err, &fault) || fault.Package != "grpcauth" || !strings.HasPrefix(fault.Error(), "grpcauth: "+fault.Field+" ") {
			fields = append(fields, fmt.Sprint(err))
			continue
		}
		fields = append(fields, fault.Field)
	}
	return fields
}

// everyone are the rules of the tests below: one of each kind, the closer ones last.
func everyone() grpcauth.Config {
	return grpcauth.Config{Rules: []grpcauth.Rule{
		{Methods: []string{"*"}, Allow: cognito.Denied},
		{Methods: []string{testService}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
		{Methods: []string{healthCheck}, Allow: cognito.Anonymous},
		{Methods: []string{healthWatch, duplexCall}, Allow: cognito.Optional, TokenUse: cognito.TokenUseID},
	}}
}

func TestRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everyone())
	pool := w.issuer.Pool()
	good, weak, id := pool.AccessToken(cognitotest.Scopes("orders/read")), pool.AccessToken(), pool.IDToken()
	check := func(ctx context.Context) (string, error) {
		_, err := healthpb.NewHealthClient(w.conn).Check(ctx, &healthpb.HealthCheckRequest{})
		return "", err
	}
	watch := func(ctx context.Context) (string, error) {
		stream, err := healthpb.NewHealthClient(w.conn).Watch(ctx, &healthpb.HealthCheckRequest{})
		if err == nil {
			_, err = stream.Recv()
		}
		return "", err
	}
	duplex := func(ctx context.Context) (string, error) {
		who, _, err := w.duplex(ctx)
		return who, err
	}
	reflect := func(ctx context.Context) (string, error) {
		stream, err := reflectionpb.NewServerReflectionClient(w.conn).ServerReflectionInfo(ctx)
		if err == nil {
			_, err = stream.Recv()
		}
		return "", err
	}
	for _, test := range []struct {
		name, token string
		call        func(context.Context) (string, error)
		who         string
		code        cognito.Code
	}{
		{"the service's rule", good, func(ctx context.Context) (string, error) { return w.unary(ctx) }, "anaya", ""},
		{"the service's rule, weak", weak, func(ctx context.Context) (string, error) { return w.unary(ctx) }, "", cognito.ErrScopeMissing},
		{"the service's rule, none", "", func(ctx context.Context) (string, error) { return w.unary(ctx) }, "", cognito.ErrTokenMissing},
		{"anonymous", "", check, "", ""},
		{"anonymous with a bad token", "bad", check, "", ""},
		{"optional", "", watch, "", ""},
		{"optional, bad", "bad", watch, "", cognito.ErrTokenMalformed},
		{"the method's rule", id, duplex, "anaya@example.com", ""},
		{"the method's rule, none", "", duplex, "nobody", ""},
		{"the method's rule, the other kind", good, duplex, "", cognito.ErrTokenUseMismatch},
		{"nobody", good, reflect, "", cognito.ErrAccessDenied},
		{"nobody, without a token", "", reflect, "", cognito.ErrAccessDenied},
	} {
		ctx := t.Context()
		if test.token != "" {
			ctx = w.as(test.token)
		}
		who, err := test.call(ctx)
		if who != test.who || grpcauth.CodeOf(err) != test.code || (err == nil) != (test.code == "") {
			t.Errorf("%s: %q, %v", test.name, who, err)
		}
	}
}

// TestZeroValues: a rule with a missing field lets no call through.
func TestZeroValues(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	other, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{{Methods: []string{"/other.Service/*", "/a.B/D"}}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+issuer.Pool().AccessToken()))
	for name, auth := range map[string]*grpcauth.Interceptor{"nil": nil, "zero": {}, "other rules": other} {
		_, err := auth.Unary()(ctx, nil, &grpc.UnaryServerInfo{FullMethod: "/a.B/C"}, func(context.Context, any) (any, error) { return nil, errors.New("called") })
		if grpcauth.CodeOf(err) != cognito.ErrAccessDenied {
			t.Errorf("%s, unary: %v", name, err)
		}
		err = auth.Stream()(nil, &fakeStream{ctx: ctx}, &grpc.StreamServerInfo{FullMethod: "/a.B/C"}, func(any, grpc.ServerStream) error { return errors.New("called") })
		if grpcauth.CodeOf(err) != cognito.ErrAccessDenied {
			t.Errorf("%s, stream: %v", name, err)
		}
	}
	if (*grpcauth.Interceptor)(nil).Check(nil) == nil {
		t.Error("a nil one passes Check")
	}
}

// A fakeStream is a stream that no server made.
type fakeStream struct {
	grpc.ServerStream
	ctx  context.Context //nolint:containedctx // it is what Context must return
	recv func(any) error
}

func (s *fakeStream) Context() context.Context { return s.ctx }
func (s *fakeStream) SetTrailer(metadata.MD)   {}
func (s *fakeStream) RecvMsg(m any) error      { return s.recv(m) }

// TestMissingSlash: no name of a method slips from its own rule to the one for all
// (CVE-2026-33186).
func TestMissingSlash(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{
		{Methods: []string{"*"}, Allow: cognito.Anonymous}, {Methods: []string{"/shop.Admin/*", "/shop.Orders/Cancel"}, Allow: cognito.Denied},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for method, open := range map[string]bool{
		"/shop.Orders/List": true, "/shop.Orders/cancel": true, "/x": false, "/shop.Admin/Any/Thing": false, "/shop.Admin/Stop": false, "/shop.Orders/Cancel": false,
		"shop.Admin/Stop": false, "shop.Orders/Cancel": false, "": false, "/": false, "//": false, "//x": false, "/shop.Admin/": false, "*": false, "/*": false,
	} {
		called := false
		err := auth.Stream()(nil, &fakeStream{ctx: t.Context()}, &grpc.StreamServerInfo{FullMethod: method}, func(any, grpc.ServerStream) error {
			called = true
			return nil
		})
		if called != open || (err == nil) != open {
			t.Errorf("%q: called %t, %v", method, called, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everyone())
	if err := w.auth.Check(w.server.GetServiceInfo()); err != nil {
		t.Error(err)
	}
	config := everyone()
	config.Rules[0] = grpcauth.Rule{Methods: []string{"/grpc.testing.TestService/unaryCall", "/grpc.testing.TestService/UnaryCall", "/nowhere.Service/*"}}
	config.Rules = append(config.Rules, grpcauth.Rule{Methods: []string{"/grpc.health.v1.Health/*", "/grpc.health.v1.Health/List"}})
	w = newWorld(t, config)
	want := []string{
		"grpcauth: no rule names the method /grpc.reflection.v1.ServerReflection/ServerReflectionInfo, so every call is refused; add a rule",
		"Config.Rules[0].Methods[0]", "Config.Rules[0].Methods[2]", "Config.Rules[4].Methods[0]",
	}
	if got := fieldsOf(w.auth.Check(w.server.GetServiceInfo())); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestOtherMetadata: a token comes in one way only.
func TestOtherMetadata(t *testing.T) {
	t.Parallel()
	w := newWorld(t, grpcauth.Config{Rules: []grpcauth.Rule{{Methods: []string{testService}}}})
	token := w.issuer.Pool().AccessToken()
	for _, test := range []struct {
		pairs []string
		want  cognito.Code
	}{
		{[]string{"authorization", "Bearer " + token}, ""},
		{[]string{"Authorization", "bEARER   " + token}, ""},
		{[]string{"authorization", "Bearer " + token, "authorization-bin", "x", "access_token", token}, ""},
		{[]string{"authorization", "Bearer " + token, "authorization", "Bearer " + token}, cognito.ErrRequestInvalid},
		{[]string{"authorization", "Basic dTpw", "authorization", "Bearer " + token}, cognito.ErrRequestInvalid},
		{[]string{"authorization", "Bearer " + token + ", Bearer " + token}, cognito.ErrRequestInvalid},
		{[]string{"authorization", "Bearer"}, cognito.ErrRequestInvalid},
		{[]string{"authorization", token}, cognito.ErrTokenMissing},
		{[]string{"authorization", "Basic dTpw"}, cognito.ErrTokenMissing},
		{[]string{"authorization-bin", "Bearer " + token}, cognito.ErrTokenMissing},
		{[]string{"proxy-authorization", "Bearer " + token}, cognito.ErrTokenMissing},
		{[]string{"access_token", token}, cognito.ErrTokenMissing},
		{[]string{"x-amzn-oidc-accesstoken", token}, cognito.ErrTokenMissing},
		{[]string{"grpc-metadata-authorization", "Bearer " + token}, cognito.ErrTokenMissing},
	} {
		_, err := w.unary(metadata.AppendToOutgoingContext(t.Context(), test.pairs...))
		if grpcauth.CodeOf(err) != test.want || (err == nil) != (test.want == "") {
			t.Errorf("%.60q: %v", test.pairs, err)
		}
	}
}

// TestHiddenToken: where the inner interceptor looks for no token, there is none, even
// if an outer one found it.
func TestHiddenToken(t *testing.T) {
	t.Parallel()
	for name, allow := range map[string]cognito.Allow{"anonymous": cognito.Anonymous, "optional": cognito.Optional} {
		issuer := cognitotest.NewIssuer()
		verifier, err := cognito.New(issuer.Config())
		if err != nil {
			t.Fatal(err)
		}
		outer, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{{Methods: []string{"*"}}}})
		if err != nil {
			t.Fatal(err)
		}
		hide := func(ctx context.Context) context.Context { return metadata.NewIncomingContext(ctx, metadata.MD{}) }
		inner, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{{Methods: []string{"*"}, Allow: allow}}})
		if err != nil {
			t.Fatal(err)
		}
		ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+issuer.Pool().AccessToken()))
		who, err := outer.Unary()(ctx, nil, &grpc.UnaryServerInfo{FullMethod: unaryCall}, func(ctx context.Context, _ any) (any, error) {
			return inner.Unary()(hide(ctx), nil, &grpc.UnaryServerInfo{FullMethod: unaryCall}, func(ctx context.Context, _ any) (any, error) {
				return caller(ctx), nil
			})
		})
		if who != "nobody" || err != nil {
			t.Errorf("%s: %v, %v", name, who, err)
		}
	}
}

// TestObserver: refusals that the verifier never sees are told once, as others are.
func TestObserver(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	observe := func(c *cognito.Config) {
		c.Observer = &cognito.Observer{VerificationEnded: func(_ context.Context, v cognito.Verification) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, string(v.Code))
		}}
	}
	w := newWorld(t, everyone(), option{trust: observe})
	_, _ = w.unary(t.Context())
	_, _ = w.unary(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer"))
	_, _ = w.unary(w.as("bad"))
	_, _ = w.unary(w.access(cognitotest.Scopes("orders/read")))
	_, _, _ = w.duplex(t.Context())
	err := w.conn.Invoke(t.Context(), "/grpc.health.v1.Health/List", &healthpb.HealthListRequest{}, &healthpb.HealthListResponse{})
	mu.Lock()
	defer mu.Unlock()
	want := []string{"token_missing", "request_invalid", "token_malformed", "", "access_denied"}
	if !slices.Equal(seen, want) || status.Code(err) != codes.PermissionDenied {
		t.Errorf("seen %q, want %q; %v", seen, want, err)
	}
}

// TestUnknownService: calls of a server's handler for unknown services are judged by
// the rule for all. What callers name is not logged, and the line says why.
func TestUnknownService(t *testing.T) {
	t.Parallel()
	for _, allow := range []cognito.Allow{cognito.Anonymous, cognito.Verified} {
		handler := grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
			return status.Error(codes.NotFound, caller(stream.Context()))
		})
		w := newWorld(t, grpcauth.Config{Rules: []grpcauth.Rule{{Methods: []string{"*"}, Allow: allow}}}, option{server: []grpc.ServerOption{handler}})
		err := w.conn.Invoke(t.Context(), "/no.Such/Method", &testpb.Empty{}, &testpb.Empty{})
		switch {
		case allow == cognito.Anonymous && status.Code(err) != codes.NotFound:
			t.Error(err)
		case allow == cognito.Verified && (grpcauth.CodeOf(err) != cognito.ErrTokenMissing || strings.Contains(w.logs.String(), "no.Such") || !strings.Contains(w.logs.String(), `"method":"(unknown service)"`)):
			t.Error(err, w.logs)
		}
	}
}
