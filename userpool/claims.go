package userpool

import (
	"context"
	"slices"
	"strings"
	"time"
)

// grant is what one sign-in gave one app client. The code hands it to the refresh
// token, so that auth_time, origin_jti and event_id are those of the sign-in in
// every later token.
type grant struct {
	PoolID    string
	ClientID  string
	Username  string
	Sub       string
	Scopes    []string
	AuthTime  time.Time
	OriginJTI string
	EventID   string
}

// tokenResponse is the token endpoint's answer (RFC 6749 §5.1), members in
// Cognito's order.
type tokenResponse struct {
	IDToken      string `json:"id_token,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int64  `json:"expires_in"`
	TokenType    string `json:"token_type"`
}

// userTokens issues the tokens of g to client: an access token and, with the
// scope openid, an ID token. An empty nonce leaves the claim out.
func (s *Server) userTokens(ctx context.Context, client *appClient, g grant, a account, nonce string) (tokenResponse, error) {
	keys, err := client.pool.keys.signing(ctx)
	if err != nil {
		return tokenResponse{}, err
	}
	now := s.now()
	access, err := keys.access.sign(s.accessClaims(client, g, a, now))
	if err != nil {
		return tokenResponse{}, err
	}
	response := tokenResponse{
		AccessToken: access,
		ExpiresIn:   int64(client.AccessTokenValidity / time.Second),
		TokenType:   "Bearer",
	}
	if slices.Contains(g.Scopes, scopeOpenID) {
		c := s.idClaims(client, g, a, now)
		c["at_hash"] = accessTokenHash(access)
		if nonce != "" {
			c["nonce"] = nonce
		}
		if response.IDToken, err = keys.id.sign(c); err != nil {
			return tokenResponse{}, err
		}
	}
	return response, nil
}

// machineToken issues an access token that stands for client itself.
func (s *Server) machineToken(ctx context.Context, client *appClient, scopes []string) (tokenResponse, error) {
	keys, err := client.pool.keys.signing(ctx)
	if err != nil {
		return tokenResponse{}, err
	}
	c := s.baseClaims(client.pool, "access", s.now(), client.AccessTokenValidity)
	c["sub"] = client.ID
	c["client_id"] = client.ID
	c["scope"] = strings.Join(scopes, " ")
	c["version"] = 2
	access, err := keys.access.sign(c)
	if err != nil {
		return tokenResponse{}, err
	}
	return tokenResponse{
		AccessToken: access,
		ExpiresIn:   int64(client.AccessTokenValidity / time.Second),
		TokenType:   "Bearer",
	}, nil
}

func (s *Server) baseClaims(p *pool, use string, now time.Time, validity time.Duration) claims {
	return claims{
		"iss":       p.issuer,
		"token_use": use,
		"jti":       s.random.uuid(),
		"iat":       now.Unix(),
		"exp":       now.Add(validity).Unix(),
	}
}

func (s *Server) signInClaims(p *pool, use string, g grant, a account, now time.Time, validity time.Duration) claims {
	c := s.baseClaims(p, use, now, validity)
	c["sub"] = a.Sub
	c["auth_time"] = g.AuthTime.Unix()
	c["origin_jti"] = g.OriginJTI
	c["event_id"] = g.EventID
	if len(a.Groups) > 0 {
		c["cognito:groups"] = a.Groups
	}
	return c
}

func (s *Server) accessClaims(client *appClient, g grant, a account, now time.Time) claims {
	c := s.signInClaims(client.pool, "access", g, a, now, client.AccessTokenValidity)
	c["client_id"] = client.ID
	c["username"] = a.Username
	c["scope"] = strings.Join(g.Scopes, " ")
	c["version"] = 2
	return c
}

func (s *Server) idClaims(client *appClient, g grant, a account, now time.Time) claims {
	c := s.signInClaims(client.pool, "id", g, a, now, client.IDTokenValidity)
	c["aud"] = client.ID
	c["cognito:username"] = a.Username
	for name, value := range a.Attributes {
		if !attributeVisible(name, g.Scopes) {
			continue
		}
		switch name {
		case "email_verified", "phone_number_verified":
			c[name] = value == "true"
		default:
			c[name] = value
		}
	}
	return c
}

// attributeVisible follows AWS's table of scopes: openid alone shows every
// attribute, and so does profile; email and phone narrow it to their own.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
func attributeVisible(name string, scopes []string) bool {
	email, phone := slices.Contains(scopes, scopeEmail), slices.Contains(scopes, scopePhone)
	if slices.Contains(scopes, scopeProfile) || !email && !phone {
		return true
	}
	return email && (name == "email" || name == "email_verified") ||
		phone && (name == "phone_number" || name == "phone_number_verified")
}
