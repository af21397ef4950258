package proxytest_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestDocumentsOfResourcesNeedNoToken(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		denied := c.send("POST", "/mcp", "Content-Length: 0")
		const address = "https://api.example.com/.well-known/oauth-protected-resource/mcp"
		if got := denied.header.Get("WWW-Authenticate"); !strings.Contains(got, `resource_metadata="`+address+`"`) {
			c.t.Errorf("the challenge is %q", got)
		}
		for target, want := range map[string]string{
			"/.well-known/oauth-protected-resource/mcp":               `"resource":"https://api.example.com/mcp"`,
			"/.well-known/oauth-authorization-server/_auth/oauth/mcp": `"authorization_endpoint":"https://auth.example.com/oauth2/authorize"`,
		} {
			r := c.send("GET", target, "Origin: https://client.example.com")
			if r.status != http.StatusOK || !strings.Contains(r.body, want) || r.header.Get("Access-Control-Allow-Origin") != "*" {
				c.t.Errorf("%s: got %d %s", target, r.status, r.body)
			}
			if r := c.send("OPTIONS", target, "Origin: https://client.example.com", "Access-Control-Request-Method: GET"); r.status != http.StatusNoContent {
				c.t.Errorf("a preflight of %s: got %d", target, r.status)
			}
		}
		const body = `{"redirect_uris":["https://app.example.com/callback"]}`
		r := c.send("POST", "/_auth/oauth/mcp/register", "Content-Type: application/json", "Connection: close", "Transfer-Encoding: chunked", "",
			"36", body, "0", "")
		if r.status != http.StatusCreated || !strings.Contains(r.body, `"client_id":"mcp"`) {
			c.t.Errorf("a registration: got %d %s", r.status, r.body)
		}
		if got := c.service.take(); len(got) > 0 {
			c.t.Errorf("the service got %+v", got)
		}
	})
}

// What a proxy sends to the gateway without a check must not reach the service, nor the other
// addresses of the gateway.
func TestAddressesOfDocumentsLeadNowhereElse(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for _, target := range []string{
			"/ext-authz/../.well-known/oauth-protected-resource/mcp", "/forward-auth/../.well-known/oauth-protected-resource/mcp",
			"/.well-known/oauth-protected-resource/../../ext-authz/healthz", "/.well-known/oauth-protected-resource/../../healthz",
			"/.well-known/oauth-protected-resource/%2e%2e/%2e%2e/ext-authz/healthz", "/.well-known/oauth-protected-resource/..%2f..%2fext-authz/healthz",
			"/_auth/oauth/../../ext-authz/healthz", "/_auth/oauth/..%2f..%2forders/7", "/_auth/oauth/../../orders/7", "/_auth/oauth/..;/orders/7",
			"//.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource/", "/.well-known/oauth-protected-resourceful",
			"/ext-authz/healthz", "/forward-auth/nginx", "/introspect", "/.well-known/oauth-protected-resource\\..\\..\\orders",
			"/.well-known/oauth-protected-resource#/../orders/7", "/.well-known/./oauth-protected-resource/../../orders/7",
		} {
			r := c.send("GET", target, bearer(c.token()))
			for _, got := range c.service.take() {
				c.t.Errorf("%s: the service got %+v", target, got)
			}
			if r.status == http.StatusOK && !strings.Contains(r.body, `"resource":`) || r.status == http.StatusNoContent || r.status >= 500 {
				c.t.Errorf("%s: got %d %s", target, r.status, r.body)
			}
			if name := identityIn(c, r.header); name != "" {
				c.t.Errorf("%s: the answer has %s", target, name)
			}
		}
	})
}
