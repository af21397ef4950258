package ops_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/gateway/internal/ops"
)

func Example() {
	metrics, err := ops.NewMetrics()
	if err != nil {
		panic(err)
	}
	handler := ops.Handler(metrics, func() string { return "the keys of a user pool were not seen yet" })
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
	fmt.Println(w.Code, w.Body)
	// Output: 503 the keys of a user pool were not seen yet
}
