// Nethttp is an API with net/http alone.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
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
	read := bearer.Require(verifier, cognito.RequireScopes("orders/read"))
	admin := bearer.Require(verifier, cognito.RequireGroups("admins"))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.Handle("GET /orders", read(http.HandlerFunc(orders)))
	mux.Handle("GET /admin", admin(http.HandlerFunc(report)))

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%[1]s\ncurl -i -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s/orders\n", listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

func health(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "healthy") }

// Orders is called with a verified token that has the scope; for all else there was an
// answer already.
func orders(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer.AccessToken(r.Context())
	fmt.Fprintf(w, "orders of %s\n", token.Subject())
}

func report(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer.AccessToken(r.Context())
	fmt.Fprintf(w, "report for %s\n", token.Username())
}
