package interop

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/poolguard/poolguard/interop/internal/authenticator"
)

// An sdkUser is a user of the AWS SDK for Go.
type sdkUser struct {
	*served
	api *idp.Client
}

func newSDKUser(t *testing.T) *sdkUser {
	t.Helper()
	s := serve(t, servedOptions{})
	return &sdkUser{s, idp.New(idp.Options{
		Region: region, BaseEndpoint: aws.String(s.URL), RetryMaxAttempts: 1,
		// The pool does not look at them; the SDK signs with them.
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		HTTPClient:  &http.Client{Transport: whole{}},
	})}
}

// whole reads answers to their end before the SDK sees them. The SDK closes a
// request's body once the answer begins; where net/http has not noticed the body's end
// by then, which happens with a server as near as this one, it takes that for a failure
// and drops the connection in the middle of the answer:
// https://github.com/aws/aws-sdk-go-v2/issues/2737
type whole struct{}

func (whole) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// wantRefusal demands an exception of the type T with that message; "" is any.
func wantRefusal[T error](t *testing.T, err error, message string) {
	t.Helper()
	var refused T
	if !errors.As(err, &refused) {
		t.Errorf("error %T %v, want %T", err, err, refused)
		return
	}
	if got := messageOf(err); message != "" && got != message {
		t.Errorf("message %q, want %q", got, message)
	}
}

func messageOf(err error) string {
	var described interface{ ErrorMessage() string }
	if !errors.As(err, &described) {
		return ""
	}
	return described.ErrorMessage()
}

func secretHash(username string) string {
	mac := hmac.New(sha256.New, []byte(backendSecret))
	mac.Write([]byte(username + backendClient))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (u *sdkUser) begin(t *testing.T, client string, flow types.AuthFlowType, parameters map[string]string) (*idp.InitiateAuthOutput, error) {
	t.Helper()
	if client == backendClient {
		parameters["SECRET_HASH"] = secretHash(parameters["USERNAME"])
	}
	return u.api.InitiateAuth(t.Context(), &idp.InitiateAuthInput{ClientId: &client, AuthFlow: flow, AuthParameters: parameters})
}

func (u *sdkUser) withPassword(t *testing.T, client, username, secret string) (*idp.InitiateAuthOutput, error) {
	t.Helper()
	return u.begin(t, client, types.AuthFlowTypeUserPasswordAuth, map[string]string{"USERNAME": username, "PASSWORD": secret})
}

// signIn signs in with USER_PASSWORD_AUTH, and has all verifiers judge the tokens.
func (u *sdkUser) signIn(t *testing.T, client, username, secret string) *types.AuthenticationResultType {
	t.Helper()
	out, err := u.withPassword(t, client, username, secret)
	if err != nil {
		t.Fatal(err)
	}
	return u.check(t, out.AuthenticationResult)
}

// withSRP is USER_SRP_AUTH up to the answer to PASSWORD_VERIFIER.
func (u *sdkUser) withSRP(t *testing.T, client, username, secret string) (*idp.RespondToAuthChallengeOutput, error) {
	t.Helper()
	c := newSRPClient(t)
	out, err := u.begin(t, client, types.AuthFlowTypeUserSrpAuth, map[string]string{"USERNAME": username, "SRP_A": c.publicHex()})
	if err != nil {
		return nil, err
	}
	if out.ChallengeName != types.ChallengeNameTypePasswordVerifier {
		t.Fatalf("challenge %s", out.ChallengeName)
	}
	answers := c.answer(t, out.ChallengeParameters, secret)
	if client == backendClient {
		answers["SECRET_HASH"] = secretHash(answers["USERNAME"])
	}
	return u.respond(t, client, out.ChallengeName, out.Session, answers)
}

func (u *sdkUser) respond(t *testing.T, client string, challenge types.ChallengeNameType, session *string, answers map[string]string) (*idp.RespondToAuthChallengeOutput, error) {
	t.Helper()
	return u.api.RespondToAuthChallenge(t.Context(), &idp.RespondToAuthChallengeInput{
		ClientId: &client, ChallengeName: challenge, Session: session, ChallengeResponses: answers,
	})
}

func (u *sdkUser) refresh(t *testing.T, client string, token *string) (*types.AuthenticationResultType, error) {
	t.Helper()
	out, err := u.api.GetTokensFromRefreshToken(t.Context(), &idp.GetTokensFromRefreshTokenInput{ClientId: &client, RefreshToken: token})
	if err != nil {
		return nil, err
	}
	return out.AuthenticationResult, nil
}

// check has both verifiers accept the tokens of an answer.
func (u *sdkUser) check(t *testing.T, result *types.AuthenticationResultType) *types.AuthenticationResultType {
	t.Helper()
	if result == nil || result.AccessToken == nil || result.IdToken == nil {
		t.Fatalf("no tokens: %+v", result)
	}
	if aws.ToString(result.TokenType) != "Bearer" || result.ExpiresIn != 3600 {
		t.Errorf("TokenType %q, ExpiresIn %d", aws.ToString(result.TokenType), result.ExpiresIn)
	}
	u.checkOurs(t, &poolTokens{ID: *result.IdToken, Access: *result.AccessToken})
	return result
}

func (u *sdkUser) mailTo(t *testing.T, username string) *string {
	t.Helper()
	code, err := u.mail.take(t.Context(), username)
	if err != nil {
		t.Fatalf("no mail: %v", err)
	}
	return &code
}

// totp returns the code of an authenticator app, that many half minutes from now.
func totp(t *testing.T, secret string, steps int64) string {
	t.Helper()
	code, err := authenticator.Code(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func attributesOf(list []types.AttributeType) map[string]string {
	all := map[string]string{}
	for _, a := range list {
		all[aws.ToString(a.Name)] = aws.ToString(a.Value)
	}
	return all
}
