package userpool

import (
	"errors"
	"net/http"
)

const (
	maxLoginFormBytes = 16 << 10
	// Cognito's words.
	wrongCredentialsMessage = "Incorrect username or password."
)

// handleLoginPage shows the sign-in form. Its URL is the authorization request's
// (https://docs.aws.amazon.com/cognito/latest/developerguide/login-endpoint.html).
func (s *Server) handleLoginPage(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return
	}
	s.showLogin(w, r, request, http.StatusOK, request.loginHint, "")
}

// handleLogin takes the form.
func (s *Server) handleLogin(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginFormBytes)
	if err := r.ParseForm(); err != nil {
		s.showLogin(w, r, request, http.StatusBadRequest, "", "The form could not be read. Please try again.")
		return
	}
	if !s.formAuthentic(r) {
		s.log.InfoContext(r.Context(), "sign-in refused", "client", request.client.ID, "reason", "form token")
		s.showLogin(w, r, request, http.StatusForbidden, "", "This form was no longer valid. Please sign in again.")
		return
	}
	// PostForm, not Form: a password never comes out of a URL.
	username := r.PostForm.Get("username")
	found, err := s.authenticate(r.Context(), request.client.pool, username, Secret(r.PostForm.Get("password")))
	if errors.Is(err, errWrongCredentials) {
		// The name is not logged: people type passwords into the wrong field.
		s.log.InfoContext(r.Context(), "sign-in refused", "client", request.client.ID, "reason", "wrong credentials")
		s.showLogin(w, r, request, http.StatusBadRequest, username, wrongCredentialsMessage)
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	signedIn, err := s.startSession(w, r, request.client.pool, found)
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "signed in", "client", request.client.ID, "sub", found.Sub)
	s.redirectWithCode(w, r, request, signedIn)
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, request authorizationRequest, status int, username, problem string) {
	s.showPage(w, r, status, "login.html", formActions(request.client, request.redirectURI), loginPage{
		PoolID:    request.client.pool.id,
		ClientID:  request.client.ID,
		Action:    "/login?" + request.query,
		FormField: formField,
		FormToken: s.formToken(w, r),
		Username:  username,
		Problem:   problem,
	})
}
