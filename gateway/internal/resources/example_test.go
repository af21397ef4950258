package resources_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/resources"
)

// A denial names the document, and the set serves it.
func Example() {
	set, err := resources.New([]resources.Resource{{
		URL: "https://mcp.example.com/mcp", Domain: "https://auth.example.com", ClientID: "mcp", RedirectURIs: []string{"https://app.example.com/cb"},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var d authz.Decision
	set.Annotate(&authz.Request{Host: "mcp.example.com", Target: "/mcp"}, &d)
	fmt.Println(d.ResourceMetadata)
	r := httptest.NewRequest(http.MethodGet, d.ResourceMetadata, http.NoBody)
	w := httptest.NewRecorder()
	set.Handler(r).ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output:
	// https://mcp.example.com/.well-known/oauth-protected-resource/mcp
	// {"resource":"https://mcp.example.com/mcp","authorization_servers":["https://mcp.example.com/_auth/oauth/mcp"],"bearer_methods_supported":["header"]}
}
