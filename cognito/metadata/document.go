package metadata

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A document is JSON under one path, which scripts of every origin may read: it has nothing that
// is not public, and no cookie takes part.
type document struct {
	path string
	body []byte
}

func newDocument(path string, content any) document {
	body, _ := json.Marshal(content) // strings and lists of strings: it cannot fail
	return document{path, append(body, '\n')}
}

// ServeHTTP implements http.Handler. It answers GET, HEAD and preflights, under its path only.
func (d *document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != d.path {
		http.NotFound(w, r)
		return
	}
	if !allowMethods(w, r, http.MethodGet, http.MethodHead) {
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	writeJSON(w, r, http.StatusOK, d.body)
}

// allowMethods answers preflights and requests with other methods. It returns true if the request
// is still to be answered.
//
// Clients of MCP send the header MCP-Protocol-Version, which needs a preflight (WHATWG Fetch §3.3.5).
func allowMethods(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("X-Content-Type-Options", "nosniff")
	allowed := strings.Join(append(slices.Clone(methods), http.MethodOptions), ", ")
	switch {
	case slices.Contains(methods, r.Method):
		return true
	case r.Method == http.MethodOptions:
		header.Set("Access-Control-Allow-Methods", allowed)
		header.Set("Access-Control-Allow-Headers", "*")
		header.Set("Access-Control-Max-Age", "3600")
		header.Set("Allow", allowed)
		w.WriteHeader(http.StatusNoContent)
	default:
		header.Set("Allow", allowed)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
	return false
}

func writeJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that left does not need it
	}
}

// isPlainPath reports whether a path has only segments that every server and client spells in the
// same way (RFC 3986 §2.3).
func isPlainPath(path string) bool {
	if path == "" || path == "/" {
		return true
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(path[1:], "/"), "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, isNotUnreserved) {
			return false
		}
	}
	return true
}

func isNotUnreserved(r rune) bool {
	isWord := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !isWord && !strings.ContainsRune("-._~", r)
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// checkScopes requires scope tokens (RFC 6749 §3.3), each once.
func checkScopes(faults configerror.Faults, scopes []string) {
	for n, scope := range scopes {
		switch {
		case scope == "" || !isPrintable(scope) || strings.ContainsAny(scope, `"\`):
			faults.Add(fmt.Sprintf("Scopes[%d]", n), "is not a scope: got %.100q", scope)
		case slices.Contains(scopes[:n], scope):
			faults.Add(fmt.Sprintf("Scopes[%d]", n), "repeats %.100q", scope)
		}
	}
}
