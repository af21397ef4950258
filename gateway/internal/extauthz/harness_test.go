package extauthz_test

import (
	"context"
	"net"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// A world is rules with an issuer.
type world struct {
	issuer *cognitotest.Issuer
	away   *cognitotest.Pool // its keys are not available
	config extauthz.Config
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{issuer: cognitotest.NewIssuer()}
	w.away = w.issuer.AddPool("us-east-1_Away00001", "away-client")
	w.away.FailKeySet(503)
	verifier, err := cognito.New(w.issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.New(authz.Config{Verifier: verifier, UserPools: w.issuer.Config().UserPools, Rules: []authz.Rule{
		{Name: "health", Match: route.Match{Path: "/healthz"}, Allow: cognito.Anonymous},
		{Name: "public", Match: route.Match{Path: "/public/**"}, Allow: cognito.Anonymous},
		{
			Name: "read orders", Match: route.Match{Hosts: []string{"api.example.com"}, Methods: []string{"GET"}, Path: "/orders/**"},
			Require: authz.Require{Scopes: []string{"orders/read"}}, CORS: &authz.CORS{Origins: []string{"https://app.example.com"}},
		},
		{Name: "passed on", Match: route.Match{Path: "/passed"}, Pass: authz.Pass{AccessToken: authz.PassAuthorization}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	headers, err := identity.New(identity.Config{Headers: map[string]string{"X-Tenant": "custom:tenant"}})
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := callers.New([]string{"127.0.0.0/8", "192.0.2.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	w.config = extauthz.Config{Decider: policy, Headers: headers, Trusted: trusted, Timeout: extauthz.DefaultHTTPTimeout}
	return w
}

func (w *world) token(options ...cognitotest.TokenOption) string {
	return w.issuer.Pool().AccessToken(append([]cognitotest.TokenOption{
		cognitotest.ForSubject("sub-1"), cognitotest.Scopes("orders/read"), cognitotest.Groups("staff", "R&D, EU"),
	}, options...)...)
}

// dial serves the checker on a loopback address and returns Envoy's client of it.
func (w *world) dial(t *testing.T) (auth.AuthorizationClient, *grpc.ClientConn, *extauthz.Server) {
	t.Helper()
	checker, err := extauthz.NewChecker(w.config)
	if err != nil {
		t.Fatal(err)
	}
	server := extauthz.NewServer(func() *extauthz.Checker { return checker })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return auth.NewAuthorizationClient(connection), connection, server
}

// A line is one header field.
type line struct{ name, value string }

// rawCheck is the check that Envoy sends with encode_raw_headers.
func rawCheck(method, host, path string, lines ...line) *auth.CheckRequest {
	headers := &core.HeaderMap{}
	for _, l := range append([]line{{":method", method}, {":authority", host}, {":path", path}}, lines...) {
		headers.Headers = append(headers.Headers, &core.HeaderValue{Key: l.name, RawValue: []byte(l.value)})
	}
	return checkOf(&auth.AttributeContext_HttpRequest{Method: method, Host: host, Path: path, HeaderMap: headers})
}

// joinedCheck is the check without encode_raw_headers.
func joinedCheck(method, host, path string, lines ...line) *auth.CheckRequest {
	headers := map[string]string{":method": method, ":authority": host, ":path": path}
	for _, l := range lines {
		if before, ok := headers[l.name]; ok {
			headers[l.name] = before + "," + l.value
			continue
		}
		headers[l.name] = l.value
	}
	return checkOf(&auth.AttributeContext_HttpRequest{Method: method, Host: host, Path: path, Headers: headers})
}

func checkOf(r *auth.AttributeContext_HttpRequest) *auth.CheckRequest {
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{Request: &auth.AttributeContext_Request{Http: r}}}
}

// forms are the two forms of a check.
var forms = map[string]func(method, host, path string, lines ...line) *auth.CheckRequest{"raw": rawCheck, "joined": joinedCheck}

func check(t *testing.T, client auth.AuthorizationClient, r *auth.CheckRequest) *auth.CheckResponse {
	t.Helper()
	response, err := client.Check(context.Background(), r)
	if err != nil {
		t.Fatalf("the check failed, which is no denial: %v", err)
	}
	return response
}
