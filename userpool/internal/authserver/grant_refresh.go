package authserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
)

// exchangeRefreshToken is the refresh grant (RFC 6749 §6). It returns a refresh
// token only where the client has rotation on, and no nonce in the ID token.
func (s *Server) exchangeRefreshToken(ctx context.Context, client app, form url.Values) (tokenResponse, error) {
	raw := form.Get("refresh_token")
	if raw == "" {
		return tokenResponse{}, refuse(codeInvalidRequest, "refresh_token is required")
	}
	var scopes []string
	refreshed, err := s.signIns.Refresh(ctx, client.pool, client.Client, raw, func(subject issuer.Subject) error {
		var ok bool
		if scopes, ok = grantScopes(form.Get("scope"), subject.SignIn.Scopes); !ok {
			return refuse(codeInvalidScope, "scope goes beyond the sign-in's")
		}
		return nil
	})
	for _, known := range []error{
		authflow.ErrRefreshInvalid, authflow.ErrRefreshExpired, authflow.ErrRefreshReplaced, authflow.ErrRefreshRevoked,
		authflow.ErrNoUser, authflow.ErrDisabled,
	} {
		if errors.Is(err, known) {
			return tokenResponse{}, refuse(codeInvalidGrant, known.Error())
		}
	}
	if refusal := new(tokenError); errors.As(err, &refusal) {
		return tokenResponse{}, err
	}
	if err != nil {
		return tokenResponse{}, fmt.Errorf("refreshing: %w", err)
	}
	refreshed.Subject.SignIn.Scopes = scopes
	response, err := s.respond(ctx, refreshed.Subject, refreshed.Next)
	if err != nil {
		return tokenResponse{}, err
	}
	s.log.InfoContext(ctx, "tokens issued", "grant", "refresh_token", "client", client.ID, "sub", refreshed.Subject.User.Sub)
	return response, nil
}
