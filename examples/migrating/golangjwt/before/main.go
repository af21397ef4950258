// Before is the API by golang-jwt and keyfunc.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// Claims are the claims of Cognito's access tokens that this program uses.
type Claims struct {
	jwt.RegisteredClaims
	TokenUse string `json:"token_use"`
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
}

// Validate is called by the parser, after the registered claims were checked.
func (c Claims) Validate() error {
	if c.TokenUse != "access" || c.ClientID != os.Getenv("CLIENT_ID") {
		return errors.New("not an access token of this client")
	}
	return nil
}

func main() {
	region, _, _ := strings.Cut(os.Getenv("USER_POOL_ID"), "_")
	issuer := cmp.Or(os.Getenv("ISSUER"), "https://cognito-idp."+region+".amazonaws.com/"+os.Getenv("USER_POOL_ID"))
	keys, err := keyfunc.NewDefault([]string{issuer + "/.well-known/jwks.json"})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		var claims Claims
		raw := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, err := jwt.ParseWithClaims(raw, &claims, keys.Keyfunc,
			jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(issuer), jwt.WithExpirationRequired())
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if !slices.Contains(strings.Fields(claims.Scope), "orders/read") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, "orders of %s\n", claims.Subject)
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
