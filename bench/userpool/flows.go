package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// The names of flows. Those of lines for scripts are made of them.
const (
	flowPassword   = "password"
	flowSRP        = "srp"
	flowCode       = "code"
	flowRefresh    = "refresh"
	flowRefreshAPI = "refresh api"
	flowMachine    = "machine"
)

// A flow is a way to tokens.
type flow struct {
	name string
	// signatures are those that it must make.
	signatures int
	steps      []step
}

// A step is what all sign-ins of a turn have done before any takes the next one.
type step struct {
	own bool // the client's own arithmetic, of which the server has no part
	do  func(ctx context.Context, t *target, v *visit) error
}

// A visit is one sign-in under way.
type visit struct {
	tokens tokens
	srp    struct {
		client    srpClient
		challenge map[string]string
		proof     srpProof
	}
}

// tokens are what a flow ends with.
type tokens struct{ access, id, refresh string }

var errNoTokens = errors.New("an answer without its tokens")

// ownFlows are those of Poolguard.
func ownFlows() []flow {
	return []flow{
		{flowPassword, 2, []step{{do: signInByPassword}}},
		{flowSRP, 2, []step{{own: true, do: makePublic}, {do: beginSRP}, {own: true, do: proveSRP}, {do: finishSRP}}},
		{flowCode, 2, []step{{do: signInByPages}}},
		{flowRefresh, 2, []step{{do: refreshByOAuth}}},
		{flowRefreshAPI, 2, []step{{do: refreshByAPI}}},
		{flowMachine, 1, []step{{do: machineToken}}},
	}
}

// authAnswer is the answer of the API to most of its sign-in actions.
type authAnswer struct {
	ChallengeName        string
	ChallengeParameters  map[string]string
	AuthenticationResult struct {
		AccessToken, RefreshToken string
		IDToken                   string `json:"IdToken"`
	}
}

func (a *authAnswer) tokens() (tokens, error) {
	got := tokens{a.AuthenticationResult.AccessToken, a.AuthenticationResult.IDToken, a.AuthenticationResult.RefreshToken}
	return got, got.check()
}

func (t tokens) check() error {
	if t.access == "" || t.id == "" {
		return errNoTokens
	}
	return nil
}

func initiate(ctx context.Context, t *target, flow string, parameters map[string]string) (authAnswer, error) {
	var answer authAnswer
	input := map[string]any{"ClientId": t.clientID, "AuthFlow": flow, "AuthParameters": parameters}
	err := t.call(ctx, "InitiateAuth", input, &answer)
	return answer, err
}

func signInByPassword(ctx context.Context, t *target, v *visit) error {
	answer, err := initiate(ctx, t, "USER_PASSWORD_AUTH", map[string]string{"USERNAME": t.username, "PASSWORD": t.password})
	if err != nil {
		return err
	}
	v.tokens, err = answer.tokens()
	return err
}

func makePublic(_ context.Context, _ *target, v *visit) (err error) {
	v.srp.client, err = newSRPClient()
	return err
}

func beginSRP(ctx context.Context, t *target, v *visit) error {
	answer, err := initiate(ctx, t, "USER_SRP_AUTH", map[string]string{"USERNAME": t.username, "SRP_A": v.srp.client.publicHex()})
	v.srp.challenge = answer.ChallengeParameters
	if err == nil && answer.ChallengeName != "PASSWORD_VERIFIER" {
		return fmt.Errorf("challenge %q", answer.ChallengeName)
	}
	return err
}

func proveSRP(_ context.Context, t *target, v *visit) (err error) {
	v.srp.proof, err = v.srp.client.prove(t.poolID, t.password, v.srp.challenge)
	return err
}

func finishSRP(ctx context.Context, t *target, v *visit) error {
	var answer authAnswer
	err := t.call(ctx, "RespondToAuthChallenge", map[string]any{
		"ClientId": t.clientID, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": map[string]string{
			"USERNAME": v.srp.challenge["USER_ID_FOR_SRP"], "PASSWORD_CLAIM_SECRET_BLOCK": v.srp.challenge["SECRET_BLOCK"],
			"TIMESTAMP": v.srp.proof.timestamp, "PASSWORD_CLAIM_SIGNATURE": v.srp.proof.signature,
		},
	}, &answer)
	if err != nil {
		return err
	}
	v.tokens, err = answer.tokens()
	return err
}

func refreshByOAuth(ctx context.Context, t *target, v *visit) (err error) {
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {t.clientID}, "refresh_token": {t.refresh}}
	if v.tokens, err = t.token(ctx, form, ""); err != nil {
		return err
	}
	return v.tokens.check()
}

func refreshByAPI(ctx context.Context, t *target, v *visit) error {
	var answer authAnswer
	input := map[string]string{"ClientId": t.clientID, "RefreshToken": t.refresh}
	if err := t.call(ctx, "GetTokensFromRefreshToken", input, &answer); err != nil {
		return err
	}
	var err error
	v.tokens, err = answer.tokens()
	return err
}

// refreshByInitiateAuth is for servers without GetTokensFromRefreshToken.
func refreshByInitiateAuth(ctx context.Context, t *target, v *visit) error {
	answer, err := initiate(ctx, t, "REFRESH_TOKEN_AUTH", map[string]string{"REFRESH_TOKEN": t.refresh})
	if err != nil {
		return err
	}
	v.tokens, err = answer.tokens()
	return err
}

func machineToken(ctx context.Context, t *target, v *visit) (err error) {
	v.tokens, err = t.token(ctx, url.Values{"grant_type": {"client_credentials"}, "client_id": {ownMachine}}, ownSecret)
	if err == nil && v.tokens.access == "" {
		return errNoTokens
	}
	return err
}
