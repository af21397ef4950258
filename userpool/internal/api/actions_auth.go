package api

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// scopeAPI is the one scope of access tokens that the API gives at sign-in.
const scopeAPI = "aws.cognito.signin.user.admin"

func (a *API) authActions() map[string]action {
	return map[string]action{
		"InitiateAuth": public(func(ctx context.Context, in initiateAuthInput) (*authOutput, error) {
			return a.initiateAuth(ctx, in, false)
		}),
		"AdminInitiateAuth": iam(func(ctx context.Context, in initiateAuthInput) (*authOutput, error) {
			return a.initiateAuth(ctx, in, true)
		}),
		"RespondToAuthChallenge": public(func(ctx context.Context, in respondInput) (*authOutput, error) {
			return a.respondToAuthChallenge(ctx, in, false)
		}),
		"AdminRespondToAuthChallenge": iam(func(ctx context.Context, in respondInput) (*authOutput, error) {
			return a.respondToAuthChallenge(ctx, in, true)
		}),
		"GetTokensFromRefreshToken": public(a.getTokensFromRefreshToken),
		"RevokeToken":               public(a.revokeToken),
		"GlobalSignOut":             public(a.globalSignOut),
		"AdminUserGlobalSignOut":    iam(a.adminUserGlobalSignOut),
		"AssociateSoftwareToken":    public(a.associateSoftwareToken),
		"VerifySoftwareToken":       public(a.verifySoftwareToken),
		"SetUserMFAPreference":      public(a.setUserMFAPreference),
		"AdminSetUserMFAPreference": iam(a.adminSetUserMFAPreference),
		"GetUserAuthFactors":        public(a.getUserAuthFactors),
	}
}

// authOutput is the answer of the four actions that sign in.
type authOutput struct {
	ChallengeName        string            `json:",omitempty"`
	Session              string            `json:",omitempty"`
	ChallengeParameters  map[string]string // {} where there is nothing to say
	AuthenticationResult *authResult       `json:",omitempty"`
	AvailableChallenges  []string          `json:",omitempty"`
}

// authResult is AuthenticationResultType.
type authResult struct {
	AccessToken  string
	ExpiresIn    int
	IDToken      string `json:"IdToken,omitempty"`
	RefreshToken string `json:",omitempty"`
	TokenType    string
}

func resultOf(client directory.Client, tokens authflow.Tokens) *authResult {
	return &authResult{
		AccessToken: tokens.Access, IDToken: tokens.ID, RefreshToken: tokens.Refresh,
		ExpiresIn: int(client.AccessValidity.Seconds()), TokenType: "Bearer",
	}
}

// authClient returns the client of a request and its pool; poolID is that of an
// admin's request, or "".
func (a *API) authClient(ctx context.Context, poolID, clientID string) (directory.Pool, directory.Client, error) {
	pool, client, err := a.SignIns.Client(ctx, clientID)
	if errors.Is(err, authflow.ErrNoClient) || err == nil && poolID != "" && client.PoolID != poolID {
		if poolID != "" {
			if _, err := a.poolOf(ctx, nil, poolID); err != nil {
				return pool, client, err
			}
		}
		return pool, client, noClient(clientID)
	}
	return pool, client, err
}

// signing is one request to sign in, or a step of it, once its client is known.
type signing struct {
	*API
	pool   directory.Pool
	client directory.Client
	values map[string]string // AuthParameters or ChallengeResponses
}

// signingInput is what the four actions that sign in ask for. UserPoolID is that of
// the two for administrators.
type signingInput struct {
	UserPoolID string `json:"UserPoolId"`
	ClientID   string `json:"ClientId"`
	Session    string
}

func (in *signingInput) check(admin bool) (c constraints) {
	if admin {
		c.required("userPoolId", in.UserPoolID, poolIDShape)
	}
	c.required("clientId", in.ClientID, clientIDShape)
	c.optional("session", in.Session, sessionShape)
	return c
}

// signing finds the client of a request that has passed its checks.
func (a *API) signing(ctx context.Context, c constraints, in signingInput, admin bool, values map[string]string) (*signing, error) {
	if err := c.err(); err != nil {
		return nil, err
	}
	if !admin {
		in.UserPoolID = ""
	}
	pool, client, err := a.authClient(ctx, in.UserPoolID, in.ClientID)
	return &signing{API: a, pool: pool, client: client, values: values}, err
}

// proceed answers with what is due after a password, or after a challenge: the next
// challenge, or the tokens.
func (s *signing) proceed(ctx context.Context, step authflow.Step, err error) (*authOutput, error) {
	if err != nil {
		return nil, err
	}
	if step.Challenge == "" {
		tokens, err := s.SignIns.Complete(ctx, s.pool, s.client, step, scopeAPI)
		if err != nil {
			return nil, err
		}
		return &authOutput{ChallengeParameters: map[string]string{}, AuthenticationResult: resultOf(s.client, tokens)}, nil
	}
	parameters, err := challengeParameters(s.pool, step)
	return &authOutput{ChallengeName: step.Challenge, Session: step.Session, ChallengeParameters: parameters}, err
}

// challengeParameters returns the ChallengeParameters of a challenge. Lists and objects in
// it are JSON within strings.
func challengeParameters(pool directory.Pool, step authflow.Step) (map[string]string, error) {
	parameters := map[string]string{"USER_ID_FOR_SRP": step.User.Username}
	switch step.Challenge {
	case authflow.ChallengeNewPassword:
		visible := step.User.Attributes
		if visible == nil {
			visible = map[string]string{}
		}
		lacking := []string{}
		for _, name := range attributes.Lacking(pool, step.User) {
			lacking = append(lacking, "userAttributes."+name) // clients cut the prefix off
		}
		for name, value := range map[string]any{"userAttributes": visible, "requiredAttributes": lacking} {
			b, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			parameters[name] = string(b)
		}
	case authflow.ChallengeMFASetup:
		parameters["MFAS_CAN_SETUP"] = `["SOFTWARE_TOKEN_MFA"]`
	}
	return parameters, nil
}
