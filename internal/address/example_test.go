package address_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/address"
)

func Example() {
	fmt.Println(address.IsLoopbackHost("127.0.0.2"))
	fmt.Println(address.IsHTTPSOrLoopback("http://auth.example.com/callback"))
	fmt.Println(address.Origin("HTTPS://Auth.Example.com:443/"))
	// Output:
	// true
	// false
	// https://auth.example.com
}
