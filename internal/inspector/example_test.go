package inspector_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/internal/inspector"
)

// A server with a user pool serves the page beside it. The pool's key set is had from
// its own handler: the issuer is one of Amazon's names, and nothing asks Amazon.
func Example() {
	issuer := cognitotest.NewIssuer() // stands for the local user pool
	page, err := inspector.New(inspector.Config{
		Pools: func(context.Context) ([]inspector.Pool, error) {
			return []inspector.Pool{{
				ID:        issuer.Pool().ID(),
				Issuer:    issuer.Pool().Issuer(),
				ClientIDs: []string{issuer.Pool().ClientID()},
				KeySet:    inspector.KeySetFrom(issuer.Handler(), "/"+issuer.Pool().ID()+"/.well-known/jwks.json"),
			}}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/inspect", page)

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/inspect", http.NoBody))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "<h1>Token inspector</h1>"))

	w = httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/inspect?token=eyJhbGciOiJSUzI1NiJ9", http.NoBody))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "eyJhbGciOiJSUzI1NiJ9"))
	// Output:
	// 200 true
	// 400 false
}
