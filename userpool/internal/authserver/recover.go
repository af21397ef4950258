package authserver

import "net/http"

// forgotForm is Cognito's /forgotPassword.
func forgotForm(request authorizationRequest) formPage {
	return formPage{
		Title: "Reset your password", Text: []string{"Enter your name, and we will send you a code for a new password."},
		Path: "/forgotPassword", Submit: "Send code",
		Fields: []field{usernameField(&request.client.pool, request.loginHint, true)},
		Links:  []link{{"Back to sign-in", "/login?" + request.query}},
	}
}

// newPasswordForm is Cognito's /confirmforgotPassword, for a user of that name.
func newPasswordForm(request authorizationRequest, username string) formPage {
	page := formPage{
		Title: "Choose a new password", Path: "/confirmforgotPassword", Submit: "Save password",
		Fields: []field{sentCodeField("Code"), newPasswordField("New password", &request.client.pool)},
		Again:  "Send a new code", AgainPath: "/forgotPassword",
		Links: []link{{"Back to sign-in", "/login?" + request.query}},
	}
	if username != "" {
		page.Hidden = []hidden{{fieldUsername, username}}
	} else {
		page.Fields = append([]field{usernameField(&request.client.pool, "", true)}, page.Fields...)
	}
	return page
}

func emptyNewPasswordForm(request authorizationRequest) formPage { return newPasswordForm(request, "") }

// handleForgotPassword sends a code. A client that hides who exists gets the same
// answer for everybody, one that does not even say where a code would go.
func (s *Server) handleForgotPassword(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, forgotForm)
	if !ok {
		return
	}
	client, username := request.client, sentName(r)
	if !mayRecover(client) {
		redirect(w, "/login?"+request.query)
		return
	}
	request.loginHint = username
	page := forgotForm(request)
	if p, ok := missing(r, page.Fields); ok {
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	delivery, err := s.accounts.ForgotPassword(r.Context(), client.pool, client.Client, username)
	p, refused := refusalOf(err, page.Fields)
	if refused {
		s.log.InfoContext(r.Context(), "recovery refused", "client", client.ID, "reason", err.Error())
	}
	switch {
	case err != nil && !refused:
		s.failAuthorization(w, r, request, err)
	case client.HideUnknownUsers:
		next := newPasswordForm(request, username)
		next.Text = []string{"If there is an account of that name with a verified address, we have sent a code to it. Enter it here."}
		s.showForm(w, r, request, http.StatusOK, next, problem{})
	case refused:
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
	default:
		next := newPasswordForm(request, username)
		next.Text = []string{sentTo(delivery)}
		s.showForm(w, r, request, http.StatusOK, next, problem{})
	}
}

// handleConfirmForgotPassword takes the code and the new password, with which one
// signs in then.
func (s *Server) handleConfirmForgotPassword(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, emptyNewPasswordForm)
	if !ok {
		return
	}
	client, username := request.client, sentName(r)
	if !mayRecover(client) {
		redirect(w, "/login?"+request.query)
		return
	}
	page := newPasswordForm(request, username)
	if p, ok := missing(r, page.Fields); ok {
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	err := s.accounts.ConfirmForgotPassword(r.Context(), client.pool, client.Client, username, sentCode(r), r.PostForm.Get(fieldPassword))
	if p, ok := refusalOf(err, page.Fields); ok {
		s.log.InfoContext(r.Context(), "recovery refused", "client", client.ID, "reason", err.Error())
		if client.HideUnknownUsers && p.field != fieldPassword {
			p = problem{fieldCode, wrongCodeText}
		}
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "password reset", "client", client.ID)
	s.showNoted(w, r, request, username, "Your password is changed. You can sign in with it now.")
}
