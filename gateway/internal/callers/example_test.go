package callers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/gateway/internal/callers"
)

func Example() {
	trusted, err := callers.New([]string{"10.0.0.0/8"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "/forward-auth/nginx", http.NoBody)
	r.RemoteAddr = "10.1.2.3:40000"
	fmt.Println(trusted.TrustsRequest(r))
	// Output: true
}
