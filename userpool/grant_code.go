package userpool

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"
)

// codeVerifier is the form of RFC 7636 §4.1.
var codeVerifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// exchangeCode is the authorization code grant (RFC 6749 §4.1.3).
func (s *Server) exchangeCode(ctx context.Context, client *appClient, form url.Values) (tokenResponse, error) {
	if !client.allows(FlowCode) {
		return tokenResponse{}, refuse(codeUnauthorizedClient, "the client may not use codes")
	}
	if form.Get("code") == "" || form.Get("redirect_uri") == "" {
		return tokenResponse{}, refuse(codeInvalidRequest, "code and redirect_uri are required")
	}
	// The code is used up before anything about it is judged: a stolen code gets one
	// guess at the verifier, and of two racing requests one finds it. A second use
	// means that two parties have the code, and which of them is the client nobody
	// can tell: the refresh tokens of the first end too (RFC 6749 §4.1.2). Access
	// tokens cannot be called back.
	codeID := digestOf(form.Get("code"))
	code, err := s.store.TakeCode(ctx, codeID)
	switch {
	case errors.Is(err, errNotFound):
		return tokenResponse{}, refuse(codeInvalidGrant, "unknown code")
	case errors.Is(err, errUsed):
		return tokenResponse{}, refuse(codeInvalidGrant, "the code was used before; its refresh tokens are revoked")
	case err != nil:
		return tokenResponse{}, fmt.Errorf("taking a code: %w", err)
	}
	switch {
	case !s.now().Before(code.ExpiresAt):
		return tokenResponse{}, refuse(codeInvalidGrant, "the code has expired")
	case code.ClientID != client.ID:
		return tokenResponse{}, refuse(codeInvalidGrant, "the code is another client's")
	case code.RedirectURI != form.Get("redirect_uri"):
		return tokenResponse{}, refuse(codeInvalidGrant, "redirect_uri differs from the authorization request's")
	case !verifierMatches(form.Get("code_verifier"), code.Challenge):
		return tokenResponse{}, refuse(codeInvalidGrant, "code_verifier does not match")
	}
	found, err := s.accountOf(ctx, code.PoolID, code.Username, code.Sub)
	if errors.Is(err, errNotFound) {
		return tokenResponse{}, refuse(codeInvalidGrant, "the user is gone")
	}
	if err != nil {
		return tokenResponse{}, fmt.Errorf("reading the account: %w", err)
	}
	response, err := s.userTokens(ctx, client, code.grant, found, code.Nonce)
	if err != nil {
		return tokenResponse{}, err
	}
	response.RefreshToken = s.newRefreshToken()
	err = s.store.PutRefreshToken(ctx, codeID, digestOf(response.RefreshToken), refreshToken{
		grant:     code.grant,
		ExpiresAt: s.now().Add(client.RefreshTokenValidity),
	})
	if errors.Is(err, errUsed) {
		return tokenResponse{}, refuse(codeInvalidGrant, "the code was used again meanwhile")
	}
	if err != nil {
		return tokenResponse{}, fmt.Errorf("keeping a refresh token: %w", err)
	}
	s.log.InfoContext(ctx, "tokens issued", "grant", "authorization_code", "client", client.ID, "sub", found.Sub)
	return response, nil
}

// verifierMatches is RFC 7636 §4.6 with S256. A verifier without a challenge is
// refused too: it means that somebody removed the challenge on the way
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
