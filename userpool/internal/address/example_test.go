package address_test

import (
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/address"
)

func Example() {
	for _, raw := range []string{"http://localhost:9229", "http://pool.example.com"} {
		u, reason := address.Parse(raw, address.Rules{})
		if reason != "" {
			fmt.Println("PublicURL", reason)
			continue
		}
		fmt.Println(u.Host)
	}
	// Output:
	// localhost:9229
	// PublicURL "http://pool.example.com" has plain http, which is for loopback hosts only
}
