package signin_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin"
)

const (
	appURL = "https://app.example.com"
	domain = "https://auth.example.com"
)

// A world is a user pool, an application and its clock. The pool answers in process.
type world struct {
	*testing.T
	issuer  *cognitotest.Issuer
	config  signin.Config
	handler *signin.Handler
	logs    *strings.Builder

	mu      sync.Mutex
	options []cognitotest.TokenOption // of the next tokens
	nonces  map[string]string         // by code
	refresh string                    // the one that is good
	rotate  bool
	before  func(path string) *http.Response // answers instead, if it returns one
	count   map[string]int                   // requests by path, refreshes by "refresh"
}

func newWorld(t *testing.T, change ...func(*signin.Config)) *world {
	t.Helper()
	w := &world{T: t, issuer: cognitotest.NewIssuer(), logs: &strings.Builder{}, nonces: map[string]string{}, refresh: "refresh-0", count: map[string]int{}}
	verifier, err := cognito.New(w.issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	w.config = signin.Config{
		Verifier: verifier, Keys: []oauth.Secret{signin.NewKey()}, Now: w.issuer.Clock().Now,
		Logger: slog.New(slog.NewTextHandler(&lockedWriter{w: w.logs}, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Apps: []signin.App{{
			ExternalURL: appURL, UserPoolID: cognitotest.PoolID, SignOutURL: appURL + "/bye",
			Client: oauth.App{Domain: domain, ClientID: cognitotest.ClientID, HTTPClient: &http.Client{Transport: w}},
		}},
	}
	w.config.Store = signin.NewMemoryStore(signin.MemoryStoreConfig{Now: w.config.Now})
	for _, f := range change {
		f(&w.config)
	}
	w.handler = w.newHandler()
	return w
}

// newHandler returns a further replica.
func (w *world) newHandler() *signin.Handler {
	w.Helper()
	h, err := signin.New(w.config)
	if err != nil {
		w.Fatal(err)
	}
	return h
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// RoundTrip is the user pool.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.count[r.URL.Path]++
	if form.Get("grant_type") == "refresh_token" {
		w.count["refresh"]++
	}
	before := w.before
	w.mu.Unlock()
	if before != nil {
		if response := before(r.URL.Path); response != nil {
			return response, nil
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case r.URL.Path == "/oauth2/revoke":
		w.refresh = ""
		return answer(200, nil), nil
	case form.Get("grant_type") == "refresh_token" && form.Get("refresh_token") == w.refresh && w.refresh != "":
		if w.rotate {
			w.refresh = fmt.Sprint("refresh-", w.count["refresh"])
		}
		return answer(200, w.tokens("")), nil
	case form.Get("grant_type") == "authorization_code" && w.nonces[form.Get("code")] != "" && form.Get("code_verifier") != "":
		nonce := w.nonces[form.Get("code")]
		delete(w.nonces, form.Get("code"))
		w.refresh = "refresh-0"
		return answer(200, w.tokens(nonce)), nil
	}
	return answer(400, map[string]any{"error": "invalid_grant"}), nil
}

func answer(status int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	if body == nil {
		text = nil
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(text)))}
}

// tokens are an answer of the pool. The caller holds mu.
func (w *world) tokens(nonce string) map[string]any {
	access := w.issuer.Pool().AccessToken(append([]cognitotest.TokenOption{cognitotest.Scopes("openid", "email")}, w.options...)...)
	sum := sha256.Sum256([]byte(access))
	options := append([]cognitotest.TokenOption{cognitotest.Claim("at_hash", base64.RawURLEncoding.EncodeToString(sum[:16]))}, w.options...)
	if nonce != "" {
		options = append(options, cognitotest.Nonce(nonce))
	}
	return map[string]any{
		"access_token": access, "id_token": w.issuer.Pool().IDToken(options...), "refresh_token": w.refresh, "token_type": "Bearer", "expires_in": 3600,
	}
}

func (w *world) counted(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count[what]
}

// code is what the pool does with the browser at /oauth2/authorize: the address that it
// redirects to.
func (w *world) code(authorize string) string {
	w.Helper()
	u, err := url.Parse(authorize)
	if err != nil || u.Path != "/oauth2/authorize" || u.Query().Get("code_challenge_method") != "S256" {
		w.Fatalf("not an authorization request: %s", authorize)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	code := fmt.Sprint("code-", len(w.nonces), "-", w.count["code"])
	w.count["code"]++
	w.nonces[code] = u.Query().Get("nonce")
	return u.Query().Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {u.Query().Get("state")}}.Encode()
}

// A browser keeps cookies and follows no redirect by itself.
type browser struct {
	*world
	jar     http.CookieJar
	handler http.Handler
	send    func(*http.Request) // changes a request before it is sent
}

// browser returns a new browser. The application shows who is signed in.
func (w *world) browser() *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{world: w, jar: jar, handler: application(w.handler)}
}

func application(h *signin.Handler) http.Handler {
	mux := http.NewServeMux()
	who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, ok := signin.FromContext(r.Context())
		if !ok {
			fmt.Fprint(w, "anonymous")
			return
		}
		fmt.Fprintf(w, "hello %s at %s", s.IDToken().Email(), r.URL) //nolint:gosec // G705: no browser shows it
	})
	mux.Handle(signin.Path, h)
	mux.Handle("/", h.Require()(who))
	mux.Handle("/public", h.Optional()(who))
	mux.Handle("/strong", h.Require(cognito.RequireACR("urn:cognito:loa:2"))(who))
	mux.Handle("/recent", h.Require(cognito.RequireMaxAuthAge(60e9))(who))
	mux.Handle("/admin", h.Require(cognito.RequireGroups("admins"))(who))
	return mux
}

// do sends a request as a browser does: pairs are headers that replace its own.
func (b *browser) do(method, address string, form url.Values, pairs ...string) *http.Response {
	b.Helper()
	if strings.HasPrefix(address, "/") {
		address = appURL + address
	}
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", appURL)
	}
	for n := 0; n < len(pairs); n += 2 {
		r.Header.Set(pairs[n], pairs[n+1])
		if pairs[n+1] == "" {
			r.Header.Del(pairs[n])
		}
	}
	for _, c := range b.jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	if b.send != nil {
		b.send(r)
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	b.jar.SetCookies(r.URL, response.Cookies())
	return response
}

func (b *browser) get(address string, pairs ...string) *http.Response {
	b.Helper()
	return b.do(http.MethodGet, address, nil, pairs...)
}

// begin opens a page without a session, up to the address of the user pool.
func (b *browser) begin(page string) (authorize string) {
	b.Helper()
	login := b.get(page)
	b.want(login, http.StatusSeeOther)
	response := b.get(login.Header.Get("Location"))
	b.want(response, http.StatusSeeOther)
	return response.Header.Get("Location")
}

// signIn signs in on the way to a page, and returns where the browser is sent to.
func (b *browser) signIn(page string) (to string) {
	b.Helper()
	response := b.get(b.code(b.begin(page)))
	b.want(response, http.StatusSeeOther)
	return response.Header.Get("Location")
}

func (b *browser) want(response *http.Response, status int) {
	b.Helper()
	if response.StatusCode != status {
		b.Fatalf("status %d, want %d: %s\n%s", response.StatusCode, status, text(response), b.logs)
	}
}

func text(response *http.Response) string {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

// addCookie adds a cookie to a request, whatever others it has.
func addCookie(r *http.Request, name, value string) { r.Header.Add("Cookie", name+"="+value) }

// cookies returns the names and values of the browser's cookies.
func (b *browser) cookies() map[string]string {
	u, _ := url.Parse(appURL)
	found := map[string]string{}
	for _, c := range b.jar.Cookies(u) {
		found[c.Name] = c.Value
	}
	return found
}
