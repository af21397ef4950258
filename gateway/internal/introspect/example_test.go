package introspect_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/introspect"
)

func Example() {
	verifier, err := cognito.New(cognitotest.NewIssuer().Config())
	if err != nil {
		panic(err)
	}
	handler, err := introspect.New(introspect.Config{
		Verifier: verifier, Timeout: time.Second, Clients: []introspect.Client{{ID: "billing", Secret: "0123456789abcdef"}},
	})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, introspect.Path, strings.NewReader("token=unknown"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("billing", "0123456789abcdef")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 {"active":false}
}
