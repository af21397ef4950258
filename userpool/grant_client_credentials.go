package userpool

import (
	"context"
	"net/url"
)

// exchangeClientCredentials is the machine grant (RFC 6749 §4.4). Without a
// scope parameter the token has all of the client's scopes. There is neither an
// ID token nor a refresh token.
func (s *Server) exchangeClientCredentials(ctx context.Context, client *appClient, form url.Values) (tokenResponse, error) {
	if !client.allows(FlowClientCredentials) {
		return tokenResponse{}, refuse(codeUnauthorizedClient, "the client may not use client_credentials")
	}
	scopes, ok := grantScopes(form.Get("scope"), client.Scopes)
	if !ok {
		return tokenResponse{}, refuse(codeInvalidScope, "the client is not allowed a requested scope")
	}
	response, err := s.machineToken(ctx, client, scopes)
	if err != nil {
		return tokenResponse{}, err
	}
	s.log.InfoContext(ctx, "tokens issued", "grant", "client_credentials", "client", client.ID)
	return response, nil
}
