package account_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
)

// All that is wrong with a profile is told at once, by its keys.
func ExampleNew() {
	_, err := account.New(account.Config{Profile: profile.Profile{
		UserPoolID: "us-east-1_AbCdEfGhI", Domain: "http://auth.example.com", Scopes: []string{"email"},
	}})
	fmt.Println(err)
	// Output:
	// client_id is missing
	// domain "http://auth.example.com" must be https, or http with a loopback address
	// scopes lack "openid", without which there is no ID token
}
