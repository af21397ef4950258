package authz_test

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

func ExamplePolicy_Decide() {
	issuer := cognitotest.NewIssuer()
	config := issuer.Config()
	verifier, err := cognito.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := authz.New(authz.Config{Verifier: verifier, UserPools: config.UserPools, Rules: []authz.Rule{
		{Name: "health", Match: route.Match{Path: "/healthz"}, Allow: cognito.Anonymous},
		{Name: "read", Match: route.Match{Methods: []string{"GET"}, Path: "/orders/**"}, Require: authz.Require{Scopes: []string{"orders/read"}}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	token := issuer.Pool().AccessToken(cognitotest.Scopes("orders/read"))
	for _, target := range []string{"/healthz", "/orders/7?all", "/orders/../admin", "/admin"} {
		d := policy.Decide(context.Background(), &authz.Request{Method: "GET", Target: target, Bearer: authz.Bearer{Token: cognito.Raw(token)}})
		fmt.Printf("%v %q %q %q\n", d.Allowed, d.Rule, string(d.Code()), d.Identity.Username)
	}
	// Output:
	// true "health" "" ""
	// true "read" "" "anaya"
	// false "" "path_ambiguous" ""
	// false "" "access_denied" ""
}
