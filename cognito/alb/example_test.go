package alb_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func ExampleRequire() {
	pool := cognitotest.NewIssuer() // in place of Amazon Cognito
	accessTokens, err := cognito.New(pool.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	balancers, err := alb.New(alb.Config{
		Signers:   []string{"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"},
		ClientIDs: []string{pool.Pool().ClientID()},
		Issuers:   []string{pool.Pool().Issuer()},
		Options:   alb.Options{HTTPClient: &http.Client{Transport: newEndpoint()}}, // in place of AWS's keys
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, _ := alb.FromContext(r.Context())
		token, _ := alb.AccessToken(r.Context())
		fmt.Fprintf(w, "the orders of %s, who may %s", identity.Email(), token.Scopes())
	})
	protect := alb.Require(balancers, accessTokens, cognito.RequireScopes("orders/read"))

	// What the load balancer adds to a request.
	r := httptest.NewRequest(http.MethodGet, "/orders", http.NoBody)
	r.Header.Set("x-amzn-oidc-data", token(header("iss", pool.Pool().Issuer()), claim("iss", pool.Pool().Issuer()), header("client", pool.Pool().ClientID())))
	r.Header.Set("x-amzn-oidc-identity", subject)
	r.Header.Set("x-amzn-oidc-accesstoken", pool.Pool().AccessToken(cognitotest.ForSubject(subject), cognitotest.Scopes("orders/read")))
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
	verifier, err := alb.NewVerifiedAccess(alb.VerifiedAccessConfig{
		Instances: []string{"arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-abc123xzy321a2b3c"},
		Issuers:   []string{"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"},
		Options:   alb.Options{HTTPClient: &http.Client{Transport: newEndpoint()}}, // in place of AWS's keys
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	protect := alb.Require(verifier, nil)
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("x-amzn-ava-user-context", token(ofVerifiedAccess))
	w := httptest.NewRecorder()
	protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, _ := alb.FromContext(r.Context())
		fmt.Fprintf(w, "hello %s", identity.Email())
	})).ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output: hello anaya@example.com
}
