package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/poolguard/poolguard/gateway"
)

func ExampleGuard() {
	dir, err := os.MkdirTemp("", "guard")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "poolguard.yaml")
	text := `
user_pools: [{id: us-east-1_AbCdEfGhI, client_ids: [web]}]
rules:
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: orders, match: {path: /orders/**}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	guard, err := gateway.NewGuard(gateway.GuardConfig{File: file})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := guard.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "from the service\n")
	}))
	for _, path := range []string{"/healthz", "/orders/7"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 from the service
	// 401 {"error":{"code":"token_missing","message":"send a token in the Authorization header, after the word Bearer"}}
}
