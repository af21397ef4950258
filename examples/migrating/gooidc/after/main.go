// After is the API by Poolguard, with the verifier called by hand.
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
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		raw, err := bearer.Credential(r)
		if err != nil {
			bearer.WriteError(w, r, err, "")
			return
		}
		token, err := verifier.VerifyAccessToken(r.Context(), raw, cognito.RequireScopes("orders/read"))
		if err != nil {
			bearer.WriteError(w, r, err, "")
			return
		}
		fmt.Fprintf(w, "orders of %s\n", token.Subject())
	})
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
