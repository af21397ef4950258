package address_test

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito/internal/address"
)

func Example() {
	fmt.Println(address.IsLoopbackHost("127.0.0.2"))
	fmt.Println(address.Origin("HTTPS://Auth.Example.com:443/"))
	_, reason := address.Parse("http://auth.example.com", address.Rules{})
	fmt.Println("Domain", reason)
	// Output:
	// true
	// https://auth.example.com
	// Domain "http://auth.example.com" must be https, or http with a loopback address
}
