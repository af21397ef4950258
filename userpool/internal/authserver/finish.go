package authserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// finish ends a sign-in: the browser takes a fresh code, or tokens, to the client.
func (s *Server) finish(w http.ResponseWriter, r *http.Request, request authorizationRequest, session directory.Session) {
	give := s.giveCode
	if request.implicit {
		give = s.giveTokens
	}
	location, err := give(r.Context(), request, session)
	if errors.Is(err, authflow.ErrNoUser) || errors.Is(err, authflow.ErrDisabled) {
		s.refuseAuthorization(w, r, request.refuse(codeLoginRequired, "the user is gone"))
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	redirect(w, location)
}

// signInOf begins a sign-in for the client out of the browser's session. Its
// auth_time is that of the password, not of this request.
func (s *Server) signInOf(tx store.Tx, request authorizationRequest, session directory.Session) (issuer.Subject, error) {
	known := directory.SignIn{Username: session.Username, Sub: session.Sub}
	subject, err := authflow.SubjectOf(tx, request.client.pool, request.client.Client, known)
	if err != nil {
		return issuer.Subject{}, err
	}
	signIn := s.signIns.Start(request.client.Client, subject.User, request.scopes, session.Methods)
	signIn.AuthTime, signIn.Level = session.AuthTime, session.Level
	signIn.Resource = request.resource
	subject.SignIn = signIn
	subject.Nonce = request.nonce
	return subject, nil
}

func (s *Server) giveCode(ctx context.Context, request authorizationRequest, session directory.Session) (location string, err error) {
	code := s.random.UUID()
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := directory.Sweep(tx, s.now()); err != nil {
			return err
		}
		subject, err := s.signInOf(tx, request, session)
		if err != nil {
			return err
		}
		return directory.PutCode(tx, code, directory.Code{
			SignIn: subject.SignIn, RedirectURI: request.redirectURI, Challenge: request.challenge,
			Nonce: subject.Nonce, ExpiresAt: s.now().Add(codeValidity),
		})
	})
	if err != nil {
		return "", fmt.Errorf("keeping a code: %w", err)
	}
	return withQuery(request.redirectURI, "code", code, "state", request.state), nil
}

// giveTokens is the implicit grant (RFC 6749 §4.2): tokens in the fragment, and no
// refresh token.
func (s *Server) giveTokens(ctx context.Context, request authorizationRequest, session directory.Session) (location string, err error) {
	var subject issuer.Subject
	err = s.store.Update(ctx, func(tx store.Tx) error {
		var err error
		if subject, err = s.signInOf(tx, request, session); err != nil {
			return err
		}
		subject.SignIn.ExpiresAt = s.now()
		_, err = s.signIns.Keep(tx, subject.SignIn, false)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keeping a sign-in: %w", err)
	}
	tokens, err := s.respond(ctx, subject, "")
	if err != nil {
		return "", err
	}
	s.log.InfoContext(ctx, "tokens issued", "grant", "implicit", "client", request.client.ID, "sub", subject.User.Sub)
	return withParameters(request.redirectURI, true,
		"id_token", tokens.IDToken, "access_token", tokens.AccessToken,
		"expires_in", strconv.FormatInt(tokens.ExpiresIn, 10), "token_type", tokens.TokenType, "state", request.state), nil
}
