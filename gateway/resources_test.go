package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway"
)

const mcp = orders + `
  - {name: tools, match: {path: /mcp}, require: {audience: ["https://mcp.example.com/mcp"]}}
resources:
  - {resource: "https://mcp.example.com/mcp", hosts: [mcp.example.com, api.example.com], scopes: [tools/call], domain: "https://auth.example.com", client_id: mcp, redirect_uris: ["http://localhost:3118/callback"]}
`

var withAudience = strings.Replace(mcp, "client_ids: [test-client],", "client_ids: [test-client], audiences: [\"https://mcp.example.com/mcp\"],", 1)

func TestDocumentsOfResourcesAreOnForwardAuth(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(withAudience, "127.0.0.0/8", "192.0.2.0/24", 1)).run() // documents are for all callers
	for path, want := range map[string]string{
		"/.well-known/oauth-protected-resource/mcp":               `"scopes_supported":["tools/call"]`,
		"/.well-known/oauth-authorization-server/_auth/oauth/mcp": `"registration_endpoint":"https://mcp.example.com/_auth/oauth/mcp/register"`,
		"/.well-known/oauth-protected-resource":                   "",
	} {
		for host, known := range map[string]bool{"mcp.example.com": true, "other.example.com": false} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.addresses["forward_auth"]+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if there := known && want != ""; (response.StatusCode == http.StatusOK) != there || there && !strings.Contains(string(body), want) {
				t.Errorf("%s%s: got %d %s", host, path, response.StatusCode, body)
			}
		}
	}
}

func TestChallengesNameTheDocument(t *testing.T) {
	t.Parallel()
	s := newStage(t, withAudience).run()
	s.awaitReady()
	const want = `resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"`
	if status, header := s.ask("/mcp", ""); status != http.StatusUnauthorized || !strings.Contains(header.Get("WWW-Authenticate"), want) {
		t.Errorf("no token: got %d, %v", status, header)
	}
	if _, header := s.ask("/mcp", s.issuer.Pool().AccessToken()); !strings.Contains(header.Get("WWW-Authenticate"), want) || header.Get("X-Auth-Error") != "audience_mismatch" {
		t.Errorf("a token for another resource: got %v", header)
	}
	e, err := gateway.Explain(t.Context(), gateway.Config{File: s.file}, gateway.Question{Method: "POST", URL: "https://mcp.example.com/mcp"})
	if err != nil || !strings.Contains(e.Header.Get("WWW-Authenticate"), want) {
		t.Errorf("explain: got %+v, %v", e, err)
	}
}

func TestGuardServesDocuments(t *testing.T) {
	t.Parallel()
	s := newStage(t, withAudience)
	handler := s.guard().Middleware(http.NotFoundHandler())
	for target, want := range map[string]int{
		"mcp.example.com/.well-known/oauth-protected-resource/mcp":   http.StatusOK,
		"other.example.com/.well-known/oauth-protected-resource/mcp": http.StatusForbidden,
		"mcp.example.com/mcp": http.StatusUnauthorized,
	} {
		host, path, _ := strings.Cut(target, "/")
		r := httptest.NewRequest(http.MethodGet, "/"+path, http.NoBody)
		r.Host = host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: got %d %v", target, w.Code, w.Header())
		}
		if want == http.StatusUnauthorized && !strings.Contains(w.Header().Get("WWW-Authenticate"), "resource_metadata=") {
			t.Errorf("the challenge is %v", w.Header())
		}
	}
}

func TestCheckWarnsOfResourcesWithoutAnAudience(t *testing.T) {
	t.Parallel()
	without := strings.Replace(mcp, `, require: {audience: ["https://mcp.example.com/mcp"]}`, "", 1)
	for text, want := range map[string]bool{without: true, withAudience: false} {
		s := newStage(t, text)
		summary, err := gateway.Check(gateway.Config{File: s.file})
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(summary.Warnings, func(w gateway.Warning) bool { return w.Key == "resources[0].resource" })
		if found != want {
			t.Errorf("got %+v", summary.Warnings)
		}
	}
}

func TestProxyExamplesSendDocumentsToTheGateway(t *testing.T) {
	t.Parallel()
	s := newStage(t, withAudience)
	for _, proxy := range []string{"nginx", "caddy", "haproxy", "traefik", "envoy", "envoy-http", "gateway-api", "ingress-nginx"} {
		text, err := gateway.ProxyExample(gateway.Config{File: s.file}, gateway.Proxy{Name: proxy})
		if err != nil || !strings.Contains(text, "oauth-protected-resource") {
			t.Errorf("%s: %v", proxy, err)
		}
	}
}
