package account_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
)

// New reports all faults of a profile at once, by the keys of its file.
func ExampleNew() {
	_, err := account.New(account.Config{Profile: profile.Profile{
		UserPoolID: "us-east-1_AbCdEfGhI", Domain: "http://auth.example.com", Scopes: []string{"email"},
	}})
	fmt.Println(err)
	// Output:
	// account: client_id is missing
	// account: domain "http://auth.example.com" must be https, or http with a loopback address
	// account: scopes must contain "openid", since there is no ID token without it
}
