package exchange_test

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/exchange"
)

func Example() {
	options := exchange.Options{Issuer: "https://x.example", Given: map[string]string{"domain": "https://x.example", "client-id": "web", "code": ""}}
	for _, fault := range options.Check() {
		fmt.Println(fault)
	}
	// Output:
	// --redirect-uri is missing
	// --code is empty: check that the variable in it is set
	// --issuer needs --pool
}
