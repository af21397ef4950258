// After is the API by Poolguard.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
)

func main() {
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID:        os.Getenv("USER_POOL_ID"),
		Issuer:    os.Getenv("ISSUER"), // "" for a pool on AWS
		ClientIDs: []string{os.Getenv("CLIENT_ID")},
	}}})
	if err != nil {
		panic(err)
	}
	protect := bearer.Require(verifier, cognito.RequireScopes("orders/read"))
	mux := http.NewServeMux()
	mux.Handle("GET /orders", protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := bearer.AccessToken(r.Context())
		fmt.Fprintf(w, "orders of %s\n", token.Subject())
	})))
	serve(mux)
}

func serve(handler http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	panic((&http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}).Serve(listener))
}
