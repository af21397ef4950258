package identity_test

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

func Example() {
	headers, err := identity.New(identity.Config{Prefix: "X-User-"})
	if err != nil {
		fmt.Println(err)
		return
	}
	caller := &identity.Caller{Identity: authz.Identity{Subject: "sub-1", Username: "Zoë"}}
	for name, value := range headers.All(caller) {
		if value != "" {
			fmt.Printf("%s: %s\n", name, value)
		}
	}
	// Output:
	// X-User-Subject: sub-1
	// X-User-Username: Zo%C3%AB
}
