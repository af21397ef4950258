// Connect is a service with connectrpc.com/connect. What it asks of tokens is in
// interceptor.go, which other services can have as it is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/poolguard/poolguard/cognito"
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
	const list, watch, report = "/orders.v1.Orders/List", "/orders.v1.Orders/Watch", "/orders.v1.Orders/Report"
	guarded := connect.WithHandlerOptions(connect.WithReadMaxBytes(1<<20), connect.WithInterceptors(interceptor{verifier, map[string][]cognito.Requirement{
		list:   {cognito.RequireScopes("orders/read")},
		watch:  {cognito.RequireScopes("orders/read")},
		report: {cognito.RequireGroups("admins")},
	}}))
	mux := http.NewServeMux()
	mux.Handle(list, connect.NewUnaryHandlerSimple(list, orders, guarded))
	mux.Handle(report, connect.NewUnaryHandlerSimple(report, orders, guarded))
	mux.Handle(watch, connect.NewServerStreamHandlerSimple(watch,
		func(ctx context.Context, _ *emptypb.Empty, stream *connect.ServerStream[wrapperspb.StringValue]) error {
			answer, err := orders(ctx, nil)
			return errors.Join(err, stream.Send(answer))
		}, guarded))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "healthy") })

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%[1]s\ncurl -i -d {} -H 'Content-Type: application/json' -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s%[2]s\n", listener.Addr(), list)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true) // clients of gRPC come with HTTP/2
	return server.Serve(listener)
}

func orders(ctx context.Context, _ *emptypb.Empty) (*wrapperspb.StringValue, error) {
	token, ok := ctx.Value(tokenKey{}).(*cognito.AccessToken)
	if !ok {
		return nil, errors.New("called without the interceptor")
	}
	return wrapperspb.String("orders of " + token.Subject()), nil
}
