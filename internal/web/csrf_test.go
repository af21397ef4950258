package web_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/web"
)

func newCSRF(t *testing.T, key []byte) *web.CSRF {
	t.Helper()
	c, err := web.NewCSRF("shop-form", key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve returns what a browser has after it got a form.
func serve(t *testing.T, c *web.CSRF) (cookie *http.Cookie, token string) {
	t.Helper()
	w := httptest.NewRecorder()
	token = c.Token(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0], token
}

// forged is a cookie of that name with a value that the server did not make.
func forged(cookie *http.Cookie) *http.Cookie {
	other := *cookie //nolint:gosec // a copy of the server's cookie, with its attributes
	other.Value = "x"
	return &other
}

// sent is a parsed request of the form.
func sent(t *testing.T, cookie *http.Cookie, fetchSite string, tokens ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(url.Values{web.CSRFField: tokens}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if fetchSite != "" {
		r.Header.Set("Sec-Fetch-Site", fetchSite)
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOnlyAFormServedToThisBrowserIsValid(t *testing.T) {
	t.Parallel()
	own, stranger := newCSRF(t, nil), newCSRF(t, nil)
	cookie, token := serve(t, own)
	otherCookie, otherToken := serve(t, own)
	strangeCookie, strangeToken := serve(t, stranger)
	for name, tc := range map[string]struct {
		cookie    *http.Cookie
		fetchSite string
		tokens    []string
		want      bool
	}{
		"own form":                          {cookie, "same-origin", []string{token}, true},
		"browser without fetch metadata":    {cookie, "", []string{token}, true},
		"another site":                      {cookie, "cross-site", []string{token}, false},
		"another port":                      {cookie, "same-site", []string{token}, false},
		"unknown value":                     {cookie, "x", []string{token}, false},
		"no cookie":                         {nil, "", []string{token}, false},
		"no token":                          {cookie, "", nil, false},
		"empty token":                       {cookie, "", []string{""}, false},
		"token twice":                       {cookie, "", []string{token, token}, false},
		"token of another browser":          {cookie, "", []string{otherToken}, false},
		"cookie of another browser":         {otherCookie, "", []string{token}, false},
		"server with another key":           {strangeCookie, "", []string{strangeToken}, false},
		"the cookie itself as the token":    {cookie, "", []string{cookie.Value}, false},
		"token cut short":                   {cookie, "", []string{token[:len(token)-1]}, false},
		"cookie that the sender has chosen": {forged(cookie), "", []string{token}, false},
	} {
		if got := own.Valid(sent(t, tc.cookie, tc.fetchSite, tc.tokens...)); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func TestTokenInTheQueryIsRejected(t *testing.T) {
	t.Parallel()
	c := newCSRF(t, nil)
	cookie, token := serve(t, c)
	r := sent(t, cookie, "")
	r.URL.RawQuery = url.Values{web.CSRFField: {token}}.Encode()
	r.PostForm, r.Form = nil, nil
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	if c.Valid(r) {
		t.Error("a token in the address is taken")
	}
}

func TestSecondFormKeepsTheFirstOneValid(t *testing.T) {
	t.Parallel()
	c := newCSRF(t, nil)
	cookie, token := serve(t, c)
	r, w := httptest.NewRequest(http.MethodGet, "/", http.NoBody), httptest.NewRecorder()
	r.AddCookie(cookie)
	if again := c.Token(w, r); again != token || len(w.Result().Cookies()) != 0 {
		t.Errorf("a second form has token %q and cookies %v", again, w.Result().Cookies())
	}
	r, w = httptest.NewRequest(http.MethodGet, "/", http.NoBody), httptest.NewRecorder()
	r.AddCookie(forged(cookie))
	if c.Token(w, r); len(w.Result().Cookies()) != 1 {
		t.Error("a cookie of another length is kept")
	}
}

func TestProcessesWithOneKeyTakeEachOthersForms(t *testing.T) {
	t.Parallel()
	key := []byte(strings.Repeat("k", 32))
	cookie, token := serve(t, newCSRF(t, key))
	if !newCSRF(t, key).Valid(sent(t, cookie, "", token)) {
		t.Error("refused")
	}
}

func TestCookieFollowsTheConnection(t *testing.T) {
	t.Parallel()
	cookie, _ := serve(t, newCSRF(t, nil))
	if cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" {
		t.Errorf("over plain http: %v", cookie)
	}
	r, w := httptest.NewRequest(http.MethodGet, "/", http.NoBody), httptest.NewRecorder()
	r.TLS = &tls.ConnectionState{}
	newCSRF(t, nil).Token(w, r)
	if cookie := w.Result().Cookies()[0]; !cookie.Secure {
		t.Errorf("over TLS: %v", cookie)
	}
}

func TestFaultyCSRFIsRejected(t *testing.T) {
	t.Parallel()
	_, err := web.NewCSRF("a b", []byte("short"))
	for _, want := range []string{`got "a b"`, "got 5 bytes, want 32 or more"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}
