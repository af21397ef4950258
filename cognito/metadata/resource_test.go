package metadata_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/metadata"
)

func ask(handler http.Handler, method, target, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// sameJSON compares documents, whatever the order of their members is.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(got), &a); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal(a)
	other, _ := json.Marshal(b)
	if !bytes.Equal(one, other) {
		t.Errorf("got %s\nwant %s", one, other)
	}
}

func TestResourceDocument(t *testing.T) {
	h, err := metadata.NewResource(metadata.Resource{
		URL: "https://mcp.example.com/mcp", AuthorizationServers: []string{"https://mcp.example.com"},
		Scopes: []string{"mcp/call", "mcp/list"}, Name: `Tools "for" all`,
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Register(mux)
	w := ask(mux, http.MethodGet, "/.well-known/oauth-protected-resource/mcp", "", "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Access-Control-Allow-Origin") != "*" ||
		w.Header().Get("Cache-Control") != "public, max-age=300" || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
		w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	sameJSON(t, w.Body.String(), `{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://mcp.example.com"],
		"scopes_supported":["mcp/call","mcp/list"],"bearer_methods_supported":["header"],"resource_name":"Tools \"for\" all"}`)
	if w := ask(mux, http.MethodHead, "/.well-known/oauth-protected-resource/mcp", "", ""); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d %s", w.Code, w.Body)
	}
}

// TestWellKnownPathIsBetweenHostAndPath (RFC 9728 §3.1).
func TestWellKnownPathIsBetweenHostAndPath(t *testing.T) {
	for url, want := range map[string]string{
		"https://a.example":         "https://a.example/.well-known/oauth-protected-resource",
		"https://a.example/":        "https://a.example/.well-known/oauth-protected-resource",
		"https://a.example/mcp":     "https://a.example/.well-known/oauth-protected-resource/mcp",
		"https://a.example/v1/mcp/": "https://a.example/.well-known/oauth-protected-resource/v1/mcp/",
		"https://a.example/a-b._~9": "https://a.example/.well-known/oauth-protected-resource/a-b._~9",
		"http://localhost:8080/mcp": "http://localhost:8080/.well-known/oauth-protected-resource/mcp",
	} {
		h, err := metadata.NewResource(metadata.Resource{URL: url, AuthorizationServers: []string{"https://a.example"}})
		if err != nil {
			t.Error(err)
			continue
		}
		if h.MetadataURL() != want {
			t.Errorf("%s: %s, want %s", url, h.MetadataURL(), want)
		}
		path := strings.TrimPrefix(strings.TrimPrefix(want, "https://a.example"), "http://localhost:8080")
		w := ask(h, http.MethodGet, path, "", "")
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"resource":"`+url+`"`) {
			t.Errorf("%s: %d %s", url, w.Code, w.Body)
		}
		if w := ask(h, http.MethodGet, path+"x", "", ""); w.Code != http.StatusNotFound {
			t.Errorf("%sx: %d", path, w.Code)
		}
	}
}

func TestDocumentsAreReadOnly(t *testing.T) {
	h, err := metadata.NewResource(metadata.Resource{URL: "https://a.example", AuthorizationServers: []string{"https://a.example"}})
	if err != nil {
		t.Fatal(err)
	}
	const path = "/.well-known/oauth-protected-resource"
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodConnect, "PROPFIND"} {
		if w := ask(h, method, path, "", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
	w := ask(h, http.MethodOptions, path, "", "")
	header := w.Header()
	if w.Code != http.StatusNoContent || header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" ||
		header.Get("Allow") != "GET, HEAD, OPTIONS" || header.Get("Access-Control-Max-Age") != "3600" ||
		header.Get("Access-Control-Allow-Headers") != "*" || header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("OPTIONS: %d %v", w.Code, header)
	}
}

func TestResourceReportsEveryFault(t *testing.T) {
	for _, test := range []struct {
		resource metadata.Resource
		faults   []string
	}{
		{metadata.Resource{}, []string{"Resource.URL is empty", "Resource.AuthorizationServers is empty"}},
		{metadata.Resource{URL: "http://a.example", AuthorizationServers: []string{"a", "https://a.example/"}, Scopes: []string{"a b", "c", "c"}},
			[]string{"Resource.URL", "AuthorizationServers[0]", "AuthorizationServers[1]", "Scopes[0]", "Scopes[2]"}},
		{metadata.Resource{URL: "https://a.example/{x}", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://a.example/a%2Fb", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://a.example/a/../b", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://a.example/a/./b", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://a.example/a:b", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://a.example//b", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://a.example/mcp?a=b", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
		{metadata.Resource{URL: "https://u:p@a.example/mcp", AuthorizationServers: []string{"https://a.example"}}, []string{"Resource.URL"}},
	} {
		_, err := metadata.NewResource(test.resource)
		if err == nil {
			t.Errorf("%+v: no error", test.resource)
			continue
		}
		for _, fault := range test.faults {
			if !strings.Contains(err.Error(), fault) {
				t.Errorf("%s is not in: %v", fault, err)
			}
		}
		if n := strings.Count(err.Error(), "\n") + 1; n != len(test.faults) {
			t.Errorf("%d faults, want %d: %v", n, len(test.faults), err)
		}
	}
}
