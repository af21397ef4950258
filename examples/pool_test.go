package examples

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/userpool"
)

const (
	callback = "http://localhost:3000/callback" // of local-client
	password = "Passw0rd!"
)

// A localPool is what `poolguard userpool serve` runs, with its default pool.
type localPool struct {
	*userpool.Server
	URL     string
	ID      string
	fetches atomic.Int32 // of the key set
	handler http.Handler // for whatever Host
}

// servePool serves the default pool. With elsewhere, the tokens say that they are of
// that address.
func servePool(t *testing.T, form userpool.IssuerForm, elsewhere string) *localPool {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	t.Cleanup(server.Close)
	p := &localPool{URL: "http://" + server.Listener.Addr().String(), ID: userpool.DefaultPool().ID}
	public := p.URL
	if elsewhere != "" {
		public = elsewhere
	}
	var err error
	p.Server, err = userpool.New(userpool.Config{PublicURL: public, IssuerForm: form, Controls: true})
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(public, "http://")
	p.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/jwks.json") {
			p.fetches.Add(1)
		}
		r.Host = host
		p.ServeHTTP(w, r)
	})
	server.Config.Handler = p.handler
	server.Start()
	return p
}

// issuer is what the pool's tokens have in iss.
func (p *localPool) issuer(t *testing.T) string {
	t.Helper()
	pools, err := p.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pools[0].Issuer
}

// ask posts a body and reads an object.
func (p *localPool) ask(t *testing.T, path, contentType, body, target string) (answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if target != "" {
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+target)
	}
	response, err := http.DefaultClient.Do(r)
	text := readAll(t, response, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, response.StatusCode, text)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func readAll(t *testing.T, response *http.Response, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// machine gets a token by the client credentials grant.
func (p *localPool) machine(t *testing.T, scope string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"local-machine"}, "client_secret": {"local-secret"}, "scope": {scope}}
	token, _ := p.ask(t, "/oauth2/token", "application/x-www-form-urlencoded", form.Encode(), "")["access_token"].(string)
	return token
}

// password signs in as the AWS SDKs do: the access token has no scope of an API.
func (p *localPool) password(t *testing.T, username string) (access string) {
	t.Helper()
	body := `{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"local-client","AuthParameters":{"USERNAME":"` + username + `","PASSWORD":"` + password + `"}}`
	answer := p.ask(t, "/", "application/x-amz-json-1.1", body, "InitiateAuth")
	result, _ := answer["AuthenticationResult"].(map[string]any)
	access, _ = result["AccessToken"].(string)
	return access
}

// mint has the controls make a bad token, with more members of the request.
func (p *localPool) mint(t *testing.T, bad string, more ...string) string {
	t.Helper()
	claims := `"claims":{"scope":"orders/read","client_id":"local-machine"}`
	if bad == "other_client" {
		claims = `"claims":{"scope":"orders/read"}`
	}
	body := strings.Join(append(more, `"bad":"`+bad+`"`, claims), ",")
	token, _ := p.ask(t, "/_local/mint", "application/json", "{"+body+"}", "")["token"].(string)
	return token
}

var (
	formAction = regexp.MustCompile(`action="([^"]*)"`)
	formToken  = regexp.MustCompile(`name="_csrf" value="([^"]*)"`)
)

// signIn is the code flow with PKCE, in a browser that has no JavaScript.
func (p *localPool) signIn(t *testing.T, username string) *oauth2.Token {
	t.Helper()
	config := oauth2.Config{
		ClientID: "local-client", RedirectURL: callback, Scopes: []string{"openid", "orders/read"},
		Endpoint: oauth2.Endpoint{AuthURL: p.URL + "/oauth2/authorize", TokenURL: p.URL + "/oauth2/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var left *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			left = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	verifier := oauth2.GenerateVerifier()
	response, err := browser.Get(config.AuthCodeURL("a state", oauth2.S256ChallengeOption(verifier)))
	page := readAll(t, response, err)
	action, csrf := formAction.FindSubmatch(page), formToken.FindSubmatch(page)
	if action == nil || csrf == nil {
		t.Fatalf("no form: %s", page)
	}
	response, err = browser.PostForm(p.URL+html.UnescapeString(string(action[1])), url.Values{
		"_csrf": {html.UnescapeString(string(csrf[1]))}, "username": {username}, "password": {password},
	})
	if page = readAll(t, response, err); left == nil {
		t.Fatalf("not signed in: %s", page)
	}
	token, err := config.Exchange(t.Context(), left.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// tokens are those that all examples are shown.
type tokens struct {
	machine, write, user, admin             string // good
	id, refresh, expired                    string // real, and no good
	otherClient, forged, tampered, unsigned string // minted
	otherPool, otherKeys                    string // real, from elsewhere
}

func newTokens(t *testing.T, p *localPool) *tokens {
	t.Helper()
	signedIn := p.signIn(t, "anaya")
	id, _ := signedIn.Extra("id_token").(string)
	all := &tokens{
		machine: p.machine(t, "orders/read"), write: p.machine(t, "orders/write"), user: signedIn.AccessToken, admin: p.password(t, "admin"),
		id: id, refresh: signedIn.RefreshToken,
		otherClient: p.mint(t, "other_client"), forged: p.mint(t, "foreign_key"), tampered: p.mint(t, "tampered"), unsigned: p.mint(t, "alg_none"),
		otherPool: servePool(t, userpool.IssuerLocal, "").machine(t, "orders/read"),
		otherKeys: servePool(t, userpool.IssuerLocal, p.URL).machine(t, "orders/read"),
	}
	p.SetClockOffset(-2 * time.Hour)
	all.expired = p.signIn(t, "anaya").AccessToken
	p.SetClockOffset(0)
	return all
}

// claim returns a claim of a token, as it stands there.
func claim(t *testing.T, token, name string) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.NewDecoder(bytes.NewReader(payload)).Decode(&claims); err != nil {
		t.Fatal(err)
	}
	text, _ := claims[name].(string)
	return text
}
