package interop

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/userpool"
)

const (
	callback = "http://localhost:3000/callback"
	nonce    = "n-0S6_WzA2Mj"

	// RFC 7636, appendix B.
	codeVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	codeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// servePool serves the ready local pool. It returns the pool's address, and what its
// tokens have in iss.
func servePool(t *testing.T, form userpool.IssuerForm) (poolURL, issuer string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	t.Cleanup(server.Close)
	poolURL = "http://" + server.Listener.Addr().String()
	pool, err := userpool.New(userpool.Config{PublicURL: poolURL, IssuerForm: form})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = pool
	server.Start()
	return poolURL, issuerOf(t, pool)
}

// poolTokens are tokens that the local pool issued over HTTP.
type poolTokens struct {
	ID      string `json:"id_token"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// signIn is the code flow with PKCE through the pool's pages.
func signIn(t *testing.T, poolURL string) poolTokens {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var code string
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			code = r.URL.Query().Get("code")
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page := read(t)(browser.Get(poolURL + "/oauth2/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {"local-client"}, "redirect_uri": {callback},
		"scope": {"openid email profile orders/read"}, "nonce": {nonce},
		"code_challenge": {codeChallenge}, "code_challenge_method": {"S256"},
	}.Encode()))
	action := regexp.MustCompile(`action="([^"]*)"`).FindSubmatch(page)
	csrf := regexp.MustCompile(`name="_csrf" value="([^"]*)"`).FindSubmatch(page)
	if action == nil || csrf == nil {
		t.Fatalf("no form in\n%s", page)
	}
	read(t)(browser.PostForm(poolURL+html.UnescapeString(string(action[1])), url.Values{
		"_csrf": {html.UnescapeString(string(csrf[1]))}, "username": {"anaya"}, "password": {"Passw0rd!"},
	}))
	return redeem(t, poolURL, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"local-client"}, "redirect_uri": {callback},
		"code": {code}, "code_verifier": {codeVerifier},
	})
}

// machineToken is the client credentials grant.
func machineToken(t *testing.T, poolURL string) string {
	t.Helper()
	return redeem(t, poolURL, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"local-machine"}, "client_secret": {"local-secret"},
	}).Access
}

func redeem(t *testing.T, poolURL string, form url.Values) poolTokens {
	t.Helper()
	body := read(t)(http.PostForm(poolURL+"/oauth2/token", form))
	var tokens poolTokens
	if err := json.Unmarshal(body, &tokens); err != nil || tokens.Access == "" {
		t.Fatalf("token endpoint: %s %v", body, err)
	}
	return tokens
}

func read(t *testing.T) func(*http.Response, error) []byte {
	t.Helper()
	return func(response *http.Response, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
}

// amazonAt sends requests for Amazon's addresses to a local origin.
type amazonAt struct{ origin string }

func (a amazonAt) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Host, ".amazonaws.com") {
		to, err := url.Parse(a.origin)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
	}
	return http.DefaultTransport.RoundTrip(r)
}

var localClients = []string{"local-client", "local-machine"}

// TestLocalPoolWithAWS has Amazon's own verifier take the local pool for a real one.
func TestLocalPoolWithAWS(t *testing.T) {
	t.Parallel()
	needNode(t)
	for _, form := range []userpool.IssuerForm{userpool.IssuerOriginal, userpool.IssuerUpdated} {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			poolURL, _ := servePool(t, form)
			user, machine := signIn(t, poolURL), machineToken(t, poolURL)
			pools := []jobPool{{UserPoolID: userpool.DefaultPool().ID, ClientID: localClients}}
			jobs := []job{
				{pools, cognito.TokenUseID, user.ID},
				{pools, cognito.TokenUseAccess, user.Access},
				{pools, cognito.TokenUseAccess, machine},
				{pools, cognito.TokenUseAccess, user.ID}, // so that an agreeable verifier does not pass
				{[]jobPool{{UserPoolID: userpool.DefaultPool().ID, ClientID: []string{"another"}}}, cognito.TokenUseAccess, user.Access},
			}
			for n, v := range askAWS(t, poolURL, jobs) {
				if want := n < 3; v.Valid != want {
					t.Errorf("job %d: valid is %v, want %v: %s %s", n, v.Valid, want, v.Error, v.Message)
				}
				if v.Valid && !bytes.Contains(v.Payload, []byte(`amazonaws.com/us-east-1_Local0001"`)) {
					t.Errorf("job %d: payload %s", n, v.Payload)
				}
			}
		})
	}
}

// TestLocalPoolWithPoolguard has this project's verifier do the same, under each
// way to write the issuer.
func TestLocalPoolWithPoolguard(t *testing.T) {
	t.Parallel()
	for _, form := range []userpool.IssuerForm{userpool.IssuerLocal, userpool.IssuerOriginal, userpool.IssuerUpdated} {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			poolURL, issuer := servePool(t, form)
			pool := cognito.UserPool{ID: userpool.DefaultPool().ID, ClientIDs: localClients}
			if form == userpool.IssuerLocal {
				pool.Issuer = issuer
			}
			verifier, err := cognito.New(cognito.Config{
				UserPools:  []cognito.UserPool{pool},
				HTTPClient: &http.Client{Transport: amazonAt{poolURL}},
			})
			if err != nil {
				t.Fatal(err)
			}
			checkTokens(t, verifier, signIn(t, poolURL), machineToken(t, poolURL))
		})
	}
}

func checkTokens(t *testing.T, verifier *cognito.Verifier, user poolTokens, machine string) {
	t.Helper()
	id, err := verifier.VerifyIDToken(t.Context(), user.ID, cognito.RequireNonce(nonce), cognito.RequireGroups("staff"))
	if err != nil {
		t.Fatal(err)
	}
	if id.Username() != "anaya" || id.Email() != "anaya@example.com" || !id.EmailVerified() || id.AccessTokenHash() == "" {
		t.Errorf("ID token %s", id.RawClaims())
	}
	access, err := verifier.VerifyAccessToken(t.Context(), user.Access, cognito.RequireScopes("orders/read"))
	if err != nil {
		t.Fatal(err)
	}
	if access.IsMachine() || access.Subject() != id.Subject() || access.OriginTokenID() != id.OriginTokenID() || access.KeyID() == id.KeyID() {
		t.Errorf("access token %s", access.RawClaims())
	}
	alone, err := verifier.VerifyAccessToken(t.Context(), machine, cognito.RequireScopes("orders/write"))
	if err != nil {
		t.Fatal(err)
	}
	if !alone.IsMachine() || alone.Subject() != "local-machine" {
		t.Errorf("machine token %s", alone.RawClaims())
	}
	if _, err := verifier.VerifyAccessToken(t.Context(), user.ID); cognito.CodeOf(err) != cognito.ErrTokenUseMismatch {
		t.Errorf("an ID token for an access token: %v", err)
	}
}
