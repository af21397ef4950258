// Lambda is the authorizer of an HTTP API (format 2.0, simple responses; identity sources $request.header.Authorization
// and $context.routeKey). Outside of Lambda it listens, and does with requests what API Gateway would.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
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
	authorizer, err := lambdaauth.New(lambdaauth.Config{
		Verifier: verifier, Caching: lambdaauth.CachedByRoute,
		Routes: []lambdaauth.Route{
			{Keys: []string{"GET /orders"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
			{Keys: []string{"GET /admin"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
		},
	})
	if err != nil {
		return err
	}
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		lambda.Start(authorizer.HTTPSimple) // does not return
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		header, route := strings.Join(r.Header["Authorization"], ","), r.Method+" "+r.URL.Path
		var event lambdaauth.HTTPEvent // what API Gateway sends, decoded by lambda.Start
		event.RouteArn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/$default/" + r.Method + r.URL.Path
		event.Version, event.Type, event.RouteKey, event.RawPath = "2.0", "REQUEST", route, r.URL.Path
		event.IdentitySource, event.Headers = []string{header, route}, map[string]string{"authorization": header}
		answer, err := authorizer.HTTPSimple(r.Context(), event)
		switch {
		case header == "":
			http.Error(w, "Unauthorized", http.StatusUnauthorized) // the function is not even asked
		case err != nil:
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		case !answer.IsAuthorized:
			http.Error(w, "Forbidden", http.StatusForbidden)
		default:
			fmt.Fprintf(w, "%s for %s\n", route, answer.Context["sub"])
		}
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%[1]s\ncurl -i -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s/orders\n", listener.Addr())
	return (&http.Server{Handler: http.HandlerFunc(handler), ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}
