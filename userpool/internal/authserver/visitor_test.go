package authserver

import (
	"crypto/rand"
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
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// pagesWorld is a world whose pool confirms e-mail addresses and has a provider,
// and whose client hides who exists; change, which may be nil, changes both.
func pagesWorld(t testing.TB, log io.Writer, change func(*directory.Pool, *directory.Client)) *world {
	t.Helper()
	w := newWorld(t, log, nil)
	w.update(t, func(tx store.Tx) error {
		client, err := directory.GetClient(tx, "local-client")
		if err != nil {
			return err
		}
		w.pool.AutoVerifiedAttributes = []string{"email"}
		client.Providers = []string{directory.ProviderCognito, "Google"}
		client.HideUnknownUsers = true
		if change != nil {
			change(&w.pool, &client)
		}
		if err := directory.PutPool(tx, w.pool); err != nil {
			return err
		}
		google := directory.Provider{PoolID: testPool, Name: "Google", Type: "Google", Identifiers: []string{"goo"}}
		if err := directory.PutProvider(tx, google); err != nil {
			return err
		}
		return directory.PutClient(tx, client)
	})
	w.addUser(t, "anaya", func(u *directory.User) {
		u.Attributes = map[string]string{"email": "anaya@example.com", "email_verified": "true"}
	})
	return w
}

// addUser adds or replaces a user with the password of the tests.
func (w *world) addUser(t testing.TB, name string, change func(*directory.User)) {
	t.Helper()
	verifier, err := srp.NewVerifier(rand.Reader, w.pool.SRPName(), name, "Passw0rd!")
	if err != nil {
		t.Fatal(err)
	}
	u := directory.User{PoolID: testPool, Username: name, Sub: "the sub of " + name, Status: directory.Confirmed, Password: verifier}
	if change != nil {
		change(&u)
	}
	w.update(t, func(tx store.Tx) error { return directory.PutUser(tx, w.pool, u) })
}

func (w *world) user(t testing.TB, name string) directory.User {
	t.Helper()
	u, err := w.accounts.User(t.Context(), w.pool, name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// visitor is a browser: it keeps cookies and does not follow redirects.
type visitor struct {
	t      testing.TB
	w      *world
	client *http.Client
}

// muxTransport answers requests without a network.
type muxTransport struct{ mux *http.ServeMux }

func (m muxTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	m.mux.ServeHTTP(rec, r)
	return rec.Result(), nil
}

func newVisitor(t testing.TB, w *world) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, w, &http.Client{
		Jar: jar, Transport: muxTransport{w.mux},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// shown is an answer with its body read.
type shown struct {
	t        testing.TB
	status   int
	location string
	header   http.Header
	body     string
}

func (v *visitor) do(method, target string, form url.Values, header ...string) shown {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, testPublic+target, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return shown{v.t, response.StatusCode, response.Header.Get("Location"), response.Header, string(body)}
}

// get opens a page of the good request, changed by pairs.
func (v *visitor) get(path string, pairs ...string) shown {
	v.t.Helper()
	page := v.do(http.MethodGet, path+"?"+goodQuery(pairs...).Encode(), nil)
	if page.status == http.StatusOK {
		checkPage(v.t, page)
	}
	return page
}

// submit sends the form of a page, changed by pairs.
func (v *visitor) submit(page shown, pairs ...string) shown {
	v.t.Helper()
	action, form := page.form()
	return v.send(action, form, pairs...)
}

// again presses the second button of a page.
func (v *visitor) again(page shown) shown {
	v.t.Helper()
	_, form := page.form()
	action := regexp.MustCompile(`formaction="([^"]*)"`).FindStringSubmatch(page.body)
	if action == nil {
		v.t.Fatalf("no second button:\n%s", page.body)
	}
	return v.send(html.UnescapeString(action[1]), form)
}

func (v *visitor) send(action string, form url.Values, pairs ...string) shown {
	v.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	answer := v.do(http.MethodPost, action, form)
	if answer.location == "" {
		checkPage(v.t, answer)
	}
	return answer
}

func goodQuery(pairs ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {"local-client"}, "redirect_uri": {testCallback},
		"scope": {"openid"}, "state": {"a state & more"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

var (
	formStart = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	inputTag  = regexp.MustCompile(`<input ([^>]*)>`)
	tagValue  = regexp.MustCompile(`([\w-]+)="([^"]*)"`)
)

func (p shown) form() (action string, fields url.Values) {
	p.t.Helper()
	start := formStart.FindStringSubmatch(p.body)
	if start == nil {
		p.t.Fatalf("%d to %q, no form in the page:\n%s", p.status, p.location, p.body)
	}
	fields = url.Values{}
	for _, input := range inputTag.FindAllStringSubmatch(p.body, -1) {
		values := attributesOf(input[1])
		fields.Set(values["name"], values["value"])
	}
	return html.UnescapeString(start[1]), fields
}

func attributesOf(tag string) map[string]string {
	values := map[string]string{}
	for _, a := range tagValue.FindAllStringSubmatch(tag, -1) {
		values[a[1]] = html.UnescapeString(a[2])
	}
	return values
}

// want checks status and words of a page.
func (p shown) want(status int, words ...string) shown {
	p.t.Helper()
	if p.status != status {
		p.t.Errorf("%d to %q, want %d:\n%s", p.status, p.location, status, p.visible())
	}
	text := html.UnescapeString(p.body)
	for _, word := range words {
		if !strings.Contains(text, word) {
			p.t.Errorf("the page lacks %q:\n%s", word, p.visible())
		}
	}
	return p
}

// visible is the page after its style sheet.
func (p shown) visible() string {
	_, body, _ := strings.Cut(p.body, "</style>")
	return body
}

// code is the code that the client gets.
func (p shown) code() string {
	p.t.Helper()
	u, err := url.Parse(p.location)
	if err != nil || p.status != http.StatusFound || !strings.HasPrefix(p.location, testCallback+"?") || u.Query().Get("state") != "a state & more" {
		p.t.Fatalf("%d to %q, want the callback:\n%s", p.status, p.location, p.visible())
	}
	return u.Query().Get("code")
}

// idToken redeems the code and returns the ID token's claims.
func (v *visitor) idToken(p shown) map[string]any {
	v.t.Helper()
	answer := v.do(http.MethodPost, "/oauth2/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"local-client"}, "redirect_uri": {testCallback}, "code": {p.code()},
	})
	var tokens struct {
		ID string `json:"id_token"`
	}
	var claims map[string]any
	err := json.Unmarshal([]byte(answer.body), &tokens)
	if err == nil {
		var payload []byte
		payload, err = base64.RawURLEncoding.DecodeString(strings.Split(tokens.ID+"..", ".")[1])
		if err == nil {
			err = json.Unmarshal(payload, &claims)
		}
	}
	if err != nil {
		v.t.Fatalf("%v: %s", err, answer.body)
	}
	return claims
}
