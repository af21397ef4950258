package api

import (
	"context"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
)

// respondInput is the request of RespondToAuthChallenge, and with UserPoolID that
// of AdminRespondToAuthChallenge.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
type respondInput struct {
	signingInput
	ChallengeName      string
	ChallengeResponses map[string]string
}

// challengeNames are the values of ChallengeNameType.
var challengeNames = []string{
	"SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "PASSWORD_VERIFIER", "CUSTOM_CHALLENGE",
	"SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "ADMIN_NO_SRP_AUTH", "NEW_PASSWORD_REQUIRED", "SMS_OTP",
	"PASSWORD", "WEB_AUTHN", "PASSWORD_SRP",
}

func (a *API) respondToAuthChallenge(ctx context.Context, in respondInput, admin bool) (*authOutput, error) {
	c := in.check(admin)
	c.requiredOf("challengeName", in.ChallengeName, challengeNames...)
	c.parameters("challengeResponses", in.ChallengeResponses)
	s, err := a.signing(ctx, c, in.signingInput, admin, in.ChallengeResponses)
	if err != nil {
		return nil, err
	}
	out, err := s.respond(ctx, in.ChallengeName, in.Session)
	return out, authError(s.client, err)
}

// respond answers a challenge. The order of the checks, missing parameters before
// SECRET_HASH before the session, is a guess.
func (s *signing) respond(ctx context.Context, challenge, session string) (*authOutput, error) {
	name, err := s.username()
	if err != nil {
		return nil, err
	}
	if challenge == authflow.ChallengeSRP {
		return s.answerSRP(ctx, name)
	}
	if session == "" {
		return nil, invalidParameter("Missing required parameter Session")
	}
	by := authflow.Answer{Session: session, Username: name}
	switch challenge {
	case authflow.ChallengeNewPassword:
		return s.answerNewPassword(ctx, by)
	case authflow.ChallengeTOTP:
		code, err := parameter(s.values, "SOFTWARE_TOKEN_MFA_CODE")
		if err != nil {
			return nil, err
		}
		step, err := s.SignIns.AnswerTOTP(ctx, s.client, by, code)
		return s.proceed(ctx, step, err)
	case authflow.ChallengeMFASetup:
		step, err := s.SignIns.AnswerMFASetup(ctx, s.client, by)
		return s.proceed(ctx, step, err)
	case authflow.ChallengeSelect:
		answer, err := parameter(s.values, "ANSWER")
		if err != nil {
			return nil, err
		}
		return s.answerChoice(ctx, session, name, answer)
	case "PASSWORD", "PASSWORD_SRP":
		return s.answerChoice(ctx, session, name, challenge)
	}
	// A challenge that this server does not make.
	return nil, authflow.ErrSessionInvalid
}

func (s *signing) answerSRP(ctx context.Context, name string) (*authOutput, error) {
	values, err := parametersOf(s.values, "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP")
	if err != nil {
		return nil, err
	}
	u, err := s.SignIns.AnswerSRP(ctx, s.client, authflow.Proof{
		Username: name, Block: values[0], Signature: values[1], Timestamp: values[2],
	})
	if err != nil {
		return nil, err
	}
	step, err := s.SignIns.Next(ctx, s.pool, s.client, u, authflow.MethodPassword)
	return s.proceed(ctx, step, err)
}

func (s *signing) answerNewPassword(ctx context.Context, by authflow.Answer) (*authOutput, error) {
	password, err := parameter(s.values, "NEW_PASSWORD")
	if err != nil {
		return nil, err
	}
	attributes := map[string]string{}
	for key, value := range s.values {
		if attribute, ok := strings.CutPrefix(key, "userAttributes."); ok {
			attributes[attribute] = value
		}
	}
	step, err := s.SignIns.AnswerNewPassword(ctx, s.client, by, password, attributes)
	return s.proceed(ctx, step, err)
}

// answerChoice goes on with the first factor that was chosen.
func (s *signing) answerChoice(ctx context.Context, session, name, answer string) (*authOutput, error) {
	missing := map[string]string{"PASSWORD": "PASSWORD", "PASSWORD_SRP": "SRP_A"}[answer]
	if missing == "" {
		return nil, invalidParameter("The selected challenge is not available for the user.") // a guess
	}
	if _, err := parameter(s.values, missing); err != nil {
		return nil, err
	}
	// The name that the choice was begun with, since it has the same user.
	name, err := s.SignIns.TakeChoice(ctx, s.client, session, name)
	if err != nil {
		return nil, err
	}
	if answer == "PASSWORD" {
		return s.password(ctx, name)
	}
	out, err := s.beginSRP(ctx, name)
	return s.withSession(out), err
}
