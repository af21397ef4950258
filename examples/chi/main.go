// Chi is an API with go-chi/chi, whose middleware is net/http's.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

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

	router := chi.NewRouter()
	router.Get("/health", health)
	router.With(bearer.Require(verifier, cognito.RequireScopes("orders/read"))).Get("/orders", orders)
	router.Route("/admin", func(admin chi.Router) {
		admin.Use(bearer.Require(verifier, cognito.RequireGroups("admins")))
		admin.Get("/", report) // and what else is for administrators
	})

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%[1]s\ncurl -i -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s/orders\n", listener.Addr())
	server := &http.Server{Handler: router, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

func health(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "healthy") }

func orders(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer.AccessToken(r.Context())
	fmt.Fprintf(w, "orders of %s\n", token.Subject())
}

func report(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer.AccessToken(r.Context())
	fmt.Fprintf(w, "report for %s\n", token.Username())
}
