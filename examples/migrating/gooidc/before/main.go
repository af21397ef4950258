// Before is the API by go-oidc.
package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

func main() {
	region, _, _ := strings.Cut(os.Getenv("USER_POOL_ID"), "_")
	issuer := cmp.Or(os.Getenv("ISSUER"), "https://cognito-idp."+region+".amazonaws.com/"+os.Getenv("USER_POOL_ID"))
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		panic(err)
	}
	// Cognito's access tokens have no aud to compare with a client ID.
	verifier := provider.Verifier(&oidc.Config{SkipClientIDCheck: true})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		var claims struct {
			TokenUse string `json:"token_use"`
			ClientID string `json:"client_id"`
			Scope    string `json:"scope"`
		}
		token, err := verifier.Verify(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err != nil || token.Claims(&claims) != nil || claims.TokenUse != "access" || claims.ClientID != os.Getenv("CLIENT_ID") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if !slices.Contains(strings.Fields(claims.Scope), "orders/read") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, "orders of %s\n", token.Subject)
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
