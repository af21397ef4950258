package authserver

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// The OAuth error codes that Cognito uses (RFC 6749 §4.1.2.1 and §5.2, OpenID
// Connect Core §3.1.2.6), and its own redirect_mismatch.
const (
	codeInvalidRequest       = "invalid_request"
	codeInvalidClient        = "invalid_client"
	codeInvalidGrant         = "invalid_grant"
	codeInvalidScope         = "invalid_scope"
	codeUnauthorizedClient   = "unauthorized_client"
	codeUnsupportedGrantType = "unsupported_grant_type"
	codeLoginRequired        = "login_required"
	codeServerError          = "server_error"
	codeUnsupportedTokenType = "unsupported_token_type"
	codeInvalidToken         = "invalid_token"
	codeInsufficientScope    = "insufficient_scope"
	codeRedirectMismatch     = "redirect_mismatch"
)

// tokenError is a refusal by the token endpoint. The reason is for the log: the
// answer carries the code alone, as Cognito's does.
type tokenError struct {
	code   string
	reason string
}

func (e *tokenError) Error() string { return e.code + ": " + e.reason }

func refuse(code, reason string) error { return &tokenError{code: code, reason: reason} }

type oauthErrorBody struct {
	Error string `json:"error"`
}

// authorizationError is a refusal by a page of the authorization server. With a
// redirectURI, which is then one of the client's own, the client hears of it;
// otherwise the person sees the error page.
type authorizationError struct {
	code        string
	description string
	clientID    string
	redirectURI string
	state       string
	implicit    bool // the answer goes into the fragment
}

func (e *authorizationError) Error() string { return e.code + ": " + e.description }

// redirectMismatch is the refusal of a URL that is not registered for the client. Only the log
// shows the URLs: the error page repeats nothing that a link can contain.
func redirectMismatch(clientID, parameter, got string, registered []string) *authorizationError {
	return &authorizationError{
		code:        codeRedirectMismatch,
		description: fmt.Sprintf("%s is not registered: got %.200q, registered: %q", parameter, got, registered),
		clientID:    clientID,
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	// What is written here always encodes; a failed write means that the client
	// has gone.
	_ = json.NewEncoder(w).Encode(body)
}
