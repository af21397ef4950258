package metadata

import (
	stdjson "encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/go-json-experiment/json"
)

const (
	// noSecret is the method of a public client (RFC 7591 §2).
	noSecret = "none"
	// maxRegistrationBytes is more than a registration needs.
	maxRegistrationBytes = 16 << 10
	maxRedirectURIs      = 16
)

var grantTypes = []string{"authorization_code", "refresh_token"}

// A registration endpoint answers each good request with the same client (RFC 7591 §3). It stores
// nothing, so requests cannot fill a store, and a second one changes nothing.
type registration struct {
	path      string
	clientID  string
	redirects redirectURIs
	scope     string
}

// A registrationError is the body of a refusal (RFC 7591 §3.2.2).
type registrationError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

const (
	badMetadata = "invalid_client_metadata"
	badRedirect = "invalid_redirect_uri"
)

// A registered client is the answer (RFC 7591 §3.2.1). The server may replace what was asked for.
type registered struct {
	ClientID      string   `json:"client_id"`
	RedirectURIs  []string `json:"redirect_uris"`
	AuthMethod    string   `json:"token_endpoint_auth_method"`
	GrantTypes    []string `json:"grant_types"`
	ResponseTypes []string `json:"response_types"`
	Scope         string   `json:"scope,omitempty"`
}

// ServeHTTP answers a registration. Scripts of every origin may register: the answer has nothing
// secret, and clients of MCP also run in browsers.
func (g *registration) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !allowMethods(w, r, http.MethodPost) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	uris, status, refused := g.read(w, r)
	var answer any = refused
	if refused == nil {
		answer = registered{g.clientID, uris, noSecret, grantTypes, []string{"code"}, g.scope}
	}
	body, _ := stdjson.Marshal(answer) // strings and lists of strings: it cannot fail
	writeJSON(w, r, status, append(body, '\n'))
}

// read returns the redirect URIs of a registration, or the reason for which it is refused.
func (g *registration) read(w http.ResponseWriter, r *http.Request) (uris []string, status int, refused *registrationError) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, http.StatusUnsupportedMediaType, &registrationError{badMetadata, "the Content-Type is not application/json"}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRegistrationBytes))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, http.StatusRequestEntityTooLarge, &registrationError{badMetadata, "the body is too large"}
	}
	if err != nil {
		return nil, http.StatusBadRequest, &registrationError{badMetadata, "the body was cut off"}
	}
	var asked struct {
		RedirectURIs []string `json:"redirect_uris"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return nil, http.StatusBadRequest, &registrationError{badMetadata, "the body is not one JSON object whose redirect_uris is a list of strings"}
	}
	switch n := len(asked.RedirectURIs); {
	case n == 0:
		return nil, http.StatusBadRequest, &registrationError{badRedirect, "redirect_uris is empty: name the redirect URI of the client"}
	case n > maxRedirectURIs:
		return nil, http.StatusBadRequest, &registrationError{badRedirect, "redirect_uris has more than 16 entries"}
	}
	for _, uri := range asked.RedirectURIs {
		if !g.redirects.allow(uri) {
			return nil, http.StatusBadRequest, &registrationError{badRedirect, "a redirect URI is not in the list of this server, and the user pool would refuse it; ask the operator of this server for the list"}
		}
	}
	return asked.RedirectURIs, http.StatusCreated, nil
}
