package awscheck

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/poolguard/poolguard/interop/internal/authenticator"
)

var tokenQuestions = []Question{
	{"tokens/header", reports, "Which members does the header of an ID token and of an access token have, and how long is a kid?", askHeader},
	{"tokens/keys", reports, "Do the ID token and the access token of one sign-in have different keys?", askKeys},
	{"tokens/machine-claims", decision6, "Which claims does a machine token have (version, username, origin_jti, auth_time)? Is sub the client ID?", askMachine},
	{"tokens/one-factor", decision6, "Which acr and amr do tokens have after a sign-in with a password?", askOneFactor},
	{"tokens/two-factors", decision6, "Which acr and amr do tokens have after a password and a code of an authenticator app?", askTwoFactors},
	{"tokens/user-claims", reports, "Which claims do the tokens of a sign-in with the API have?", askUserClaims},
	{"tokens/groups", reports, "How does an access token list a group?", askGroups},
}

// part decodes one part of a JWS in compact form. It checks nothing: the questions are about the
// content.
func part(token string, n int) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("the token has %d parts, want 3", len(parts))
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		return nil, errors.New("a part of the token is not base64url")
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, errors.New("a part of the token is not a JSON object")
	}
	return members, nil
}

func keysOf(members map[string]any) string {
	var names []string
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// signIn signs the user in with USER_PASSWORD_AUTH.
func (w *world) signIn(ctx context.Context, client, name string) (*types.AuthenticationResultType, error) {
	out, err := w.initiate(ctx, client, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name, "PASSWORD": password})
	if err != nil {
		return nil, err
	}
	if out.AuthenticationResult == nil {
		return nil, fmt.Errorf("the sign-in has the challenge %q", out.ChallengeName)
	}
	return out.AuthenticationResult, nil
}

func (w *world) initiate(ctx context.Context, client string, flow types.AuthFlowType, parameters map[string]string) (*idp.InitiateAuthOutput, error) {
	return w.API.InitiateAuth(ctx, &idp.InitiateAuthInput{ClientId: &client, AuthFlow: flow, AuthParameters: parameters})
}

// newSignIn signs a new user in at the public app client.
func (w *world) newSignIn(ctx context.Context) (*types.AuthenticationResultType, error) {
	name, err := w.user(ctx)
	if err != nil {
		return nil, err
	}
	return w.signIn(ctx, w.web, name)
}

func askHeader(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	var said []string
	for _, token := range []*string{result.IdToken, result.AccessToken} {
		header, err := part(aws.ToString(token), 0)
		if err != nil {
			return "", err
		}
		kid, _ := header["kid"].(string)
		said = append(said, fmt.Sprintf("%s, alg %v, kid of %d characters", keysOf(header), header["alg"], len(kid)))
	}
	return strings.Join(said, "; "), nil
}

func askKeys(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	id, err := part(aws.ToString(result.IdToken), 0)
	if err != nil {
		return "", err
	}
	access, err := part(aws.ToString(result.AccessToken), 0)
	return fmt.Sprintf("different keys: %v", id["kid"] != access["kid"]), err
}

func (w *world) machineToken(ctx context.Context) (string, error) {
	r, err := w.token(ctx, url.Values{"grant_type": {"client_credentials"}}, basic(w.machine, w.machineIs))
	if err != nil {
		return "", err
	}
	t, said := r.tokens()
	if t.Access == "" {
		return "", errors.New("client credentials: " + said)
	}
	return t.Access, nil
}

func basic(id, secret string) string {
	return base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))
}

func askMachine(ctx context.Context, w *world) (string, error) {
	token, err := w.machineToken(ctx)
	if err != nil {
		return "", err
	}
	claims, err := part(token, 1)
	return fmt.Sprintf("%s; version %v, sub is the client ID: %v", keysOf(claims), claims["version"], claims["sub"] == w.machine), err
}

func levels(result *types.AuthenticationResultType) (string, error) {
	var said []string
	for _, token := range []*string{result.IdToken, result.AccessToken} {
		claims, err := part(aws.ToString(token), 1)
		if err != nil {
			return "", err
		}
		said = append(said, fmt.Sprintf("%v token: acr %v, amr %v", claims["token_use"], claims["acr"], claims["amr"]))
	}
	return strings.Join(said, "; "), nil
}

func askOneFactor(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	return levels(result)
}

// withAuthenticator creates a user with an authenticator app, and returns its secret.
func (w *world) withAuthenticator(ctx context.Context) (name, secret string, err error) {
	if name, err = w.user(ctx); err != nil {
		return "", "", err
	}
	result, err := w.signIn(ctx, w.web, name)
	if err != nil {
		return "", "", err
	}
	app, err := w.API.AssociateSoftwareToken(ctx, &idp.AssociateSoftwareTokenInput{AccessToken: result.AccessToken})
	if err != nil {
		return "", "", err
	}
	secret = aws.ToString(app.SecretCode)
	code, err := authenticator.Code(secret, time.Now())
	if err != nil {
		return "", "", err
	}
	if _, err := w.API.VerifySoftwareToken(ctx, &idp.VerifySoftwareTokenInput{AccessToken: result.AccessToken, UserCode: &code}); err != nil {
		return "", "", err
	}
	_, err = w.API.SetUserMFAPreference(ctx, &idp.SetUserMFAPreferenceInput{
		AccessToken: result.AccessToken, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true, PreferredMfa: true},
	})
	return name, secret, err
}

func askTwoFactors(ctx context.Context, w *world) (string, error) {
	name, secret, err := w.withAuthenticator(ctx)
	if err != nil {
		return "", err
	}
	started, err := w.initiate(ctx, w.web, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": name, "PASSWORD": password})
	if err != nil {
		return "", err
	}
	// The code of now is used; the next one is accepted early.
	code, err := authenticator.Code(secret, time.Now().Add(30*time.Second))
	if err != nil {
		return "", err
	}
	done, err := w.answer(ctx, started, map[string]string{"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code})
	if err != nil {
		return "", err
	}
	if done.AuthenticationResult == nil {
		return "", fmt.Errorf("another challenge: %s", done.ChallengeName)
	}
	return levels(done.AuthenticationResult)
}

func (w *world) answer(ctx context.Context, started *idp.InitiateAuthOutput, answers map[string]string) (*idp.RespondToAuthChallengeOutput, error) {
	return w.API.RespondToAuthChallenge(ctx, &idp.RespondToAuthChallengeInput{
		ClientId: &w.web, ChallengeName: started.ChallengeName, Session: started.Session, ChallengeResponses: answers,
	})
}

func askUserClaims(ctx context.Context, w *world) (string, error) {
	result, err := w.newSignIn(ctx)
	if err != nil {
		return "", err
	}
	id, err := part(aws.ToString(result.IdToken), 1)
	if err != nil {
		return "", err
	}
	access, err := part(aws.ToString(result.AccessToken), 1)
	return fmt.Sprintf("ID token: %s; access token: %s; email_verified is %T; scope %v", keysOf(id), keysOf(access), id["email_verified"], access["scope"]), err
}

func askGroups(ctx context.Context, w *world) (string, error) {
	name, err := w.user(ctx)
	if err != nil {
		return "", err
	}
	if _, err := w.API.CreateGroup(ctx, &idp.CreateGroupInput{UserPoolId: &w.pool, GroupName: aws.String(group)}); err != nil {
		return outcome(err)
	}
	if _, err := w.API.AdminAddUserToGroup(ctx, &idp.AdminAddUserToGroupInput{UserPoolId: &w.pool, Username: &name, GroupName: aws.String(group)}); err != nil {
		return "", err
	}
	result, err := w.signIn(ctx, w.web, name)
	if err != nil {
		return "", err
	}
	access, err := part(aws.ToString(result.AccessToken), 1)
	return fmt.Sprintf("%q", access["cognito:groups"]), err
}

var discoveryQuestions = []Question{
	{"discovery/fields", reports, "Which members does the discovery document have?", askDiscovery},
	{"discovery/authorization-server", reports, "Is there a document of RFC 8414 (oauth-authorization-server)?", askServerMetadata},
	{"discovery/updated-issuer", reports, "What does the updated issuer answer for the key set of a user pool that was not switched?", askUpdated},
}

func (w *world) issuer() string {
	if w.LocalURL != "" {
		return w.base + "/" + w.pool
	}
	return "https://cognito-idp." + w.Region + ".amazonaws.com/" + w.pool
}

func askDiscovery(ctx context.Context, w *world) (string, error) {
	r, err := w.get(ctx, w.HTTP, w.issuer()+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	members := r.members()
	return fmt.Sprintf("status %d: %s", r.status, keysOf(members)), nil
}

func askServerMetadata(ctx context.Context, w *world) (string, error) {
	r, err := w.get(ctx, w.HTTP, w.issuer()+"/.well-known/oauth-authorization-server")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("found: %v", r.status == http.StatusOK), nil
}

func askUpdated(ctx context.Context, w *world) (string, error) {
	if w.LocalURL != "" {
		return "", errNotHere
	}
	r, err := w.get(ctx, w.HTTP, "https://issuer-cognito-idp."+w.Region+".amazonaws.com/"+w.pool+"/.well-known/jwks.json")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("status %d", r.status), nil
}
