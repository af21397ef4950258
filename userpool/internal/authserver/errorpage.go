package authserver

import "net/http"

type errorPage struct {
	Code   string
	Title  string
	Advice string
}

// errorPages has words for every code. The query chooses among them and is not
// shown: nobody can make the page say something.
var errorPages = map[string]errorPage{
	codeRedirectMismatch: {
		Title:  "The return address does not match",
		Advice: "The application asked to return to an address that is not registered for it. Its redirect_uri or logout_uri must be, character by character, one of the app client's callback or sign-out URLs.",
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
		Advice: "The app client is not allowed the response_type that it asked for. Its allowed OAuth flows decide that.",
	},
	codeInvalidScope: {
		Title:  "The application asked for too much",
		Advice: "The app client is not allowed one of the scopes that it asked for.",
	},
	codeLoginRequired: {
		Title:  "Nobody is signed in",
		Advice: "The application asked for a sign-in without a page (prompt=none), or the account is gone. Start again from the application.",
	},
	codeInvalidGrant: {
		Title:  "The sign-in cannot be completed",
		Advice: "The code or refresh token was used before, has expired, or is another application's. Start again from the application.",
	},
	codeUnsupportedGrantType: {
		Title:  "The application asked in an unknown way",
		Advice: "The token endpoint takes the grant types authorization_code, refresh_token and client_credentials.",
	},
	codeUnsupportedTokenType: {
		Title:  "This token cannot be revoked",
		Advice: "Only refresh tokens can.",
	},
	codeInvalidToken: {
		Title:  "The token is not valid",
		Advice: "It has expired, was revoked, or is not an access token of this server. Start again from the application.",
	},
	codeInsufficientScope: {
		Title:  "The token does not allow this",
		Advice: "The application needs to ask for more scopes when people sign in.",
	},
	codeServerError: {
		Title:  "Something went wrong",
		Advice: "The server failed to answer. Its log says why.",
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
