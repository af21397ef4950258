package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
)

// refresh is REFRESH_TOKEN_AUTH: new tokens, but no refresh token.
func (s *signing) refresh(ctx context.Context) (*authOutput, error) {
	if s.client.Rotation {
		// That Cognito refuses it is documented, not in which words: a guess.
		// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
		return nil, flowNotEnabled("REFRESH_TOKEN_AUTH")
	}
	token, err := parameter(s.values, "REFRESH_TOKEN")
	if err != nil {
		return nil, err
	}
	hash := s.values["SECRET_HASH"]
	result, err := s.refreshed(ctx, token, func(subject issuer.Subject) error {
		// There is no USERNAME in this request. Clients that make the hash of an
		// alias get the error that it does not match:
		// https://github.com/aws/aws-sdk-net-extensions-cognito/issues/122
		err := checkSecretHashOfAny(s.client, hash, subject.User.Username, subject.User.Sub)
		if err != nil && s.client.Secret != "" && hash != "" {
			return notAuthorized("SecretHash does not match for the client: " + s.client.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &authOutput{ChallengeParameters: map[string]string{}, AuthenticationResult: result}, nil
}

func (s *signing) refreshed(ctx context.Context, token string, check func(issuer.Subject) error) (*authResult, error) {
	refreshed, err := s.SignIns.Refresh(ctx, s.pool, s.client, token, check)
	if errors.Is(err, authflow.ErrNoUser) && s.client.HideUnknownUsers {
		return nil, authflow.ErrRefreshInvalid
	}
	if err != nil {
		return nil, err
	}
	// A sign-in of the hosted pages may have had no ID token, and gets none here.
	scopes := refreshed.Subject.SignIn.Scopes
	withID := issuer.WantsID(scopes) || slices.Contains(scopes, scopeAPI)
	tokens, err := s.SignIns.Issue(ctx, refreshed.Subject, withID, refreshed.Next)
	if err != nil {
		return nil, err
	}
	return resultOf(s.client, tokens), nil
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
type getTokensInput struct {
	RefreshToken string
	ClientID     string `json:"ClientId"`
	ClientSecret string
}

type getTokensOutput struct{ AuthenticationResult *authResult }

// getTokensFromRefreshToken is for clients of every kind, whatever their AuthFlows:
// Amplify calls it after a sign-in by the hosted pages too.
func (a *API) getTokensFromRefreshToken(ctx context.Context, in getTokensInput) (*getTokensOutput, error) {
	var c constraints
	c.required("refreshToken", in.RefreshToken, tokenShape)
	c.required("clientId", in.ClientID, clientIDShape)
	c.optional("clientSecret", in.ClientSecret, clientSecretShape)
	if err := c.err(); err != nil {
		return nil, err
	}
	pool, client, err := a.authClient(ctx, "", in.ClientID)
	if err != nil {
		return nil, err
	}
	if err := checkClientSecret(client, in.ClientSecret); err != nil {
		return nil, err
	}
	s := &signing{API: a, pool: pool, client: client}
	result, err := s.refreshed(ctx, in.RefreshToken, nil)
	if err != nil {
		return nil, authError(client, err)
	}
	return &getTokensOutput{result}, nil
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html
type revokeTokenInput struct {
	Token        string
	ClientID     string `json:"ClientId"`
	ClientSecret string
}

// revokeToken calls back a refresh token. All of its words are guesses; which
// exceptions there are is documented.
func (a *API) revokeToken(ctx context.Context, in revokeTokenInput) (empty, error) {
	var c constraints
	c.required("token", in.Token, tokenShape)
	c.required("clientId", in.ClientID, clientIDShape)
	c.optional("clientSecret", in.ClientSecret, clientSecretShape)
	if err := c.err(); err != nil {
		return empty{}, err
	}
	_, client, err := a.authClient(ctx, "", in.ClientID)
	if wrong := new(Error); errors.As(err, &wrong) {
		// The action has no ResourceNotFoundException.
		return empty{}, invalidParameter("%s", wrong.Message)
	}
	if err != nil {
		return empty{}, err
	}
	if err := checkClientSecret(client, in.ClientSecret); err != nil {
		return empty{}, unauthorized(err)
	}
	if client.NoRevocation {
		return empty{}, exception("UnsupportedOperationException", "Token revocation is not enabled for client %s", client.ID)
	}
	if isJWT(in.Token) {
		return empty{}, exception("UnsupportedTokenTypeException", "Only refresh tokens can be revoked")
	}
	return empty{}, a.SignIns.Revoke(ctx, client, in.Token)
}

// unauthorized is a NotAuthorizedException under the name that RevokeToken has for
// it.
func unauthorized(err error) error {
	if refusal := new(Error); errors.As(err, &refusal) {
		return exception("UnauthorizedException", "%s", refusal.Message)
	}
	return err
}

// isJWT distinguishes ID and access tokens from refresh tokens, which have five parts.
func isJWT(token string) bool { return strings.Count(token, ".") == 2 }
