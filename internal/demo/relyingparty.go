package demo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 1 << 20

// A relyingParty is an app client that signs people in by the code flow (OpenID
// Connect Core §3.1). Both the walk and the app that people sign in to are one.
type relyingParty struct{ clientID, redirectURI, scope string }

// endpoints are those of the discovery document that the code flow needs.
type endpoints struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	EndSession    string `json:"end_session_endpoint"`
	KeySet        string `json:"jwks_uri"`
}

// An attempt is what binds one sign-in together: state to the browser that began
// it, nonce to the ID token, the verifier to whoever redeems the code (RFC 7636).
type attempt struct{ state, nonce, verifier string }

func newAttempt() attempt { return attempt{randomText(), randomText(), randomText()} }

// randomText returns 32 random bytes in 43 characters, the least that RFC 7636 §4.1
// allows for a verifier. crypto/rand does not fail.
func randomText() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (r relyingParty) authorizationURL(e endpoints, a attempt) string {
	challenge := sha256.Sum256([]byte(a.verifier))
	return e.Authorization + "?" + url.Values{
		"response_type":         {"code"},
		"client_id":             {r.clientID},
		"redirect_uri":          {r.redirectURI},
		"scope":                 {r.scope},
		"state":                 {a.state},
		"nonce":                 {a.nonce},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(challenge[:])},
		"code_challenge_method": {"S256"},
	}.Encode()
}

// tokenForm is the request that redeems a code.
func (r relyingParty) tokenForm(code string, a attempt) url.Values {
	return url.Values{
		"grant_type":    {"authorization_code"},
		"client_id":     {r.clientID},
		"redirect_uri":  {r.redirectURI},
		"code":          {code},
		"code_verifier": {a.verifier},
	}
}

// tokens is what the token endpoint answers.
type tokens struct {
	ID        string `json:"id_token"`
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ExpiresIn int    `json:"expires_in"`
	Error     string `json:"error"`
}

// An identity is a verified sign-in.
type identity struct {
	id     *cognito.IDToken
	access *cognito.AccessToken
	raw    string // the access token, for calling the API
}

// verify checks the tokens of one sign-in: each by itself, and that they belong
// together and to this attempt.
func (t tokens) verify(ctx context.Context, v *cognito.Verifier, a attempt) (*identity, error) {
	id, err := v.VerifyIDToken(ctx, t.ID, cognito.RequireNonce(a.nonce))
	if err != nil {
		return nil, fmt.Errorf("the ID token: %w", err)
	}
	access, err := v.VerifyAccessToken(ctx, t.Access)
	if err != nil {
		return nil, fmt.Errorf("the access token: %w", err)
	}
	if id.Subject() != access.Subject() {
		return nil, errors.New("the two tokens are not of one user")
	}
	return &identity{id: id, access: access, raw: t.Access}, nil
}

// An exchange is one request and its answer.
type exchange struct {
	method string
	url    *url.URL
	form   url.Values // of a POST
	bearer string     // the token that was sent
	status int
	header http.Header
	body   []byte
}

// location is where a redirect leads, resolved; nil where there is none.
func (e *exchange) location() *url.URL {
	to, err := e.url.Parse(e.header.Get("Location"))
	if err != nil || e.header.Get("Location") == "" {
		return nil
	}
	return to
}

// outcome is the status with, of a refusal of the API, its code.
func (e *exchange) outcome() string {
	var refusal struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if e.status >= 400 && json.Unmarshal(e.body, &refusal) == nil && refusal.Error.Code != "" {
		return fmt.Sprintf("%d %s", e.status, refusal.Error.Code)
	}
	return strconv.Itoa(e.status)
}

// ask makes one request: a POST if there is a form, else a GET; with a token, if
// there is one.
func ask(ctx context.Context, client *http.Client, target string, form url.Values, bearer string) (*exchange, error) {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	e := &exchange{method: method, url: r.URL, form: form, bearer: bearer, status: response.StatusCode, header: response.Header}
	if e.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes)); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", r.URL.Path, err)
	}
	return e, nil
}
