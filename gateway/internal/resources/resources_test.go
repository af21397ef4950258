package resources_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/resources"
)

func resource(url string, hosts ...string) resources.Resource {
	return resources.Resource{
		Hosts: hosts, URL: url, Scopes: []string{"tools/call"}, Domain: "https://auth.example.com", ClientID: "mcp",
		RedirectURIs: []string{"http://localhost:3118/callback"},
	}
}

func newSet(t *testing.T, list ...resources.Resource) *resources.Set {
	t.Helper()
	s, err := resources.New(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func serve(s *resources.Set, method, address, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h := s.Handler(r)
	if h == nil {
		w.WriteHeader(http.StatusNotFound)
		return w
	}
	h.ServeHTTP(w, r)
	return w
}

func TestDocumentsAreOfTheHost(t *testing.T) {
	s := newSet(t, resource("https://a.example.com/mcp", "a.example.com", "alias.example.com"), resource("https://b.example.com/mcp"), resource("https://c.example.com"))
	for address, want := range map[string]string{
		"https://a.example.com/.well-known/oauth-protected-resource/mcp":               `"resource":"https://a.example.com/mcp"`,
		"https://A.example.com.:8443/.well-known/oauth-protected-resource/mcp":         `"resource":"https://a.example.com/mcp"`,
		"https://alias.example.com/.well-known/oauth-protected-resource/mcp":           `"resource":"https://a.example.com/mcp"`,
		"https://b.example.com/.well-known/oauth-protected-resource/mcp":               `"resource":"https://b.example.com/mcp"`,
		"https://c.example.com/.well-known/oauth-protected-resource":                   `"authorization_servers":["https://c.example.com/_auth/oauth"]`,
		"https://a.example.com/.well-known/oauth-authorization-server/_auth/oauth/mcp": `"registration_endpoint":"https://a.example.com/_auth/oauth/mcp/register"`,
		"https://b.example.com/.well-known/oauth-authorization-server/_auth/oauth/mcp": `"issuer":"https://b.example.com/_auth/oauth/mcp"`,
		"https://c.example.com/.well-known/oauth-authorization-server/_auth/oauth":     `"token_endpoint":"https://auth.example.com/oauth2/token"`,
		"https://other.example.com/.well-known/oauth-protected-resource/mcp":           "",
		"https://a.example.com/.well-known/oauth-protected-resource":                   "",
		"https://a.example.com/.well-known/oauth-protected-resource/mcp/":              "",
		"https://a.example.com//.well-known/oauth-protected-resource/mcp":              "",
		"https://a.example.com/.well-known/oauth-protected-resource/%6dcp":             "",
		"https://a.example.com/x/../.well-known/oauth-protected-resource/mcp":          "",
		"https://a.example.com/mcp":                                                        "",
		"https://a.example.com/forward-auth/nginx":                                         "",
		"https://c.example.com/.well-known/oauth-protected-resource?resource=https://evil": `"resource":"https://c.example.com"`,
	} {
		w := serve(s, http.MethodGet, address, "")
		if (w.Code == http.StatusOK) != (want != "") || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: got %d %s, want %s", address, w.Code, w.Body, want)
		}
	}
}

func TestRegistrationAnswersWithTheClientOfTheResource(t *testing.T) {
	other := resource("https://a.example.com/other")
	other.ClientID, other.AnyLoopbackPort = "other", true
	s := newSet(t, resource("https://a.example.com/mcp"), other)
	for _, test := range []struct {
		path, redirect string
		status         int
		want           string
	}{
		{"/_auth/oauth/mcp/register", "http://localhost:3118/callback", http.StatusCreated, `"client_id":"mcp"`},
		{"/_auth/oauth/mcp/register", "http://localhost:4000/callback", http.StatusBadRequest, "invalid_redirect_uri"},
		{"/_auth/oauth/mcp/register", "https://evil.example.com/callback", http.StatusBadRequest, "invalid_redirect_uri"},
		{"/_auth/oauth/other/register", "http://localhost:4000/callback", http.StatusCreated, `"client_id":"other"`},
	} {
		w := serve(s, http.MethodPost, "https://a.example.com"+test.path, `{"redirect_uris":["`+test.redirect+`"]}`)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s %s: got %d %s", test.path, test.redirect, w.Code, w.Body)
		}
	}
}

func TestDenialsNameTheDocumentOfTheirPath(t *testing.T) {
	s := newSet(t, resource("https://a.example.com/mcp"), resource("https://a.example.com/mcp/admin"), resource("https://b.example.com/"))
	const a = "https://a.example.com/.well-known/oauth-protected-resource/mcp"
	for target, want := range map[string]string{
		"/mcp": a, "/mcp?session=1": a, "/mcp/tools": a, "/mcp/admin": a + "/admin", "/mcp/admin/x": a + "/admin", "/mcp/administrator": a,
		"/other": a, "/mcpx": a,
	} {
		var d authz.Decision
		s.Annotate(&authz.Request{Host: "a.example.com:443", Target: target}, &d)
		if d.ResourceMetadata != want {
			t.Errorf("%s: got %s, want %s", target, d.ResourceMetadata, want)
		}
	}
	var d authz.Decision
	s.Annotate(&authz.Request{Host: "b.example.com", Target: "/x"}, &d)
	if d.ResourceMetadata != "https://b.example.com/.well-known/oauth-protected-resource" {
		t.Errorf("got %s", d.ResourceMetadata)
	}
	for _, host := range []string{"other.example.com", "", "a b", "a.example.com.evil.example.com"} {
		var d authz.Decision
		if s.Annotate(&authz.Request{Host: host, Target: "/mcp"}, &d); d.ResourceMetadata != "" {
			t.Errorf("%q: got %s", host, d.ResourceMetadata)
		}
	}
}

type fixed authz.Decision

func (f fixed) Decide(context.Context, *authz.Request) authz.Decision { return authz.Decision(f) }

func TestAnnotatorChangesOnlyDenials(t *testing.T) {
	s := newSet(t, resource("https://a.example.com/mcp"))
	r := &authz.Request{Host: "a.example.com", Target: "/mcp"}
	denied := s.Annotator(fixed{Err: cognito.NewError(cognito.ErrTokenMissing, "m"), Rule: "tools"}).Decide(t.Context(), r)
	if denied.ResourceMetadata == "" || denied.Rule != "tools" || denied.Allowed {
		t.Errorf("got %+v", denied)
	}
	if allowed := s.Annotator(fixed{Allowed: true}).Decide(t.Context(), r); allowed.ResourceMetadata != "" || !allowed.Allowed {
		t.Errorf("got %+v", allowed)
	}
}

func TestZeroSetHasNoDocuments(t *testing.T) {
	var s resources.Set
	if w := serve(&s, http.MethodGet, "https://a.example.com/.well-known/oauth-protected-resource", ""); w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
}

func TestEveryFaultIsReported(t *testing.T) {
	faulty := resource("http://a.example.com/mcp", "*.example.com")
	faulty.RedirectURIs, faulty.Domain, faulty.ClientID, faulty.Scopes = []string{"http://localhost/*"}, "auth", "", []string{"a b"}
	_, err := resources.New([]resources.Resource{resource("https://a.example.com"), faulty, resource("https://a.example.com/")})
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{
		"Config.Resources[1].URL", "Config.Resources[1].Hosts[0] is not a host", "Config.Resources[1].RedirectURIs[0] has a wildcard",
		"Config.Resources[1].Domain", "Config.Resources[1].ClientID", "Config.Resources[1].Scopes[0]", "Config.Resources[2].URL has the documents of another",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if _, ok := errors.AsType[*cognito.ConfigError](err); !ok {
		t.Errorf("not a ConfigError: %v", err)
	}
}
