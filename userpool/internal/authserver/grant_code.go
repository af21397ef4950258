package authserver

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// codeVerifier is the form of RFC 7636 §4.1.
var codeVerifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// exchangeCode is the authorization code grant (RFC 6749 §4.1.3).
func (s *Server) exchangeCode(ctx context.Context, client app, form url.Values) (tokenResponse, error) {
	if !client.AllowsOAuth(directory.FlowCode) {
		return tokenResponse{}, refuse(codeUnauthorizedClient, "the client may not use codes")
	}
	if form.Get("code") == "" || form.Get("redirect_uri") == "" {
		return tokenResponse{}, refuse(codeInvalidRequest, "code and redirect_uri are required")
	}
	subject, refresh, err := s.takeCode(ctx, client, form)
	if err != nil {
		return tokenResponse{}, err
	}
	response, err := s.respond(ctx, subject, refresh)
	if err != nil {
		return tokenResponse{}, err
	}
	s.log.InfoContext(ctx, "tokens issued", "grant", "authorization_code", "client", client.ID, "sub", subject.User.Sub)
	return response, nil
}

// takeCode uses a code up and files the sign-in and its refresh token, in one step.
// The code is gone before anything about it is judged: a stolen code gets one guess
// at the verifier, and of two racing requests one finds it. A second use means that
// two parties have the code, and the server cannot know which of them is the client: the
// tokens of the first are revoked too (RFC 6749 §4.1.2).
func (s *Server) takeCode(ctx context.Context, client app, form url.Values) (subject issuer.Subject, refresh string, err error) {
	var refused error // what is decided in the transaction is kept, whatever the answer
	err = s.store.Update(ctx, func(tx store.Tx) error {
		code, err := directory.TakeCode(tx, form.Get("code"))
		switch {
		case errors.Is(err, store.ErrNotFound):
			refused = refuse(codeInvalidGrant, "unknown code")
			return nil
		case errors.Is(err, directory.ErrCodeUsed):
			refused = refuse(codeInvalidGrant, "the code was used before; its refresh tokens are revoked")
			return s.revokeReplayed(tx, code)
		case err != nil:
			return fmt.Errorf("taking a code: %w", err)
		}
		if refused = s.checkCode(code, client, form); refused != nil {
			return nil //nolint:nilerr // the code is used up: what was written stays
		}
		subject, err = authflow.SubjectOf(tx, client.pool, client.Client, code.SignIn)
		if errors.Is(err, authflow.ErrNoUser) || errors.Is(err, authflow.ErrDisabled) {
			refused = refuse(codeInvalidGrant, "the user is gone")
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the user: %w", err)
		}
		if code.SignIn.Revoked(subject.User) {
			refused = refuse(codeInvalidGrant, "the user has signed out everywhere since")
			return nil
		}
		subject.Nonce = code.Nonce
		// The refresh token's life begins with it, not with the password.
		subject.SignIn.ExpiresAt = s.now().Add(client.RefreshValidity)
		refresh, err = s.signIns.Keep(tx, subject.SignIn, true)
		return err
	})
	return subject, refresh, errors.Join(err, refused)
}

func (s *Server) revokeReplayed(tx store.Tx, code directory.Code) error {
	signIn, err := directory.GetSignIn(tx, code.SignIn.OriginJTI)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.signIns.RevokeSignIn(tx, signIn)
}

func (s *Server) checkCode(code directory.Code, client app, form url.Values) error {
	switch {
	case !s.now().Before(code.ExpiresAt):
		return refuse(codeInvalidGrant, "the code has expired")
	case code.SignIn.ClientID != client.ID:
		return refuse(codeInvalidGrant, "the code is another client's")
	case code.RedirectURI != form.Get("redirect_uri"):
		return refuse(codeInvalidGrant, "redirect_uri differs from the authorization request's")
	case !verifierMatches(form.Get("code_verifier"), code.Challenge):
		return refuse(codeInvalidGrant, "code_verifier does not match")
	}
	return nil
}

// verifierMatches is RFC 7636 §4.6 with S256. A verifier without a challenge is
// refused too: it means that an attacker removed the challenge on the way
// (RFC 9700 §2.1.1, PKCE downgrade).
func verifierMatches(verifier, challenge string) bool {
	if challenge == "" || verifier == "" {
		return challenge == verifier
	}
	if !codeVerifier.MatchString(verifier) {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(s256(verifier)), []byte(challenge)) == 1
}

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
