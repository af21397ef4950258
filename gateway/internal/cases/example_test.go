package cases_test

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/cases"
)

func ExampleParse() {
	all, err := cases.Parse("cases.yaml", []byte(`cases:
  - request: {url: "https://api.example.com/orders/7"}
    token: {scopes: [orders/read]}
    expect: {allowed: true}
`))
	if err != nil {
		panic(err)
	}
	fmt.Println(all[0].Name, all[0].Token.Scopes, *all[0].Expect.Allowed)
	// Output: GET https://api.example.com/orders/7 [orders/read] true
}
