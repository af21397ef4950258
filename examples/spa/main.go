// Spa is a page that signs its user in, and the API that it calls.
package main

import (
	"embed"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
)

var (
	listen = flag.String("listen", "localhost:3000", "address to listen on; the app client has http://ADDRESS/callback")
	pool   = flag.String("pool", "us-east-1_Local0001", "user pool ID")
	issuer = flag.String("issuer", "http://127.0.0.1:9229/us-east-1_Local0001", `issuer of a local pool, "" for a pool on AWS`)
	domain = flag.String("domain", "http://127.0.0.1:9229", "the pool's domain, where people sign in")
	client = flag.String("client", "local-client", "app client, without a secret")
)

//go:embed index.html style.css app.js
var files embed.FS

func main() {
	flag.Parse()
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: *pool, Issuer: *issuer, ClientIDs: []string{*client}}}})
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "index.html") })
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"domain": %q, "client_id": %q}`, *domain, *client)
	})
	mux.Handle("GET /orders", bearer.Require(verifier, cognito.RequireScopes("orders/read"))(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			token, _ := bearer.AccessToken(r.Context())
			fmt.Fprintf(w, "orders of %s\n", token.Username())
		})))
	// The page runs its own script only, and talks to this server and the pool only.
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' " + *domain +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	})
	if err == nil {
		fmt.Printf("listening on http://%[1]s\ncurl -i -H \"Authorization: Bearer $(poolguard token)\" http://%[1]s/orders\n", *listen)
		err = (&http.Server{Addr: *listen, Handler: handler, ReadHeaderTimeout: 10 * time.Second}).ListenAndServe()
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
