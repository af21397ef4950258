package awscheck

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

var oauthQuestions = []Question{
	{"oauth/redirect-mismatch", decision6, "What does the token endpoint answer to a redirect URI that differs from that of the authorization request?", askRedirect},
	{"oauth/unknown-client", decision6, "Where does the authorization endpoint send the browser for an unknown app client?", askUnknownClient},
	{"oauth/nonce", reports, "Does an ID token have a nonce if the authorization request had none?", askNonce},
	{"oauth/failed-pkce", reports, "Can a code be used after a failed PKCE check?", askBurnt},
	{"oauth/userinfo", reports, "Which type does email_verified have in the answer of the userInfo endpoint?", askUserInfo},
	{"oauth/userinfo-machine", reports, "What does the userInfo endpoint answer to a token without openid?", askUserInfoMachine},
	{"oauth/revoke", reports, "What does the revocation endpoint answer to an unknown token and to an access token?", askRevokeEndpoint},
	{"oauth/basic-encoding", decision7, "Does the token endpoint decode a client secret that is form-encoded in Basic (RFC 6749, section 2.3.1)?", askBasic},
	{"oauth/machine-scopes", reports, "Which scopes does a machine token have if the request names none?", askMachineScopes},
}

func askRedirect(ctx context.Context, w *world) (string, error) {
	code, err := w.code(ctx, nil)
	if err != nil {
		return "", err
	}
	r, err := w.redeem(ctx, code, callbackURL+"/second")
	if err != nil {
		return "", err
	}
	_, said := r.tokens()
	return said, nil
}

func askUnknownClient(ctx context.Context, w *world) (string, error) {
	stay := &http.Client{Transport: w.HTTP.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := w.get(ctx, stay, w.authorizeURL(url.Values{"client_id": {strings.Repeat("0", 26)}}))
	if err != nil {
		return "", err
	}
	location, err := url.Parse(r.header.Get("Location"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("status %d, path %s, error %s", r.status, location.Path, location.Query().Get("error")), nil
}

// newTokens is the whole code flow.
func (w *world) newTokens(ctx context.Context, extra url.Values) (tokens, error) {
	code, err := w.code(ctx, extra)
	if err != nil {
		return tokens{}, err
	}
	r, err := w.redeem(ctx, code, callbackURL)
	if err != nil {
		return tokens{}, err
	}
	t, said := r.tokens()
	if t.Access == "" {
		return t, fmt.Errorf("token endpoint: %s", said)
	}
	return t, nil
}

func askNonce(ctx context.Context, w *world) (string, error) {
	t, err := w.newTokens(ctx, nil)
	if err != nil {
		return "", err
	}
	claims, err := part(t.ID, 1)
	_, has := claims["nonce"]
	return fmt.Sprintf("nonce: %v", has), err
}

// The pair of RFC 7636, appendix B.
const (
	codeVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	codeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func askBurnt(ctx context.Context, w *world) (string, error) {
	code, err := w.code(ctx, url.Values{"code_challenge": {codeChallenge}, "code_challenge_method": {"S256"}})
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {w.web}, "redirect_uri": {callbackURL}, "code": {code}}
	var said []string
	for _, verifier := range []string{strings.Repeat("w", len(codeVerifier)), codeVerifier} {
		form.Set("code_verifier", verifier)
		r, err := w.token(ctx, form, "")
		if err != nil {
			return "", err
		}
		_, text := r.tokens()
		said = append(said, text)
	}
	return "wrong verifier: " + said[0] + "; then the right one: " + said[1], nil
}

func (w *world) userInfo(ctx context.Context, token string) (*response, error) {
	return w.do(ctx, w.HTTP, http.MethodGet, w.base+"/oauth2/userInfo", "", http.Header{"Authorization": {"Bearer " + token}})
}

func askUserInfo(ctx context.Context, w *world) (string, error) {
	t, err := w.newTokens(ctx, nil)
	if err != nil {
		return "", err
	}
	r, err := w.userInfo(ctx, t.Access)
	if err != nil {
		return "", err
	}
	members := r.members()
	return fmt.Sprintf("status %d: %s; email_verified is %T", r.status, keysOf(members), members["email_verified"]), nil
}

func askUserInfoMachine(ctx context.Context, w *world) (string, error) {
	token, err := w.machineToken(ctx)
	if err != nil {
		return "", err
	}
	r, err := w.userInfo(ctx, token)
	if err != nil {
		return "", err
	}
	_, said := r.tokens()
	return said, nil
}

func askRevokeEndpoint(ctx context.Context, w *world) (string, error) {
	t, err := w.newTokens(ctx, nil)
	if err != nil {
		return "", err
	}
	var said []string
	for _, c := range []struct{ name, token string }{{"unknown token", "unknown"}, {"access token", t.Access}, {"refresh token", t.Refresh}} {
		form := url.Values{"token": {c.token}, "client_id": {w.web}}
		r, err := w.do(ctx, w.HTTP, http.MethodPost, w.base+"/oauth2/revoke", form.Encode(), http.Header{"Content-Type": {formHeader}})
		if err != nil {
			return "", err
		}
		text := fmt.Sprintf("status %d, empty body", r.status)
		if len(r.body) > 0 {
			_, text = r.tokens()
		}
		said = append(said, c.name+" → "+text)
	}
	return strings.Join(said, "; "), nil
}

// askBasic uses a client secret with a character that form encoding changes.
func askBasic(ctx context.Context, w *world) (string, error) {
	secret := strings.Repeat("Secret+", 6)
	out, err := w.API.CreateUserPoolClient(ctx, &idp.CreateUserPoolClientInput{
		UserPoolId: &w.pool, ClientName: aws.String("encoded"), ClientSecret: &secret,
		AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: []types.OAuthFlowType{types.OAuthFlowTypeClientCredentials},
		AllowedOAuthScopes: []string{apiURL + "/read"},
	})
	if err != nil {
		return outcome(err)
	}
	id := aws.ToString(out.UserPoolClient.ClientId)
	var said []string
	for _, c := range []struct{ name, secret string }{{"as it is", secret}, {"form-encoded", url.QueryEscape(secret)}} {
		r, err := w.token(ctx, url.Values{"grant_type": {"client_credentials"}}, basic(id, c.secret))
		if err != nil {
			return "", err
		}
		_, text := r.tokens()
		said = append(said, c.name+" → "+text)
	}
	return strings.Join(said, "; "), nil
}

func askMachineScopes(ctx context.Context, w *world) (string, error) {
	token, err := w.machineToken(ctx)
	if err != nil {
		return "", err
	}
	claims, err := part(token, 1)
	return fmt.Sprint(claims["scope"]), err
}
