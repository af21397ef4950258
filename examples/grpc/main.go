// Grpc is a service with google.golang.org/grpc. What protoc would generate for it is in
// service.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

var (
	listen  = flag.String("listen", "127.0.0.1:8080", "address to listen on")
	pool    = flag.String("pool", "us-east-1_Local0001", "user pool ID")
	issuer  = flag.String("issuer", "http://127.0.0.1:9229/us-east-1_Local0001", `issuer of a local pool, "" for a pool on AWS`)
	clients = flag.String("clients", "local-client,local-machine", "app clients, separated by commas")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID: *pool, Issuer: *issuer, ClientIDs: strings.Split(*clients, ","),
	}}})
	if err != nil {
		return err
	}
	auth, err := grpcauth.New(grpcauth.Config{Verifier: verifier, Rules: []grpcauth.Rule{
		{Methods: []string{"/orders.v1.Orders/*"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
		{Methods: []string{"/orders.v1.Orders/Report"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
		{Methods: []string{"/grpc.health.v1.Health/*"}, Allow: cognito.Anonymous},
	}})
	if err != nil {
		return err
	}
	server := grpc.NewServer(append(auth.ServerOptions(), grpc.MaxHeaderListSize(64<<10))...)
	server.RegisterService(&service, orders{})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	if err := auth.Check(server.GetServiceInfo()); err != nil {
		return err // a method without a rule, or a rule without a method
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on %[1]s\ngo run ./examples/grpcclient -service %[1]s\n", listener.Addr())
	return server.Serve(listener)
}

// Orders implements the service. Its methods are called with a verified token that meets
// their rule.
type orders struct{}

func (orders) List(ctx context.Context) string {
	token, _ := grpcauth.AccessToken(ctx)
	return "orders of " + token.Subject()
}

func (orders) Report(ctx context.Context) string {
	token, _ := grpcauth.AccessToken(ctx)
	return "report for " + token.Username()
}
