package authserver

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// signUpForm is Cognito's /signup
// (https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-endpoints.html).
func signUpForm(request authorizationRequest) formPage { return filledSignUpForm(request, nil) }

func filledSignUpForm(request authorizationRequest, values url.Values) formPage {
	pool := &request.client.pool
	page := formPage{
		Title: "Create an account", Path: "/signup", Submit: "Create account",
		Fields: []field{usernameField(pool, values.Get(fieldUsername), false)},
		Links:  []link{{"Sign in instead", "/login?" + request.query}},
	}
	page.Fields = append(page.Fields, attributeFields(askedAttributes(pool), values)...)
	page.Fields = append(page.Fields, newPasswordField("Password", pool))
	return page
}

// askedAttributes are what signing up asks for beside the name: what the code goes
// to, and what the pool requires.
func askedAttributes(pool *directory.Pool) (names []string) {
	for _, name := range slices.Concat(pool.AutoVerifiedAttributes, requiredAttributes(pool)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(pool.UsernameAttributes) == 1 {
		// It is the name already.
		names = slices.DeleteFunc(names, func(name string) bool { return name == pool.UsernameAttributes[0] })
	}
	if len(pool.UsernameAttributes) == 2 {
		names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(pool.UsernameAttributes, name) })
	}
	return names
}

// handleSignUp takes the form. Whether a name is taken it says, as Cognito does,
// whatever the client hides.
func (s *Server) handleSignUp(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, signUpForm)
	if !ok {
		return
	}
	if !maySignUp(request.client) {
		redirect(w, "/login?"+request.query)
		return
	}
	client := request.client
	page := filledSignUpForm(request, r.PostForm)
	if p, ok := missing(r, page.Fields); ok {
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	in := users.NewUser{Username: sentName(r), Password: r.PostForm.Get(fieldPassword)}
	for _, name := range askedAttributes(&client.pool) {
		in.Attributes = append(in.Attributes, users.Attribute{Name: name, Value: r.PostForm.Get(attributeField(name))})
	}
	signedUp, err := s.accounts.SignUp(r.Context(), client.pool, client.Client, in)
	if p, ok := refusalOf(err, page.Fields); ok {
		s.log.InfoContext(r.Context(), "sign-up refused", "client", client.ID, "reason", err.Error())
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "signed up", "client", client.ID, "sub", signedUp.Sub)
	if signedUp.Delivery == nil {
		s.showNoted(w, r, request, in.Username, "The account exists, but this user pool sends no codes: an administrator must confirm the account. Then you can sign in.")
		return
	}
	confirm := confirmForm(request)
	confirm.Text = []string{sentTo(signedUp.Delivery)}
	s.showConfirm(w, r, request, http.StatusOK, confirm, in.Username, s.ticket(w, r, client, signedUp.Sub), problem{})
}

// sentTo says where a code went; the address is masked.
func sentTo(d *users.Delivery) string {
	if d.Medium == users.SMS {
		return "We have sent a code by text message to " + d.Destination + ". Enter it here."
	}
	return "We have sent a code by email to " + d.Destination + ". Enter it here."
}

// confirmForm is Cognito's /confirm.
func confirmForm(request authorizationRequest) formPage {
	return formPage{
		Title: "Confirm your account", Path: "/confirm", Submit: "Confirm account",
		Fields: []field{usernameField(&request.client.pool, "", true), sentCodeField("Confirmation code")},
		Again:  "Send a new code", AgainPath: "/resendcode",
		Links: []link{{"Back to sign-in", "/login?" + request.query}},
	}
}

// showConfirm shows the form for a user whose name is known, or else asks for it.
func (s *Server) showConfirm(w http.ResponseWriter, r *http.Request, request authorizationRequest, status int, page formPage, username, ticket string, p problem) {
	if username != "" {
		page.Fields = page.Fields[1:]
		page.Hidden = append(page.Hidden, hidden{fieldUsername, username})
	}
	page.Hidden = append(page.Hidden, hidden{fieldTicket, ticket})
	s.showForm(w, r, request, status, page, p)
}

// handleConfirm takes the code. Who has just signed up, or has just had the right
// password, is signed in with it, as by Cognito; the others may sign in then.
func (s *Server) handleConfirm(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, confirmForm)
	if !ok {
		return
	}
	client, username, page := request.client, sentName(r), confirmForm(request)
	if p, ok := missing(r, page.Fields); ok {
		s.showConfirm(w, r, request, http.StatusBadRequest, page, username, r.PostForm.Get(fieldTicket), p)
		return
	}
	err := s.accounts.ConfirmSignUp(r.Context(), client.pool, client.Client, username, sentCode(r), false)
	if p, ok := refusalOf(err, page.Fields); ok {
		s.log.InfoContext(r.Context(), "confirmation refused", "client", client.ID, "reason", err.Error())
		if client.HideUnknownUsers && !errors.Is(err, &users.Error{Code: users.CodeAliasExists}) {
			p = problem{fieldCode, wrongCodeText}
		}
		s.showConfirm(w, r, request, http.StatusBadRequest, page, username, r.PostForm.Get(fieldTicket), p)
		return
	}
	var u directory.User
	if err == nil {
		u, err = s.accounts.User(r.Context(), client.pool, username)
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "account confirmed", "client", client.ID, "sub", u.Sub)
	s.signInWithTicket(w, r, request, u, username)
}

// wrongCodeText is all that a client which hides who exists says of a code that is not
// taken: what exactly is wrong with it would tell.
const wrongCodeText = "This code is wrong or has expired, or there were too many attempts. Check it, or ask for a new one."

// handleResend sends another code.
func (s *Server) handleResend(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, confirmForm)
	if !ok {
		return
	}
	client, username, page := request.client, sentName(r), confirmForm(request)
	ticket := r.PostForm.Get(fieldTicket)
	if username == "" {
		p, _ := missing(r, page.Fields)
		s.showConfirm(w, r, request, http.StatusBadRequest, page, username, ticket, p)
		return
	}
	delivery, err := s.accounts.ResendConfirmationCode(r.Context(), client.pool, client.Client, username)
	p, refused := refusalOf(err, page.Fields)
	switch {
	case err != nil && !refused:
		s.failAuthorization(w, r, request, err)
	case client.HideUnknownUsers:
		page.Note = "If there is an account that needs a code, we have sent a new one."
		s.showConfirm(w, r, request, http.StatusOK, page, username, ticket, problem{})
	case refused:
		s.showConfirm(w, r, request, http.StatusBadRequest, page, username, ticket, p)
	default:
		page.Note = sentTo(delivery)
		s.showConfirm(w, r, request, http.StatusOK, page, username, ticket, problem{})
	}
}
