package extauthz_test

import (
	"context"
	"fmt"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

func Example() {
	headers, _ := identity.New(identity.Config{})
	trusted, _ := callers.New([]string{"127.0.0.0/8"})
	checker, err := extauthz.NewChecker(extauthz.Config{Decider: &authz.Policy{}, Headers: headers, Trusted: trusted})
	if err != nil {
		fmt.Println(err)
		return
	}
	response, _ := checker.Check(withPeer(context.Background()), checkOf(&auth.AttributeContext_HttpRequest{
		Method: "GET", Host: "api.example.com", Path: "/orders/7",
	}))
	fmt.Println(response.GetStatus().GetMessage(), response.GetDeniedResponse().GetStatus().GetCode())
	// Output: access_denied Forbidden
}
