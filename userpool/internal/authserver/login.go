package authserver

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// problems has the page's text for each error of a sign-in. The first texts are Cognito's.
var problems = []struct {
	err     error
	message string
}{
	{authflow.ErrWrongPassword, "Incorrect username or password."},
	{authflow.ErrNoUser, "Incorrect username or password."},
	{authflow.ErrExternal, "Incorrect username or password."},
	{authflow.ErrDisabled, "This user is disabled."},
	{authflow.ErrNotConfirmed, "This user is not confirmed."},
	{authflow.ErrLocked, "There were too many wrong passwords. Please wait and try again."},
	{authflow.ErrResetRequired, "The password must be reset before signing in."},
	{authflow.ErrTemporaryExpired, "The temporary password has expired. An administrator must set a new one."},
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

// loginForm is the page of https://docs.aws.amazon.com/cognito/latest/developerguide/login-endpoint.html:
// its URL is the authorization request's.
func loginForm(request authorizationRequest) formPage {
	client := request.client
	page := formPage{Title: "Sign in", Path: "/login"}
	if client.local() {
		page.Submit = "Sign in"
		page.Fields = []field{
			usernameField(&client.pool, request.loginHint, true),
			{Name: fieldPassword, Label: "Password", Type: "password", Autocomplete: "current-password", MaxLength: 256},
		}
	}
	if mayRecover(client) {
		page.Links = append(page.Links, link{"Forgot your password?", "/forgotPassword?" + request.query})
	}
	if maySignUp(client) {
		page.Links = append(page.Links, link{"Create an account", "/signup?" + request.query})
	}
	for _, name := range client.external() {
		page.Providers = append(page.Providers, link{"Continue with " + name, "/provider?" + request.withProvider(name)})
	}
	return page
}

// withProvider is the request's query with another identity_provider.
func (a *authorizationRequest) withProvider(name string) string {
	q, err := url.ParseQuery(a.query)
	if err != nil {
		return a.query // it was made by Encode
	}
	q.Del("idp_identifier")
	q.Del("identity_provider")
	if name != "" {
		q.Set("identity_provider", name)
	}
	return q.Encode()
}

// showLogin shows the sign-in form with a user name and what is wrong.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, request authorizationRequest, status int, username, message string) {
	request.loginHint = username
	s.showForm(w, r, request, status, loginForm(request), problem{message: message})
}

// handleLogin takes the sign-in form.
func (s *Server) handleLogin(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, loginForm)
	if !ok {
		return
	}
	if !request.client.local() {
		redirect(w, "/login?"+request.query)
		return
	}
	// PostForm, not Form: a password never comes out of a URL.
	username := sentName(r)
	found, err := s.signIns.CheckPassword(r.Context(), request.client.pool, username, r.PostForm.Get(fieldPassword))
	if message, ok := problemOf(err); ok {
		// The name is not logged: people type passwords into the wrong field.
		s.log.InfoContext(r.Context(), "sign-in refused", "client", request.client.ID, "reason", err.Error())
		s.refuseLogin(w, r, request, found, username, err, message)
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	step, err := s.signIns.Next(r.Context(), request.client.pool, request.client.Client, found, authflow.MethodPassword)
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.proceed(w, r, request, step)
}

// refuseLogin leads those on who can help themselves, and shows the others the
// form again.
func (s *Server) refuseLogin(w http.ResponseWriter, r *http.Request, request authorizationRequest, found directory.User, username string, err error, message string) {
	switch {
	case errors.Is(err, authflow.ErrNotConfirmed) && sendsCodes(request.client):
		page := confirmForm(request)
		page.Text = []string{"This account is not confirmed yet. Enter the code that was sent for it, or ask for a new one."}
		// If the password was wrong, found is empty, and the ticket is valid for no user.
		s.showConfirm(w, r, request, http.StatusOK, page, username, s.ticket(w, r, request.client, found.Sub), problem{})
	case errors.Is(err, authflow.ErrResetRequired) && mayRecover(request.client):
		page := newPasswordForm(request, username)
		page.Text = []string{message + " Enter the code that was sent to you, or ask for a new one."}
		s.showForm(w, r, request, http.StatusOK, page, problem{})
	case errors.Is(err, authflow.ErrNoUser) && !request.client.HideUnknownUsers:
		s.showLogin(w, r, request, http.StatusBadRequest, username, "User does not exist.")
	default:
		s.showLogin(w, r, request, http.StatusBadRequest, username, message)
	}
}

// enter signs the browser in and returns to the client.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, request authorizationRequest, u directory.User, methods []string) {
	signedIn, err := s.startSession(w, r, u, methods)
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "signed in", "client", request.client.ID, "sub", u.Sub, "methods", methods)
	if request.nonce == "" && slices.Contains(methods, string(authflow.MethodFederated)) {
		// Cognito invents one where a provider signed the user in, and only there:
		// clients that do not expect it should find out here.
		request.nonce = s.random.Text(64)
	}
	s.finish(w, r, request, signedIn)
}
