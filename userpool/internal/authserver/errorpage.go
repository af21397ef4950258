package authserver

import "net/http"

type errorPage struct {
	Code   string
	Title  string
	Advice string
}

// errorPages has a text for every code. The query selects one of them and is not shown: an
// attacker cannot put text on the page.
var errorPages = map[string]errorPage{
	codeRedirectMismatch: {
		Title:  "The return address does not match",
		Advice: "The application asked to return to an address that is not registered for it. Its redirect_uri or logout_uri must be, character by character, one of the app client's callback or sign-out URLs. The server's log has the address and the registered URLs.",
	},
	codeInvalidClient: {
		Title:  "Unknown application",
		Advice: "No app client of this server has the client_id in the link.",
	},
	codeInvalidRequest: {
		Title:  "The sign-in link is not valid",
		Advice: "A parameter is missing, repeated or malformed. Start again from the application.",
	},
	codeUnauthorizedClient: {
		Title:  "The application may not sign in this way",
		Advice: "The app client is not allowed the requested response_type. Its allowed OAuth flows decide this.",
	},
	codeInvalidScope: {
		Title:  "The application requested a scope that it may not have",
		Advice: "The app client is not allowed one of the requested scopes.",
	},
	codeLoginRequired: {
		Title:  "You are not signed in",
		Advice: "The application requested a sign-in without a page (prompt=none), or the account was deleted. Start again from the application.",
	},
	codeInvalidGrant: {
		Title:  "The sign-in cannot be completed",
		Advice: "The code or refresh token was used before, has expired, or belongs to another application. Start again from the application.",
	},
	codeUnsupportedGrantType: {
		Title:  "The grant type is not known",
		Advice: "The token endpoint accepts the grant types authorization_code, refresh_token and client_credentials.",
	},
	codeUnsupportedTokenType: {
		Title:  "This token cannot be revoked",
		Advice: "Only refresh tokens can be revoked.",
	},
	codeInvalidToken: {
		Title:  "The token is not valid",
		Advice: "It has expired, was revoked, or is not an access token of this server. Start again from the application.",
	},
	codeInsufficientScope: {
		Title:  "The token does not allow this",
		Advice: "The application must request more scopes at the sign-in.",
	},
	codeServerError: {
		Title:  "Something went wrong",
		Advice: "The server could not answer. Its log has the reason.",
	},
}

func (s *Server) handleErrorPage(w http.ResponseWriter, r *http.Request) {
	code := r.URL.Query().Get("error")
	page, ok := errorPages[code]
	if !ok {
		code = codeInvalidRequest
		page = errorPages[code]
	}
	page.Code = code
	s.showPage(w, r, http.StatusBadRequest, "error.html", []string{"'none'"}, page)
}
