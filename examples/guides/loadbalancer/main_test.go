package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestOrders(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	balancer := pool.LoadBalancer("web")
	balancers, err := alb.New(balancer.Config())
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	protected := alb.Require(balancers, tokens)(http.HandlerFunc(orders))
	check := func(want int, request *http.Request) {
		t.Helper()
		answer := httptest.NewRecorder()
		protected.ServeHTTP(answer, request)
		if answer.Code != want {
			t.Errorf("got %d, want %d", answer.Code, want)
		}
	}
	request := httptest.NewRequest(http.MethodGet, "/orders", nil)
	balancer.SignIn(request, cognitotest.Groups("staff"))
	check(http.StatusOK, request)

	for _, data := range []string{
		balancer.Data(cognitotest.Expired()),
		balancer.Data(cognitotest.WrongKey()),
		pool.LoadBalancer("another").Data(),
	} {
		request.Header.Set("x-amzn-oidc-data", data)
		check(http.StatusUnauthorized, request)
	}
	balancer.SignIn(request)
	request.Header.Set("x-amzn-oidc-identity", "admin")
	check(http.StatusBadRequest, request)
}
