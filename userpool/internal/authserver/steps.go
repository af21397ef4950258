package authserver

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/passwords"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// The steps between a password and the client. Each is a form with the session of
// the step before it, which is as good as a password for a few minutes: it is in
// the form and in no URL, so that these paths are for POST only. What they are
// called at Cognito is not known.
const (
	pathNewPassword = "/newPassword"
	pathMFA         = "/mfa"
	pathMFASetup    = "/mfaSetup"
)

// proceed leads to the next step of a sign-in, or to the client after the last.
func (s *Server) proceed(w http.ResponseWriter, r *http.Request, request authorizationRequest, step authflow.Step) {
	switch step.Challenge {
	case "":
		s.enter(w, r, request, step.User, step.Methods)
	case authflow.ChallengeNewPassword:
		s.showForm(w, r, request, http.StatusOK, ownPasswordForm(request, step.User, step.Session, nil), problem{})
	case authflow.ChallengeTOTP:
		s.showForm(w, r, request, http.StatusOK, totpForm(step.Session), problem{})
	case authflow.ChallengeMFASetup:
		secret, session, err := s.signIns.AssociateSetup(r.Context(), step.Session)
		if err != nil {
			s.refuseStep(w, r, request, err, nil)
			return
		}
		s.showForm(w, r, request, http.StatusOK, setupForm(request, step.User, secret, session), problem{})
	default:
		s.failAuthorization(w, r, request, errors.New("no page for the challenge "+step.Challenge))
	}
}

// ownPasswordForm asks for a new password, after a sign-in with the password of an
// administrator, and for the other attributes that the pool requires.
func ownPasswordForm(request authorizationRequest, u directory.User, session string, values url.Values) formPage {
	pool := &request.client.pool
	page := formPage{
		Title: "Choose your password", Text: []string{"Your password was temporary. Choose the password that you will use from now on."},
		Path: pathNewPassword, Submit: "Save and continue",
		Hidden: []hidden{{fieldSession, session}},
		Fields: []field{newPasswordField("New password", pool)},
	}
	page.Fields = append(page.Fields, attributeFields(lacking(pool, u), values)...)
	return page
}

// lacking are the attributes that the pool requires and the user does not have.
func lacking(pool *directory.Pool, u directory.User) (names []string) {
	for _, name := range requiredAttributes(pool) {
		if u.Attributes[name] == "" {
			names = append(names, name)
		}
	}
	return names
}

func totpForm(session string) formPage {
	return formPage{
		Title: "Enter your code", Text: []string{"Open your authenticator app and enter the code that it shows for this account."},
		Path: pathMFA, Submit: "Continue",
		Hidden: []hidden{{fieldSession, session}},
		Fields: []field{codeField("Six-digit code")},
	}
}

func setupForm(request authorizationRequest, u directory.User, secret, session string) formPage {
	name := u.Username
	if len(request.client.pool.UsernameAttributes) > 0 && u.Attributes["email"] != "" {
		name = u.Attributes["email"] // the user name is a UUID then
	}
	issuer := request.client.pool.Name
	// Apps show a plus sign as it is.
	query := strings.ReplaceAll(url.Values{"secret": {secret}, "issuer": {issuer}}.Encode(), "+", "%20")
	uri := "otpauth://totp/" + url.PathEscape(issuer+":"+name) + "?" + query
	return formPage{
		Title: "Set up an authenticator app",
		Text:  []string{"To sign in, you need a code from such an app. Add this account to your app: enter the key, or open the address.", "Then enter the code that the app shows."},
		Facts: []fact{{"Key", secret}, {"Address", uri}},
		Path:  pathMFASetup, Submit: "Continue",
		Hidden: []hidden{{fieldSession, session}},
		Fields: []field{codeField("Six-digit code")},
	}
}

// handleStepPage is for those who reload a step or follow a link to one.
func (s *Server) handleStepPage(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return
	}
	redirect(w, "/login?"+request.query)
}

func (s *Server) handleNewPassword(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, loginForm)
	if !ok {
		return
	}
	session := r.PostForm.Get(fieldSession)
	u, err := s.userOfStep(r.Context(), request.client, session)
	if err != nil {
		s.refuseStep(w, r, request, err, nil)
		return
	}
	page := ownPasswordForm(request, u, session, r.PostForm)
	if p, ok := missing(r, page.Fields); ok {
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	attributes := map[string]string{}
	for _, name := range lacking(&request.client.pool, u) {
		attributes[name] = r.PostForm.Get(attributeField(name))
	}
	step, err := s.signIns.AnswerNewPassword(r.Context(), request.client.Client, authflow.Answer{Session: session}, r.PostForm.Get(fieldPassword), attributes)
	if err != nil {
		s.refuseStep(w, r, request, err, &page)
		return
	}
	s.proceed(w, r, request, step)
}

func (s *Server) handleMFA(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, loginForm)
	if !ok {
		return
	}
	session := r.PostForm.Get(fieldSession)
	step, err := s.signIns.AnswerTOTP(r.Context(), request.client.Client, authflow.Answer{Session: session}, sentCode(r))
	if err != nil {
		page := totpForm(session)
		s.refuseStep(w, r, request, err, &page)
		return
	}
	s.proceed(w, r, request, step)
}

func (s *Server) handleMFASetup(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, loginForm)
	if !ok {
		return
	}
	session := r.PostForm.Get(fieldSession)
	u, err := s.userOfStep(r.Context(), request.client, session)
	if err != nil {
		s.refuseStep(w, r, request, err, nil)
		return
	}
	session, err = s.signIns.VerifySetup(r.Context(), session, sentCode(r))
	if err != nil {
		page := setupForm(request, u, u.TOTPPending, r.PostForm.Get(fieldSession))
		s.refuseStep(w, r, request, err, &page)
		return
	}
	step, err := s.signIns.AnswerMFASetup(r.Context(), request.client.Client, authflow.Answer{Session: session})
	if err != nil {
		s.refuseStep(w, r, request, err, nil)
		return
	}
	s.proceed(w, r, request, step)
}

// userOfStep returns the user of a step, to show the form again. It does not check whether
// the session is still valid; the answer does.
func (s *Server) userOfStep(ctx context.Context, client app, session string) (directory.User, error) {
	var u directory.User
	err := s.store.View(ctx, func(tx store.Tx) error {
		c, err := directory.GetChallenge(tx, session)
		if err != nil {
			return err
		}
		if c.ClientID != client.ID || c.Username == "" {
			return authflow.ErrSessionInvalid
		}
		u, err = directory.FindUser(tx, client.pool, c.Username)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return u, authflow.ErrSessionInvalid
	}
	return u, err
}

// refuseStep shows the step's form again where another answer may be right, and
// else the sign-in form.
func (s *Server) refuseStep(w http.ResponseWriter, r *http.Request, request authorizationRequest, err error, again *formPage) {
	var wrong problem
	weak, attribute := new(passwords.PolicyError), new(attributes.Error)
	message, known := problemOf(err)
	switch {
	case errors.Is(err, authflow.ErrWrongCode):
		wrong = problem{fieldCode, "This code is not right. Check it and try again."}
	case errors.Is(err, authflow.ErrCodeUsed):
		wrong = problem{fieldCode, "This code was used before. Wait for the next one."}
	case errors.As(err, &weak):
		wrong = problem{fieldPassword, weak.Error()}
	case errors.Is(err, passwords.ErrUsed):
		wrong = problem{fieldPassword, "Password has previously been used."}
	case errors.As(err, &attribute):
		wrong = problem{attributeField(attribute.Name), "You cannot set this. Ask an administrator."}
	case errors.Is(err, directory.ErrAliasExists):
		wrong = problem{attributeField("email"), "An account with the given email already exists."}
	case errors.Is(err, authflow.ErrSessionInvalid), errors.Is(err, authflow.ErrSessionUsed),
		errors.Is(err, authflow.ErrSessionExpired), errors.Is(err, authflow.ErrNoTOTP):
		message, again = "This sign-in has taken too long, or it was answered before. Please sign in again.", nil
	case known:
		again = nil
	default:
		s.failAuthorization(w, r, request, err)
		return
	}
	s.log.InfoContext(r.Context(), "sign-in refused", "client", request.client.ID, "reason", err.Error())
	if again == nil {
		s.showLogin(w, r, request, http.StatusBadRequest, "", message)
		return
	}
	s.showForm(w, r, request, http.StatusBadRequest, *again, wrong)
}
