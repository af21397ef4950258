package oauth

import (
	"errors"
	"net/http"

	"github.com/poolguard/poolguard/userpool/internal/signin"
)

const maxLoginFormBytes = 16 << 10

// problems has the page's words for what keeps somebody out; the first are
// Cognito's.
var problems = []struct {
	err     error
	message string
}{
	{signin.ErrWrongPassword, "Incorrect username or password."},
	{signin.ErrNoUser, "Incorrect username or password."},
	{signin.ErrExternal, "Incorrect username or password."},
	{signin.ErrDisabled, "This user is disabled."},
	{signin.ErrNotConfirmed, "This user is not confirmed."},
	{signin.ErrLocked, "There were too many wrong passwords. Please wait and try again."},
	{signin.ErrResetRequired, "The password must be reset before signing in."},
	{signin.ErrTemporaryExpired, "The temporary password has expired. An administrator must set a new one."},
}

// problemOf returns what the page says of err; ok is false for what is the
// server's own failure, and for no error.
func problemOf(err error) (message string, ok bool) {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p.message, true
		}
	}
	return "", false
}

// handleLoginPage shows the sign-in form. Its URL is the authorization request's
// (https://docs.aws.amazon.com/cognito/latest/developerguide/login-endpoint.html).
func (s *Server) handleLoginPage(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return
	}
	s.showLogin(w, r, request, http.StatusOK, request.loginHint, "")
}

// handleLogin takes the form.
func (s *Server) handleLogin(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
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
	found, err := s.signIns.CheckPassword(r.Context(), request.client.pool, username, r.PostForm.Get("password"))
	if message, ok := problemOf(err); ok {
		// The name is not logged: people type passwords into the wrong field.
		s.log.InfoContext(r.Context(), "sign-in refused", "client", request.client.ID, "reason", err.Error())
		s.showLogin(w, r, request, http.StatusBadRequest, username, message)
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	signedIn, err := s.startSession(w, r, found, []string{string(signin.MethodPassword)})
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "signed in", "client", request.client.ID, "sub", found.Sub)
	s.finish(w, r, request, signedIn)
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, request authorizationRequest, status int, username, problem string) {
	s.showPage(w, r, status, "login.html", formActions(request.client, request.redirectURI), loginPage{
		PoolID:    request.client.pool.ID,
		ClientID:  request.client.ID,
		Action:    "/login?" + request.query,
		FormField: formField,
		FormToken: s.formToken(w, r),
		Username:  username,
		Problem:   problem,
	})
}
