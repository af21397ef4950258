package grpcauth_test

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/local"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// A greeter greets whom the token names.
type greeter struct {
	testpb.UnimplementedTestServiceServer
}

// UnaryCall implements testpb.TestServiceServer.
func (greeter) UnaryCall(ctx context.Context, _ *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	token, _ := grpcauth.AccessToken(ctx)
	return &testpb.SimpleResponse{Username: token.Subject()}, nil
}

// serve starts a server with the rules, as a program would, and returns its address.
func serve(issuer *cognitotest.Issuer) (address string, stop func(), err error) {
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		return "", nil, err
	}
	auth, err := grpcauth.New(grpcauth.Config{
		Verifier: verifier,
		Clock:    issuer.Clock(), // only because the verifier goes by it too
		Rules: []grpcauth.Rule{
			{Methods: []string{"/grpc.testing.TestService/*"}, Require: []cognito.Requirement{cognito.RequireScopes("greetings/read")}},
			{Methods: []string{"/grpc.health.v1.Health/*"}, Allow: cognito.Anonymous},
		},
	})
	if err != nil {
		return "", nil, err
	}
	server := grpc.NewServer(auth.ServerOptions()...)
	testpb.RegisterTestServiceServer(server, greeter{})
	healthpb.RegisterHealthServer(server, health.NewServer())
	if err := auth.Check(server.GetServiceInfo()); err != nil {
		return "", nil, err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String(), server.Stop, nil
}

// A server, and a caller with tokens of its own, one of which is not enough.
func ExampleNew() {
	issuer := cognitotest.NewIssuer() // in place of Amazon Cognito
	address, stop, err := serve(issuer)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(local.NewCredentials()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	_, err = healthpb.NewHealthClient(conn).Check(context.Background(), &healthpb.HealthCheckRequest{})
	fmt.Println("health:", err)
	for _, scope := range []string{"greetings/read", "openid"} {
		creds, err := grpcauth.NewCredentials(grpcauth.CredentialsConfig{
			Source:                 fixed(issuer.Pool().AccessToken(cognitotest.Scopes(scope))),
			InsecureAllowPlaintext: true, // this example has no certificate
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, err := testpb.NewTestServiceClient(conn).UnaryCall(context.Background(), &testpb.SimpleRequest{}, grpc.PerRPCCredentials(creds))
		fmt.Printf("%v: %q %q\n", status.Code(err), answer.GetUsername(), string(grpcauth.CodeOf(err)))
	}
	// Output:
	// health: <nil>
	// OK: "5f7a2c9e-0b1d-4e38-9a66-3c1f0d8b7e24" ""
	// PermissionDenied: "" "scope_missing"
}

// A machine calls with tokens of the client credentials grant.
func ExampleNewCredentials() {
	issuer := cognitotest.NewIssuer()
	address, stop, err := serve(issuer)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{
		App: oauth.App{
			Domain: "https://auth.example.com", ClientID: "machine", ClientSecret: "the-secret",
			HTTPClient: &http.Client{Transport: tokenEndpoint(issuer)}, // in place of the pool's domain
		},
		Scopes: []string{"greetings/read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	creds, err := grpcauth.NewCredentials(grpcauth.CredentialsConfig{
		Source:                 source,
		InsecureAllowPlaintext: true, // to this machine only: see the connection's credentials
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(local.NewCredentials()), grpc.WithPerRPCCredentials(creds))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	answer, err := testpb.NewTestServiceClient(conn).UnaryCall(context.Background(), &testpb.SimpleRequest{})
	fmt.Println(answer.GetUsername(), err)
	// Output: test-client <nil>
}

// tokenEndpoint answers as a pool's token endpoint does.
func tokenEndpoint(issuer *cognitotest.Issuer) http.RoundTripper {
	return &machinePool{issuer: issuer, options: []cognitotest.TokenOption{cognitotest.Scopes("greetings/read")}}
}
