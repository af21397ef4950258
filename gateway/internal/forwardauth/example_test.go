package forwardauth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

func Example() {
	headers, _ := identity.New(identity.Config{})
	trusted, _ := callers.New([]string{"192.0.2.0/24"})
	handler, err := forwardauth.New(forwardauth.Config{Decider: &authz.Policy{}, Headers: headers, Trusted: trusted})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "/forward-auth/nginx", http.NoBody)
	r.Header.Set("X-Original-Method", "GET")
	r.Header.Set("X-Original-Host", "api.example.com")
	r.Header.Set("X-Original-URI", "/orders/7")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("X-Auth-Error"))
	// Output: 403 access_denied
}
