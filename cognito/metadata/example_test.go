package metadata_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/metadata"
)

// A server of the Model Context Protocol whose clients have no configuration but its URL.
func Example() {
	const self = "https://mcp.example.com"
	resource, err := metadata.NewResource(metadata.Resource{
		URL: self + "/mcp", AuthorizationServers: []string{self}, Scopes: []string{"mcp/call"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
		URL: self, Domain: "https://auth.example.com", ClientID: "1example23456789", Scopes: []string{"mcp/call"},
		RedirectURIs: []string{"http://localhost:3118/callback"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	issuer := cognitotest.NewIssuer() // in place of Amazon Cognito
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	protect, err := bearer.Middleware(bearer.Config{
		Verifier: verifier, ResourceMetadata: resource.MetadataURL(),
		Require: []cognito.Requirement{cognito.RequireAudience(self + "/mcp"), cognito.RequireScopes("mcp/call")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	resource.Register(mux)
	server.Register(mux)
	mux.Handle("/mcp", protect(http.NotFoundHandler())) // the MCP server

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/mcp", nil))
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/.well-known/oauth-protected-resource/mcp", nil))
	fmt.Println(w.Body)
	// Output:
	// 401 Bearer realm="cognito", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
	// {"resource":"https://mcp.example.com/mcp","authorization_servers":["https://mcp.example.com"],"scopes_supported":["mcp/call"],"bearer_methods_supported":["header"]}
}
