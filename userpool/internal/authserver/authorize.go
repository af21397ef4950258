package authserver

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

const (
	maxQueryBytes = 8 << 10
	codeValidity  = 5 * time.Minute
)

// s256Challenge is the base64url form of a SHA-256 (RFC 7636 §4.2).
var s256Challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorizationRequest is a validated request for a code or for tokens. The pages carry it in
// their URL and each page validates it again, so a changed URL has no effect.
type authorizationRequest struct {
	client      app
	implicit    bool // response_type=token
	redirectURI string
	state       string
	nonce       string
	challenge   string
	scopes      []string
	prompt      string
	loginHint   string
	resource    string
	provider    string // identity_provider, unless it is the pool itself
	query       string // the whole request, encoded
}

// handleAuthorize is Cognito's /oauth2/authorize (RFC 6749 §4.1.1,
// https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html).
func (s *Server) handleAuthorize(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
	if err != nil {
		s.refuseAuthorization(w, r, err)
		return
	}
	signedIn, ok, err := s.currentSession(r, request.client.pool)
	switch {
	case err != nil:
		s.failAuthorization(w, r, request, err)
	case request.prompt == "none" && !ok:
		s.refuseAuthorization(w, r, request.refuse(codeLoginRequired, "no user is signed in"))
	case ok && request.prompt != "login" && request.prompt != "select_account":
		s.finish(w, r, request, signedIn)
	default:
		redirect(w, request.signInPath())
	}
}

// parseAuthorization validates a query. Errors that are not of type
// *authorizationError are the server's.
func (s *Server) parseAuthorization(ctx context.Context, rawQuery string) (authorizationRequest, error) {
	onPage := func(code, description string) (authorizationRequest, error) {
		return authorizationRequest{}, &authorizationError{code: code, description: description}
	}
	if len(rawQuery) > maxQueryBytes {
		return onPage(codeInvalidRequest, "the query is too long")
	}
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return onPage(codeInvalidRequest, "the query is malformed")
	}
	if len(q["client_id"]) != 1 || len(q["redirect_uri"]) > 1 {
		return onPage(codeInvalidRequest, "client_id and redirect_uri must each appear once")
	}
	client, ok, err := s.findApp(ctx, q.Get("client_id"))
	if err != nil {
		return authorizationRequest{}, err
	}
	if !ok {
		return onPage(codeInvalidClient, "no such client")
	}
	if !slices.Contains(client.CallbackURLs, q.Get("redirect_uri")) {
		return authorizationRequest{}, redirectMismatch(client.ID, "redirect_uri", q.Get("redirect_uri"), client.CallbackURLs)
	}
	request := authorizationRequest{
		client:      client,
		redirectURI: q.Get("redirect_uri"),
		state:       q.Get("state"),
		nonce:       q.Get("nonce"),
		challenge:   q.Get("code_challenge"),
		prompt:      q.Get("prompt"),
		loginHint:   q.Get("login_hint"),
		resource:    q.Get("resource"),
		query:       q.Encode(),
	}
	if err := request.validate(q); err != nil {
		return authorizationRequest{}, err
	}
	if request.provider, err = s.chooseProvider(ctx, client, q); err != nil {
		return authorizationRequest{}, request.orServerError(err)
	}
	return request, nil
}

// validate checks the parameters whose faults the client may see, and sets the scopes.
func (a *authorizationRequest) validate(q url.Values) error {
	for name, values := range q {
		// RFC 6749 §3.1: parameters must not appear twice.
		if len(values) > 1 || !utf8.ValidString(values[0]) {
			if name == "state" {
				a.state = ""
			}
			return a.refuse(codeInvalidRequest, "a parameter is repeated or is not UTF-8")
		}
	}
	switch responseType := q.Get("response_type"); {
	case responseType != "code" && responseType != "token":
		return a.refuse(codeInvalidRequest, "response_type must be code or token")
	case responseType == "token" && !a.client.AllowsOAuth(directory.FlowImplicit),
		responseType == "code" && !a.client.AllowsOAuth(directory.FlowCode):
		return a.refuse(codeUnauthorizedClient, "the client is not allowed this response_type")
	default:
		a.implicit = responseType == "token"
	}
	method := q.Get("code_challenge_method")
	switch {
	case a.challenge == "" && method == "":
	case method != "S256":
		return a.refuse(codeInvalidRequest, "code_challenge_method must be S256")
	case !s256Challenge.MatchString(a.challenge):
		return a.refuse(codeInvalidRequest, "code_challenge is not a base64url SHA-256")
	}
	switch a.prompt {
	case "", "none", "login", "select_account", "consent":
	default:
		return a.refuse(codeInvalidRequest, "prompt must be none, login, select_account or consent")
	}
	if a.resource != "" && !goodResource(a.resource) {
		return a.refuse(codeInvalidRequest, "resource is not an absolute URL without a fragment")
	}
	scopes, ok := grantScopes(q.Get("scope"), a.client.Scopes)
	if !ok {
		return a.refuse(codeInvalidScope, "the client is not allowed a requested scope")
	}
	a.scopes = scopes
	return nil
}

// refuse makes an error that goes back to the client.
func (a *authorizationRequest) refuse(code, description string) *authorizationError {
	return &authorizationError{
		code:        code,
		description: description,
		clientID:    a.client.ID,
		redirectURI: a.redirectURI,
		state:       a.state,
		implicit:    a.implicit,
	}
}

// orServerError passes refusals on and hides what else failed from the client.
func (a *authorizationRequest) orServerError(err error) error {
	if refusal := new(authorizationError); errors.As(err, &refusal) {
		return a.refuse(refusal.code, refusal.description)
	}
	return err
}

// failAuthorization ends a request that the server could not answer for reasons
// of its own. What they were is for the log.
func (s *Server) failAuthorization(w http.ResponseWriter, r *http.Request, request authorizationRequest, err error) {
	s.log.ErrorContext(r.Context(), "authorization failed", "client", request.client.ID, "error", err)
	s.refuseAuthorization(w, r, request.refuse(codeServerError, "the server failed"))
}

func (s *Server) refuseAuthorization(w http.ResponseWriter, r *http.Request, err error) {
	refusal := &authorizationError{code: codeServerError}
	if !errors.As(err, &refusal) {
		s.log.ErrorContext(r.Context(), "authorization failed", "error", err)
	}
	s.log.InfoContext(r.Context(), "authorization refused",
		"client", refusal.clientID, "code", refusal.code, "reason", refusal.description)
	if refusal.redirectURI != "" {
		redirect(w, withParameters(refusal.redirectURI, refusal.implicit, "error_description", refusal.description,
			"error", refusal.code, "state", refusal.state))
		return
	}
	redirect(w, withQuery("/error", "error", refusal.code, "client_id", refusal.clientID))
}

// redirect answers 302 without a body: http.Redirect would write the URL, which
// may hold a code, into a page.
func redirect(w http.ResponseWriter, location string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusFound)
}

// withQuery appends names and values to base, which may have a query already
// (RFC 6749 §3.1.2). Empty values are left out.
func withQuery(base string, namesAndValues ...string) string {
	return withParameters(base, false, namesAndValues...)
}

// withParameters appends names and values to base as a query, or as a fragment,
// which is how tokens travel (RFC 6749 §4.2.2). Empty values are left out.
func withParameters(base string, fragment bool, namesAndValues ...string) string {
	var b strings.Builder
	b.WriteString(base)
	separator := "?"
	if fragment {
		separator = "#"
	} else if strings.Contains(base, "?") {
		separator = "&"
	}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		if namesAndValues[i+1] == "" {
			continue
		}
		b.WriteString(separator + namesAndValues[i] + "=" + url.QueryEscape(namesAndValues[i+1]))
		separator = "&"
	}
	return b.String()
}
