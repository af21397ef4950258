package authserver

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/address"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
)

// tokenResponse is the token endpoint's answer (RFC 6749 §5.1), members in
// Cognito's order.
type tokenResponse struct {
	IDToken      string `json:"id_token,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int64  `json:"expires_in"`
	TokenType    string `json:"token_type"`
}

// respond signs the tokens of a subject; an ID token is due with the scope openid.
func (s *Server) respond(ctx context.Context, subject issuer.Subject, refresh string) (tokenResponse, error) {
	subject.AccessTokenHash = true
	tokens, err := s.signIns.Issue(ctx, subject, issuer.WantsID(subject.SignIn.Scopes), refresh)
	if err != nil {
		return tokenResponse{}, err
	}
	return tokenResponse{
		IDToken: tokens.ID, AccessToken: tokens.Access, RefreshToken: tokens.Refresh,
		ExpiresIn: seconds(subject.Client.AccessValidity), TokenType: "Bearer",
	}, nil
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// goodResource reports whether Cognito binds a token to a resource indicator (RFC 8707 §2):
// an absolute URL without a fragment, with https, with an application's own scheme, or with
// http and the host localhost. Other loopback hosts are not in Cognito's rule.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
func goodResource(resource string) bool {
	u, err := url.Parse(resource)
	switch {
	case err != nil || !u.IsAbs() || strings.ContainsAny(resource, "# \t\r\n") || len(resource) > 1024:
		return false
	case u.Scheme == "http" || u.Scheme == "https":
		_, reason := address.Parse(resource, address.Rules{PathAndQuery: true})
		return reason == "" && (u.Scheme == "https" || u.Hostname() == "localhost")
	default:
		return u.Host != "" || u.Opaque != "" || u.Path != ""
	}
}
