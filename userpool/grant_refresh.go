package userpool

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
)

// exchangeRefreshToken is the refresh grant (RFC 6749 §6). It returns a refresh
// token only where the client has rotation on, and no nonce in the ID token.
func (s *Server) exchangeRefreshToken(ctx context.Context, client *appClient, form url.Values) (tokenResponse, error) {
	raw := form.Get("refresh_token")
	if raw == "" {
		return tokenResponse{}, refuse(codeInvalidRequest, "refresh_token is required")
	}
	token, err := s.store.RefreshToken(ctx, digestOf(raw))
	if errors.Is(err, errNotFound) {
		return tokenResponse{}, refuse(codeInvalidGrant, "unknown refresh token")
	}
	if err != nil {
		return tokenResponse{}, fmt.Errorf("reading a refresh token: %w", err)
	}
	now := s.now()
	switch {
	case token.ClientID != client.ID:
		return tokenResponse{}, refuse(codeInvalidGrant, "the refresh token is another client's")
	case !now.Before(token.ExpiresAt):
		return tokenResponse{}, refuse(codeInvalidGrant, "the refresh token has expired")
	case !token.replaceable(now, client.RefreshRotation.Grace):
		return tokenResponse{}, refuse(codeInvalidGrant, "the refresh token was replaced")
	}
	narrowed := token.grant
	var ok bool
	if narrowed.Scopes, ok = grantScopes(form.Get("scope"), token.Scopes); !ok {
		return tokenResponse{}, refuse(codeInvalidScope, "scope goes beyond the sign-in's")
	}
	found, err := s.accountOf(ctx, token.PoolID, token.Username, token.Sub)
	if errors.Is(err, errNotFound) {
		return tokenResponse{}, refuse(codeInvalidGrant, "the user is gone")
	}
	if err != nil {
		return tokenResponse{}, fmt.Errorf("reading the account: %w", err)
	}
	response, err := s.userTokens(ctx, client, narrowed, found, "")
	if err != nil {
		return tokenResponse{}, err
	}
	if client.RefreshRotation.Enabled {
		if response.RefreshToken, err = s.replaceRefreshToken(ctx, client, raw, token); err != nil {
			return tokenResponse{}, err
		}
	}
	s.log.InfoContext(ctx, "tokens issued", "grant", "refresh_token", "client", client.ID, "sub", found.Sub)
	return response, nil
}

// replaceRefreshToken gives the sign-in a new token for what is left of its
// life. The store decides a race: the check above was only the early answer.
func (s *Server) replaceRefreshToken(ctx context.Context, client *appClient, raw string, old refreshToken) (string, error) {
	next := s.newRefreshToken()
	err := s.store.ReplaceRefreshToken(ctx, digestOf(raw), s.now(), client.RefreshRotation.Grace,
		digestOf(next), refreshToken{grant: old.grant, ExpiresAt: old.ExpiresAt})
	if errors.Is(err, errReplaced) || errors.Is(err, errNotFound) {
		return "", refuse(codeInvalidGrant, "the refresh token was replaced")
	}
	if err != nil {
		return "", fmt.Errorf("replacing a refresh token: %w", err)
	}
	return next, nil
}

// refreshTokenHeader is that of Cognito's refresh tokens, to the byte.
const refreshTokenHeader = `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`

// newRefreshToken returns an opaque token in the shape of a compact JWE (RFC
// 7516 §3.1) with parts of the usual lengths: wrapped key, nonce, ciphertext,
// tag. All of it is random. What it stands for is in the store, so that there is
// nothing to decrypt and nothing to forge.
func (s *Server) newRefreshToken() string {
	return base64.RawURLEncoding.EncodeToString([]byte(refreshTokenHeader)) +
		"." + s.random.text(256) + "." + s.random.text(12) + "." + s.random.text(768) + "." + s.random.text(16)
}
