package oauth_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

const (
	domain      = "https://auth.example.com"
	redirectURL = "https://app.example.com/callback"
	oldRefresh  = "old-refresh-token"
	newRefresh  = "new-refresh-token"
)

// A pool answers for the endpoints in process, as an http.RoundTripper.
type pool struct {
	*cognitotest.Issuer
	trusted  *cognitotest.Pool // by the verifier, beside the client's own
	mu       sync.Mutex
	answer   func(*http.Request, url.Values) (*http.Response, error)
	requests []*http.Request
	forms    []url.Values
}

func newPool() *pool {
	p := &pool{Issuer: cognitotest.NewIssuer()}
	p.trusted = p.AddPool("us-east-1_Other0001", cognitotest.ClientID)
	return p
}

// RoundTrip implements http.RoundTripper.
func (p *pool) RoundTrip(r *http.Request) (*http.Response, error) {
	var form url.Values
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if form, err = url.ParseQuery(string(body)); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	p.requests, p.forms = append(p.requests, r), append(p.forms, form)
	answer := p.answer
	p.mu.Unlock()
	return answer(r, form)
}

func (p *pool) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.requests)
}

func (p *pool) app() oauth.App {
	return oauth.App{
		Domain: domain, ClientID: cognitotest.ClientID,
		HTTPClient: &http.Client{Transport: p}, Now: p.Clock().Now,
	}
}

func (p *pool) config(t testing.TB) oauth.Config {
	t.Helper()
	config := p.Config()
	config.UserPools[0].ClientIDs = append(config.UserPools[0].ClientIDs, "another-client")
	config.CacheBytes = -1
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return oauth.Config{
		App: p.app(), Verifier: verifier, UserPoolID: cognitotest.PoolID,
		RedirectURL: redirectURL, Scopes: []string{"openid", "email"},
	}
}

func (p *pool) client(t testing.TB, change ...func(*oauth.Config)) *oauth.Client {
	t.Helper()
	config := p.config(t)
	for _, f := range change {
		f(&config)
	}
	client, err := oauth.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// respond makes an answer of the endpoints.
func respond(status int, contentType string, body io.Reader) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(body), ContentLength: -1,
	}
}

func respondJSON(status int, value any) *http.Response {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return respond(status, "application/json;charset=UTF-8", bytes.NewReader(body))
}

func respondText(status int, contentType, body string) *http.Response {
	return respond(status, contentType, strings.NewReader(body))
}

func hashOf(access string) string {
	sum := sha256.Sum256([]byte(access))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// tokens are a good answer of the token endpoint, but for what options change in the
// ID token.
func (p *pool) tokens(nonce string, options ...cognitotest.TokenOption) map[string]any {
	access := p.Pool().AccessToken(cognitotest.Scopes("openid", "email"))
	options = append([]cognitotest.TokenOption{cognitotest.Claim("at_hash", hashOf(access))}, options...)
	if nonce != "" {
		options = append([]cognitotest.TokenOption{cognitotest.Nonce(nonce)}, options...)
	}
	return map[string]any{
		"access_token": access, "id_token": p.Pool().IDToken(options...), "refresh_token": oldRefresh,
		"token_type": "Bearer", "expires_in": 3600,
	}
}

// A visit is a sign-in under way.
type visit struct {
	*oauth.Authorization
	sent url.Values // to /oauth2/authorize
}

func start(t testing.TB, client *oauth.Client, options oauth.StartOptions) visit {
	t.Helper()
	a, err := client.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	return visit{a, u.Query()}
}

// back is the address that the browser comes back to.
func (v visit) back(extra ...string) *url.URL {
	query := url.Values{"state": {v.sent.Get("state")}, "code": {"the-code"}}
	for pair := range slices.Chunk(extra, 2) {
		query.Set(pair[0], pair[1])
		if pair[1] == "" {
			query.Del(pair[0])
		}
	}
	return &url.URL{Path: "/callback", RawQuery: query.Encode()}
}

// wantCode demands an *oauth.Error of the code that shows none of the secrets.
func wantCode(t testing.TB, err error, code oauth.Code, secrets ...string) *oauth.Error {
	t.Helper()
	var e *oauth.Error
	if !errors.As(err, &e) || e.Code() != code || oauth.CodeOf(err) != code || !errors.Is(err, code) {
		t.Fatalf("error %T %v, want %s", err, err, code)
	}
	for _, secret := range append(secrets, oldRefresh, newRefresh, "the-code", "the-secret") {
		if secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%q shows a secret", err)
		}
	}
	return e
}

func readAll(r *http.Response) string {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(body))
}
