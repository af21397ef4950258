package original_test

import (
	"fmt"
	"net/http"

	"github.com/poolguard/poolguard/gateway/internal/original"
)

func Example() {
	header := http.Header{"Authorization": {"Basic dTpw"}}
	r := original.Request("GET", "api.example.com", "/orders/7", header)
	fmt.Println(r.Target, r.Bearer.Err)
	// Output: /orders/7 cognito: token_missing: send a token in the Authorization header, after the word Bearer
}
