// Loadbalancer is an API behind an Application Load Balancer that signs users in.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

func orders(w http.ResponseWriter, r *http.Request) {
	user, _ := alb.FromContext(r.Context())
	fmt.Fprintf(w, "orders of %s\n", user.Subject())
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	balancers, err := alb.New(alb.Config{
		Signers:   []string{"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"},
		ClientIDs: []string{"1example23456789"},
		Issuers:   []string{"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"},
	})
	if err != nil {
		return err
	}
	tokens, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{
		ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"1example23456789"},
	}}})
	if err != nil {
		return err
	}
	protect := alb.Require(balancers, tokens, cognito.RequireScopes("orders/read"))
	mux := http.NewServeMux()
	mux.Handle("GET /orders", protect(http.HandlerFunc(orders)))
	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
