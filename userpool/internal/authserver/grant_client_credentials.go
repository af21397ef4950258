package authserver

import (
	"context"
	"net/url"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// exchangeClientCredentials is the machine grant (RFC 6749 §4.4). Without a
// scope parameter the token has all of the client's scopes. There is neither an
// ID token nor a refresh token.
func (s *Server) exchangeClientCredentials(ctx context.Context, client app, form url.Values) (tokenResponse, error) {
	if !client.AllowsOAuth(directory.FlowClientCredentials) {
		return tokenResponse{}, refuse(codeUnauthorizedClient, "the client may not use client_credentials")
	}
	scopes, ok := grantScopes(form.Get("scope"), client.Scopes)
	if !ok {
		return tokenResponse{}, refuse(codeInvalidScope, "the client is not allowed a requested scope")
	}
	resource := form.Get("resource")
	if resource != "" && !goodResource(resource) {
		return tokenResponse{}, refuse(codeInvalidRequest, "resource is not an absolute URL without a fragment")
	}
	access, err := s.signIns.Issuer.Machine(ctx, client.Client, scopes, resource)
	if err != nil {
		return tokenResponse{}, err
	}
	response := tokenResponse{AccessToken: access, ExpiresIn: seconds(client.AccessValidity), TokenType: "Bearer"}
	s.log.InfoContext(ctx, "tokens issued", "grant", "client_credentials", "client", client.ID)
	return response, nil
}
