package alb_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// In a program, balancers is made from the ARN of its load balancer, and tokens from its user pool: see
// the package's comment. In a test, package cognitotest has both.
func ExampleRequire() {
	pool := cognitotest.NewIssuer() // in place of Amazon Cognito
	tokens, err := cognito.New(pool.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	web := pool.Pool().LoadBalancer("web") // in place of the load balancer
	balancers, err := alb.New(web.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, _ := alb.FromContext(r.Context())
		token, _ := alb.AccessToken(r.Context())
		fmt.Fprintf(w, "the orders of %s, who may %s", identity.Email(), token.Scopes())
	})
	protect := alb.Require(balancers, tokens, cognito.RequireScopes("orders/read"))

	r := httptest.NewRequest(http.MethodGet, "/orders", http.NoBody)
	web.SignIn(r, cognitotest.Scopes("orders/read")) // adds the three headers
	w := httptest.NewRecorder()
	protect(orders).ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)

	// A header that does not agree with the signed one is refused.
	r.Header.Set("x-amzn-oidc-identity", "admin")
	w = httptest.NewRecorder()
	protect(orders).ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 the orders of anaya@example.com, who may orders/read
	// 400 {"error":{"code":"request_invalid","message":"X-Amzn-Oidc-Identity must be the subject in X-Amzn-Oidc-Data"}}
}

func ExampleNewVerifiedAccess() {
	instance := cognitotest.NewIssuer().Pool().VerifiedAccess("internal") // in place of AWS
	verifier, err := alb.NewVerifiedAccess(instance.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	protect := alb.Require(verifier, nil)
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	instance.SignIn(r) // adds x-amzn-ava-user-context
	w := httptest.NewRecorder()
	protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, _ := alb.FromContext(r.Context())
		fmt.Fprintf(w, "hello %s", identity.Email())
	})).ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output: hello anaya@example.com
}
