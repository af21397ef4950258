package api

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
)

// initiateAuthInput is the request of InitiateAuth, and with UserPoolID that of
// AdminInitiateAuth. Members that are missing here change nothing.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
type initiateAuthInput struct {
	signingInput
	AuthFlow       string
	AuthParameters map[string]string
}

// authFlows are the values of AuthFlowType.
var authFlows = []string{
	"USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
	"ADMIN_USER_PASSWORD_AUTH", "USER_AUTH",
}

func (a *API) initiateAuth(ctx context.Context, in initiateAuthInput, admin bool) (*authOutput, error) {
	c := in.check(admin)
	c.requiredOf("authFlow", in.AuthFlow, authFlows...)
	c.parameters("authParameters", in.AuthParameters)
	s, err := a.signing(ctx, c, in.signingInput, admin, in.AuthParameters)
	if err != nil {
		return nil, err
	}
	out, err := s.initiate(ctx, in.AuthFlow, admin)
	return out, authError(s.client, err)
}

func (s *signing) initiate(ctx context.Context, flow string, admin bool) (*authOutput, error) {
	switch flow {
	case "ADMIN_NO_SRP_AUTH":
		flow = "ADMIN_USER_PASSWORD_AUTH"
	case "REFRESH_TOKEN":
		flow = "REFRESH_TOKEN_AUTH"
	}
	// Each of the two plain password flows is of one action only.
	if admin && flow == "USER_PASSWORD_AUTH" || !admin && flow == "ADMIN_USER_PASSWORD_AUTH" {
		return nil, invalidParameter("Initiate Auth method not supported.")
	}
	if !s.client.AllowsAuth(flow) {
		return nil, flowNotEnabled(flow)
	}
	switch flow {
	case "REFRESH_TOKEN_AUTH":
		return s.refresh(ctx)
	case "CUSTOM_AUTH":
		return nil, invalidParameter("Custom auth lambda trigger is not configured for the user pool.")
	}
	name, err := s.username()
	if err != nil {
		return nil, err
	}
	switch flow {
	case "USER_SRP_AUTH":
		return s.beginSRP(ctx, name)
	case "USER_AUTH":
		return s.choose(ctx, name)
	}
	return s.password(ctx, name)
}

// username returns USERNAME of the request and checks SECRET_HASH against it.
func (s *signing) username() (string, error) {
	name, err := parameter(s.values, "USERNAME")
	if err != nil {
		return "", err
	}
	return name, checkSecretHash(s.client, name, s.values["SECRET_HASH"])
}

// password signs in with a password that is sent as it is.
func (s *signing) password(ctx context.Context, name string) (*authOutput, error) {
	password, err := parameter(s.values, "PASSWORD")
	if err != nil {
		return nil, err
	}
	u, err := s.SignIns.CheckPassword(ctx, s.pool, name, password)
	if err != nil {
		return nil, err
	}
	step, err := s.SignIns.Next(ctx, s.pool, s.client, u, authflow.MethodPassword)
	return s.proceed(ctx, step, err)
}

// beginSRP answers SRP_A with PASSWORD_VERIFIER. There is no Session: the
// SECRET_BLOCK stands for the handshake, as with Cognito.
// https://github.com/ministackorg/ministack/pull/1758
func (s *signing) beginSRP(ctx context.Context, name string) (*authOutput, error) {
	publicA, err := parameter(s.values, "SRP_A")
	if err != nil {
		return nil, err
	}
	begun, err := s.SignIns.BeginSRP(ctx, s.pool, s.client, name, publicA)
	if err != nil {
		return nil, err
	}
	return &authOutput{
		ChallengeName: authflow.ChallengeSRP,
		ChallengeParameters: map[string]string{
			"SALT": begun.Salt, "SECRET_BLOCK": begun.Block, "SRP_B": begun.B,
			"USERNAME": begun.User, "USER_ID_FOR_SRP": begun.User,
		},
	}, nil
}

// availableChallenges are the first factors that there are here.
var availableChallenges = []string{"PASSWORD", "PASSWORD_SRP"}

// choose is USER_AUTH: the user names the first factor, now or when asked. A
// preference that the user cannot have is answered with the choice too.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html#authentication-flows-selection-choice
func (s *signing) choose(ctx context.Context, name string) (*authOutput, error) {
	switch s.values["PREFERRED_CHALLENGE"] {
	case "PASSWORD":
		return s.password(ctx, name)
	case "PASSWORD_SRP":
		out, err := s.beginSRP(ctx, name)
		return s.withSession(out), err
	case "", "WEB_AUTHN", "EMAIL_OTP", "SMS_OTP":
	default:
		return nil, invalidParameter("PREFERRED_CHALLENGE is not a valid challenge.") // a guess
	}
	session, err := s.SignIns.BeginChoice(ctx, s.pool, s.client, name)
	if err != nil {
		return nil, err
	}
	return &authOutput{
		ChallengeName: authflow.ChallengeSelect, Session: session,
		ChallengeParameters: map[string]string{"USERNAME": name}, AvailableChallenges: availableChallenges,
	}, nil
}

// withSession adds to a PASSWORD_VERIFIER of USER_AUTH the Session that such
// clients look for. It stands for nothing: SECRET_BLOCK does.
func (s *signing) withSession(out *authOutput) *authOutput {
	if out != nil {
		out.Session = s.Random.Text(96)
	}
	return out
}
