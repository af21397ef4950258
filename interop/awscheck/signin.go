package awscheck

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

var signInQuestions = []Question{
	{"sign-in/srp-a", decision6, "What does USER_SRP_AUTH answer to an SRP_A that is not a number of the group?", askSRP},
	{"sign-in/preferred-challenge", decision6, "What does USER_AUTH answer to an unknown PREFERRED_CHALLENGE, and to one that the user does not have?", askPreferred},
	{"sign-in/select-challenge", decision6, "What does SELECT_CHALLENGE answer to an unknown ANSWER?", askSelect},
	{"sign-in/order", decision6, "Which check is first: parameters, SECRET_HASH, user?", askOrder},
	{"sign-in/empty-member", decision6, "Does an empty member count as a missing one?", askEmpty},
	{"sign-in/password-spaces", decision6, "Can a password start or end with a space?", askSpaces},
	{"sign-in/past-password", decision6, "What does ChangePassword answer to a password that the user had before?", askPast},
	{"sign-in/wrong-types", decision6, "What does the JSON API answer to values of the wrong type and out of range?", askTypes},
	{"sign-in/large-bodies", decision6, "What does the JSON API answer to a body that is too large, and to one that is nested too deeply?", askBodies},
}

func (w *world) secretHash(name string) string {
	mac := hmac.New(sha256.New, []byte(w.secret))
	mac.Write([]byte(name + w.server))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func askSRP(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	var calls []namedCall
	for _, c := range []namedCall{{name: "0"}, {name: "xyz"}, {name: "-1"}} {
		_, c.err = w.initiate(ctx, w.web, types.AuthFlowTypeUserSrpAuth, map[string]string{"USERNAME": name, "SRP_A": c.name})
		calls = append(calls, c)
	}
	return outcomes(calls...)
}

func askPreferred(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	var calls []namedCall
	for _, c := range []namedCall{{name: "NONSENSE"}, {name: "WEB_AUTHN"}} {
		_, c.err = w.initiate(ctx, w.web, types.AuthFlowTypeUserAuth, map[string]string{"USERNAME": name, "PREFERRED_CHALLENGE": c.name})
		calls = append(calls, c)
	}
	return outcomes(calls...)
}

func askSelect(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	started, err := w.initiate(ctx, w.web, types.AuthFlowTypeUserAuth, map[string]string{"USERNAME": name})
	if err != nil {
		return "", err
	}
	_, err = w.answer(ctx, started, map[string]string{"USERNAME": name, "ANSWER": "NONSENSE"})
	said, err := outcome(err)
	return fmt.Sprintf("challenge %s, then %s", started.ChallengeName, said), err
}

func askOrder(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	call := func(label string, parameters map[string]string) namedCall {
		_, err := w.initiate(ctx, w.server, types.AuthFlowTypeUserPasswordAuth, parameters)
		return namedCall{label, err}
	}
	return outcomes(
		call("no password, wrong SECRET_HASH", map[string]string{"USERNAME": name, "SECRET_HASH": "d3Jvbmc="}),
		call("unknown user, wrong SECRET_HASH", map[string]string{"USERNAME": "nobody", "PASSWORD": password, "SECRET_HASH": "d3Jvbmc="}),
		call("no SECRET_HASH", map[string]string{"USERNAME": name, "PASSWORD": password}),
		call("wrong password, right SECRET_HASH", map[string]string{"USERNAME": name, "PASSWORD": other, "SECRET_HASH": w.secretHash(name)}),
	)
}

func askEmpty(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	_, empty := w.initiate(ctx, w.web, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name, "PASSWORD": ""})
	_, missing := w.initiate(ctx, w.web, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name})
	return outcomes(namedCall{"empty", empty}, namedCall{"missing", missing})
}

func askSpaces(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	var calls []namedCall
	for _, c := range []struct{ label, password string }{{"first", " " + other}, {"last", other + " "}, {"inside", "An0ther! check"}} {
		calls = append(calls, namedCall{c.label, second(w.API.AdminSetUserPassword(ctx, &idp.AdminSetUserPasswordInput{
			UserPoolId: &w.pool, Username: &name, Password: &c.password, Permanent: true,
		}))})
	}
	return outcomes(calls...)
}

func askPast(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	return outcome(second(w.API.ChangePassword(ctx, &idp.ChangePasswordInput{
		AccessToken: result.AccessToken, PreviousPassword: aws.String(password), ProposedPassword: aws.String(password),
	})))
}

// raw sends a call of the JSON API that needs no credentials, as it is.
func (w *world) raw(ctx context.Context, action, body string) (string, error) {
	address := "https://cognito-idp." + w.Region + ".amazonaws.com/"
	if w.LocalURL != "" {
		address = w.base + "/"
	}
	r, err := w.do(ctx, w.HTTP, http.MethodPost, address, body, http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AWSCognitoIdentityProviderService." + action},
	})
	if err != nil {
		return "", err
	}
	kind, _, _ := strings.Cut(r.header.Get("X-Amzn-Errortype"), ":")
	return fmt.Sprintf("status %d %s", r.status, kind), nil
}

func (w *world) rawCalls(ctx context.Context, bodies [][2]string) (string, error) {
	var said []string
	for _, b := range bodies {
		text, err := w.raw(ctx, "InitiateAuth", b[1])
		if err != nil {
			return "", err
		}
		said = append(said, b[0]+" → "+text)
	}
	return strings.Join(said, "; "), nil
}

func askTypes(ctx context.Context, w *world) (string, error) {
	return w.rawCalls(ctx, [][2]string{
		{"number for a string", `{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":1,"AuthParameters":{}}`},
		{"list for an object", `{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"` + w.web + `","AuthParameters":[]}`},
		{"number in a map of strings", `{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"` + w.web + `","AuthParameters":{"USERNAME":1}}`},
		{"unknown flow", `{"AuthFlow":"NONSENSE","ClientId":"` + w.web + `","AuthParameters":{}}`},
		{"unknown member", `{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"` + w.web + `","Nonsense":1}`},
		{"no JSON", `{`},
	})
}

func askBodies(ctx context.Context, w *world) (string, error) {
	return w.rawCalls(ctx, [][2]string{
		{"2 MiB", `{"ClientId":"` + strings.Repeat("x", 2<<20) + `"}`},
		{"10,000 levels", `{"ClientMetadata":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`},
	})
}

var refreshQuestions = []Question{
	{"refresh/rotated", decision6, "What does GetTokensFromRefreshToken answer to a refresh token that was replaced?", askRotated},
	{"refresh/flow-with-rotation", decision6, "What does REFRESH_TOKEN_AUTH answer for an app client with rotation?", askRotatedFlow},
	{"refresh/revoke", decision6, "What does RevokeToken answer to values that are not a refresh token of the app client?", askRevoke},
	{"refresh/client-secret", decision6, "What do GetTokensFromRefreshToken and RevokeToken answer to a wrong or missing client secret?", askSecrets},
}

func (w *world) refresh(ctx context.Context, client string, token, secret *string) (*idp.GetTokensFromRefreshTokenOutput, error) {
	return w.API.GetTokensFromRefreshToken(ctx, &idp.GetTokensFromRefreshTokenInput{ClientId: &client, RefreshToken: token, ClientSecret: secret})
}

func askRotated(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	result, err := w.signIn(ctx, w.rotating, name)
	if err != nil {
		return "", err
	}
	_, first := w.refresh(ctx, w.rotating, result.RefreshToken, nil)
	_, again := w.refresh(ctx, w.rotating, result.RefreshToken, nil)
	return outcomes(namedCall{"first use", first}, namedCall{"second use", again})
}

func askRotatedFlow(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	result, err := w.signIn(ctx, w.rotating, name)
	if err != nil {
		return "", err
	}
	_, err = w.initiate(ctx, w.rotating, types.AuthFlowTypeRefreshTokenAuth, map[string]string{"REFRESH_TOKEN": aws.ToString(result.RefreshToken)})
	return outcome(err)
}

func (w *world) revoke(ctx context.Context, client string, token, secret *string) error {
	return second(w.API.RevokeToken(ctx, &idp.RevokeTokenInput{ClientId: &client, Token: token, ClientSecret: secret}))
}

func askRevoke(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	return outcomes(
		namedCall{"nonsense", w.revoke(ctx, w.web, aws.String("nonsense"), nil)},
		namedCall{"access token", w.revoke(ctx, w.web, result.AccessToken, nil)},
		namedCall{"another app client", w.revoke(ctx, w.rotating, result.RefreshToken, nil)},
		namedCall{"unknown app client", w.revoke(ctx, strings.Repeat("0", 26), result.RefreshToken, nil)},
		namedCall{"refresh token", w.revoke(ctx, w.web, result.RefreshToken, nil)},
		namedCall{"refresh token again", w.revoke(ctx, w.web, result.RefreshToken, nil)},
	)
}

func askSecrets(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	out, err := w.initiate(ctx, w.server, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name, "PASSWORD": password, "SECRET_HASH": w.secretHash(name)})
	if err != nil {
		return "", err
	}
	if out.AuthenticationResult == nil {
		return "", fmt.Errorf("the sign-in has the challenge %q", out.ChallengeName)
	}
	token, wrong := out.AuthenticationResult.RefreshToken, aws.String(strings.Repeat("wrong", 6))
	_, noSecret := w.refresh(ctx, w.server, token, nil)
	_, wrongSecret := w.refresh(ctx, w.server, token, wrong)
	return outcomes(
		namedCall{"refresh without", noSecret}, namedCall{"refresh with a wrong one", wrongSecret},
		namedCall{"revoke without", w.revoke(ctx, w.server, token, nil)},
		namedCall{"revoke with a wrong one", w.revoke(ctx, w.server, token, wrong)},
	)
}
