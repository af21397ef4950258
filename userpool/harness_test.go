package userpool_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

const (
	poolID   = "us-east-1_Local0001"
	callback = "http://localhost:3000/callback"
	signOut  = "http://localhost:3000/"

	// RFC 7636, appendix B.
	rfcVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	rfcChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// start is the time at which every test's clock stands, until it is moved.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fixture is a served user pool with a clock that stands still.
type fixture struct {
	*userpool.Server
	url string
	log *lockedBuffer
}

// serve starts a server on the default pool, changed by edits.
func serve(t testing.TB, edits ...func(*userpool.Config)) *fixture {
	t.Helper()
	ts := httptest.NewUnstartedServer(nil)
	t.Cleanup(ts.Close)
	f := &fixture{url: "http://" + ts.Listener.Addr().String(), log: &lockedBuffer{}}
	cfg := userpool.Config{
		PublicURL: f.url,
		Pools:     []userpool.Pool{userpool.DefaultPool()},
		Clock:     func() time.Time { return start },
		Logger:    newTestLogger(f.log),
	}
	for _, edit := range edits {
		edit(&cfg)
	}
	server, err := userpool.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Server = server
	ts.Config.Handler = server
	ts.Start()
	return f
}

// shared is one server for the tests that leave clock, keys and config alone:
// making RSA keys is the slowest thing here.
var shared = sync.OnceValue(func() *userpool.Server {
	server, err := userpool.New(userpool.Config{
		PublicURL: "http://pool.test",
		Clock:     func() time.Time { return start },
	})
	if err != nil {
		panic(err)
	}
	return server
})

// request runs one request through h and returns the answer with its body read.
func request(t testing.TB, h http.Handler, r *http.Request) (response *http.Response, body string) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result(), rec.Body.String()
}

// browser keeps cookies and shows redirects instead of following them.
type browser struct {
	t      testing.TB
	client *http.Client
	origin string
}

func newBrowser(t testing.TB, f *fixture) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, origin: f.url, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) do(r *http.Request) (response *http.Response, body string) {
	b.t.Helper()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response, string(read)
}

// get takes a path on the server, or an absolute URL.
func (b *browser) get(target string) (response *http.Response, body string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.resolve(target), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(target string, form url.Values) (response *http.Response, body string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.resolve(target), strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) resolve(target string) string {
	if strings.HasPrefix(target, "/") {
		return b.origin + target
	}
	return target
}

// sentCookie is a cookie as a request carries it: a name and a value.
func sentCookie(name, value string) *http.Cookie {
	return &http.Cookie{Name: name, Value: value} //nolint:gosec // attributes are for Set-Cookie
}

var (
	formTag   = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	inputTag  = regexp.MustCompile(`<input ([^>]*)>`)
	attribute = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

// parseForm finds the page's form: where it goes and what it holds.
func parseForm(t testing.TB, page string) (action string, fields url.Values) {
	t.Helper()
	form := formTag.FindStringSubmatch(page)
	if form == nil {
		t.Fatalf("no form in the page:\n%s", page)
	}
	fields = url.Values{}
	for _, input := range inputTag.FindAllStringSubmatch(page, -1) {
		values := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(input[1], -1) {
			values[a[1]] = html.UnescapeString(a[2])
		}
		fields.Set(values["name"], values["value"])
	}
	return html.UnescapeString(form[1]), fields
}

// authorizeQuery is a good request for a code, changed by pairs of name and
// value; an empty value removes the parameter.
func authorizeQuery(pairs ...string) url.Values {
	q := url.Values{
		"response_type":         {"code"},
		"client_id":             {"local-client"},
		"redirect_uri":          {callback},
		"scope":                 {"openid email"},
		"state":                 {"a state & more"},
		"nonce":                 {"n-0S6_WzA2Mj"},
		"code_challenge":        {rfcChallenge},
		"code_challenge_method": {"S256"},
	}
	return with(q, pairs...)
}

func with(q url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
			continue
		}
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// signIn walks the pages with the password of the ready users, and returns the
// query that the callback receives.
func (b *browser) signIn(username string, q url.Values) url.Values {
	b.t.Helper()
	response, body := b.get("/oauth2/authorize?" + q.Encode())
	location := response.Header.Get("Location")
	if !strings.HasPrefix(location, "/login?") {
		b.t.Fatalf("authorize: %d %s to %q, want the login page", response.StatusCode, body, location)
	}
	_, page := b.get(location)
	action, fields := parseForm(b.t, page)
	response, body = b.post(action, with(fields, "username", username, "password", "Passw0rd!"))
	return callbackQuery(b.t, response, body)
}

func callbackQuery(t testing.TB, response *http.Response, body string) url.Values {
	t.Helper()
	location := response.Header.Get("Location")
	if response.StatusCode != http.StatusFound || !strings.HasPrefix(location, callback+"?") {
		t.Fatalf("%d to %q, want the callback:\n%s", response.StatusCode, location, body)
	}
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// tokens is an answer of the token endpoint, good or bad.
type tokens struct {
	status  int
	raw     string
	Access  string `json:"access_token"`
	ID      string `json:"id_token"`
	Refresh string `json:"refresh_token"`
	Expires int    `json:"expires_in"`
	Type    string `json:"token_type"`
	Error   string `json:"error"`
}

func codeForm(code string, pairs ...string) url.Values {
	return with(url.Values{
		"grant_type":    {"authorization_code"},
		"client_id":     {"local-client"},
		"redirect_uri":  {callback},
		"code":          {code},
		"code_verifier": {rfcVerifier},
	}, pairs...)
}

// token posts a form to the token endpoint; secret, if any, goes by Basic.
func (f *fixture) token(t testing.TB, form url.Values, basic ...string) tokens {
	t.Helper()
	return tokenFrom(t, f.Server, form, basic...)
}

func tokenFrom(t testing.TB, h http.Handler, form url.Values, basic ...string) tokens {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(basic) == 2 {
		r.SetBasicAuth(basic[0], basic[1])
	}
	response, body := request(t, h, r)
	answer := tokens{status: response.StatusCode, raw: body}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("token endpoint: %d %q: %v", response.StatusCode, body, err)
	}
	return answer
}

// signedIn returns the tokens of a whole sign-in of anaya.
func (f *fixture) signedIn(t testing.TB, pairs ...string) tokens {
	t.Helper()
	q := newBrowser(t, f).signIn("anaya", authorizeQuery(pairs...))
	answer := f.token(t, codeForm(q.Get("code")))
	if answer.status != http.StatusOK {
		t.Fatalf("token endpoint: %d %s", answer.status, answer.raw)
	}
	return answer
}
