package signin_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/signin"
)

// change returns an address with a changed parameter; "" removes it.
func change(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	if query.Set(name, value); value == "" {
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// wantNoSession demands that nobody is signed in in the browser, and that no code was sent.
func (b *browser) wantNoSession(codes int) {
	b.Helper()
	b.want(b.get("/_auth/me"), http.StatusUnauthorized)
	if got := b.counted("/oauth2/token"); got != codes {
		b.Errorf("%d requests to the token endpoint, want %d", got, codes)
	}
}

func TestForgedAndMissingState(t *testing.T) {
	b := newWorld(t).browser()
	back := b.code(b.begin("/"))
	other := b.browser()
	foreign := other.code(other.begin("/"))
	u, err := url.Parse(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"", "forged", u.Query().Get("state")} {
		b.want(b.get(change(t, back, "state", state)), http.StatusBadRequest)
		b.wantNoSession(0)
	}
	b.want(b.get(back+"&state=x"), http.StatusBadRequest)
	b.wantNoSession(0)
	b.want(b.get(back), http.StatusSeeOther) // a forged callback does not end the sign-in
}

func TestReplayedCallback(t *testing.T) {
	b := newWorld(t).browser()
	back := b.code(b.begin("/x"))
	flows := b.cookies()
	b.want(b.get(back), http.StatusSeeOther)
	response := b.get(back) // with a session: on to the application
	b.want(response, http.StatusSeeOther)
	if to := response.Header.Get("Location"); to != appURL {
		t.Error(to)
	}
	thief := b.browser() // another replica, with the cookies of the sign-in
	thief.handler = application(b.newHandler())
	thief.send = func(r *http.Request) {
		for name, value := range flows {
			addCookie(r, name, value)
		}
	}
	thief.want(thief.get(back), http.StatusBadRequest)
	thief.wantNoSession(1)
}

// TestLoginCSRF: the attacker's callback address in the browser of the victim
// (CVE-2017-1000069), and a callback without a sign-in under way (CVE-2026-66884).
func TestLoginCSRF(t *testing.T) {
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	back := attacker.code(attacker.begin("/"))
	response := victim.get(back, "Sec-Fetch-Site", "cross-site")
	victim.want(response, http.StatusBadRequest)
	if page := text(response); !strings.Contains(page, "cookies are off") || !strings.Contains(page, `href="/_auth/login"`) || strings.Contains(page, "code-") {
		t.Error(page)
	}
	victim.wantNoSession(0)
	victim.begin("/")
	victim.want(victim.get(back, "Sec-Fetch-Site", "cross-site"), http.StatusBadRequest)
	victim.wantNoSession(0)
}

func TestMissingPKCEAndNonce(t *testing.T) {
	b := newWorld(t).browser()
	authorize := b.begin("/")
	u, err := url.Parse(authorize)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"code_challenge", "nonce", "state"} {
		if len(u.Query().Get(name)) != 43 {
			t.Errorf("%s is missing: %s", name, authorize)
		}
	}
	b.want(b.get(b.code(change(t, authorize, "nonce", "that-of-another-sign-in"))), http.StatusBadRequest)
	b.wantNoSession(1)
}

// TestSessionFixation: an ID that an attacker has set in the browser is of no use after the
// sign-in, and the former session ends (CVE-2026-34454).
func TestSessionFixation(t *testing.T) {
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	attacker.signIn("/")
	known := attacker.cookies()["__Host-poolguard"]
	victim.send = func(r *http.Request) { addCookie(r, "__Host-poolguard", known) }
	victim.want(victim.get(victim.code(victim.get("/_auth/login").Header.Get("Location"))), http.StatusSeeOther)
	victim.send = nil
	if victim.cookies()["__Host-poolguard"] == known {
		t.Error("the sign-in kept the ID")
	}
	victim.want(victim.get("/"), http.StatusOK)
	attacker.want(attacker.get("/"), http.StatusSeeOther)
}

// TestCookieTossing: a sibling subdomain sets a second cookie of the name.
func TestCookieTossing(t *testing.T) {
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	attacker.signIn("/")
	victim.signIn("/")
	known := attacker.cookies()["__Host-poolguard"]
	victim.send = func(r *http.Request) { addCookie(r, "__Host-poolguard", known) }
	victim.want(victim.get("/", "Accept", "application/json"), http.StatusUnauthorized)
	back := victim.code(victim.get("/_auth/login").Header.Get("Location"))
	victim.send = func(r *http.Request) {
		addCookie(r, "__Host-poolguard-flow-0", attacker.cookies()["__Host-poolguard-flow-0"])
	}
	victim.want(victim.get(back), http.StatusSeeOther) // to the application: the flow does not count
	if got := w.counted("/oauth2/token"); got != 2 {
		t.Errorf("%d codes were sent", got)
	}
}

func TestOpenRedirectsAfterSignIn(t *testing.T) {
	for _, to := range []string{"//evil.test", "/\\evil.test", "https://evil.test/", "/%5cevil.test", "https://x@evil.test", "/\t/evil.test", "/..;/x", "javascript:alert(1)", "/_auth/logout"} {
		b := newWorld(t).browser()
		response := b.get("/_auth/login?" + url.Values{"return_to": {to}}.Encode())
		b.want(response, http.StatusSeeOther)
		response = b.get(b.code(response.Header.Get("Location")))
		if got := response.Header.Get("Location"); got != appURL+"/" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

// TestFlowCookiesDoNotPileUp: a page can start any number of sign-ins, and long headers
// would be refused with 431.
func TestFlowCookiesDoNotPileUp(t *testing.T) {
	b := newWorld(t).browser()
	var backs []string
	for n := range 12 {
		b.issuer.Clock().Advance(time.Second)
		response := b.get("/_auth/login?return_to=" + url.QueryEscape(fmt.Sprint("/tab-", n, "?", strings.Repeat("x", 700))))
		b.want(response, http.StatusSeeOther)
		backs = append(backs, b.code(response.Header.Get("Location")))
		size := 0
		for _, value := range b.cookies() {
			size += len(value)
		}
		if len(b.cookies()) > 5 || size > 6<<10 {
			t.Fatalf("%d cookies, %d bytes", len(b.cookies()), size)
		}
	}
	b.want(b.get(backs[0]), http.StatusBadRequest) // the oldest one was dropped
	response := b.get(backs[10])
	b.want(response, http.StatusSeeOther)
	if to := response.Header.Get("Location"); !strings.HasPrefix(to, appURL+"/tab-10?") {
		t.Error(to)
	}
	if cookies := b.cookies(); len(cookies) != 1 {
		t.Errorf("after the sign-in: %d cookies", len(cookies))
	}
}

// TestSeveralTabs: each of five tabs can finish first.
func TestSeveralTabs(t *testing.T) {
	for first := range 5 {
		b := newWorld(t).browser()
		var backs []string
		for n := range 5 {
			backs = append(backs, b.code(b.begin(fmt.Sprint("/tab-", n))))
		}
		response := b.get(backs[first])
		b.want(response, http.StatusSeeOther)
		if to := response.Header.Get("Location"); to != fmt.Sprint(appURL, "/tab-", first) {
			t.Error(to)
		}
		for n, back := range backs {
			if n != first {
				b.want(b.get(back), http.StatusSeeOther)
			}
		}
		b.want(b.get("/"), http.StatusOK)
	}
}

// TestFlowCookieIsAuthenticated: no changed byte of it opens, and all faults look alike
// (CVE-2026-47775).
func TestFlowCookieIsAuthenticated(t *testing.T) {
	b := newWorld(t).browser()
	back := b.code(b.begin("/"))
	good := b.cookies()["__Host-poolguard-flow-0"]
	fresh := b.browser()
	pages := map[string]bool{}
	for n := strings.IndexByte(good, '.') + 1; n < len(good); n += 7 {
		changed := []byte(good)
		changed[n] ^= 1
		fresh.send = func(r *http.Request) {
			addCookie(r, "__Host-poolguard-flow-0", string(changed))
		}
		response := fresh.get(back)
		fresh.want(response, http.StatusBadRequest)
		pages[text(response)] = true
	}
	if len(pages) != 1 {
		t.Errorf("%d different pages", len(pages))
	}
	fresh.wantNoSession(0)
}

func TestCrossSiteRequestsDoNotUseTheSession(t *testing.T) {
	b := newWorld(t).browser()
	b.signIn("/")
	for _, test := range []struct {
		method string
		path   string
		pairs  []string
		want   int
	}{
		{"POST", "/", nil, 200},
		{"POST", "/", []string{"Origin", "https://evil.example.com", "Sec-Fetch-Site", "same-site"}, 401},
		{"POST", "/", []string{"Origin", "null"}, 401},
		{"POST", "/", []string{"Origin", "", "Sec-Fetch-Site", ""}, 401},
		{"GET", "/", []string{"Sec-Fetch-Site", "cross-site"}, 200}, // a link
		{"GET", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 401},
		{"GET", "/", []string{"Sec-WebSocket-Version", "13", "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site", "Accept", ""}, 401},
		{"GET", "/", []string{"Sec-WebSocket-Version", "13", "Origin", "", "Sec-Fetch-Site", "", "Accept", ""}, 401},
		{"GET", "/", []string{"Sec-WebSocket-Version", "13", "Origin", appURL, "Accept", ""}, 200},
		{"POST", "/_auth/logout", []string{"Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", "/_auth/logout", []string{"Origin", "", "Sec-Fetch-Site", ""}, 403},
		{"POST", "/_auth/refresh", []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403},
		{"GET", "/_auth/refresh", nil, 405},
		{"POST", "/_auth/login", nil, 405},
	} {
		if response := b.do(test.method, test.path, nil, test.pairs...); response.StatusCode != test.want {
			t.Errorf("%s %s %v: %d", test.method, test.path, test.pairs, response.StatusCode)
		}
	}
	b.want(b.get("/"), http.StatusOK)
}

// TestCookieOfOneHostOpensNoSessionOfAnother, also with forwarded headers (CVE-2026-40575).
func TestCookieOfOneHostOpensNoSessionOfAnother(t *testing.T) {
	w := newWorld(t, func(c *signin.Config) { c.Apps[0].Hosts = []string{"two.example.com"} })
	b := w.browser()
	b.signIn("/")
	id := b.cookies()["__Host-poolguard"]
	other := w.browser()
	other.send = func(r *http.Request) {
		addCookie(r, "__Host-poolguard", id)
		r.Header.Set("X-Forwarded-Host", "app.example.com")
	}
	other.want(other.get("https://two.example.com/", "Accept", "application/json"), http.StatusUnauthorized)
	other.want(other.get("https://evil.test/"), http.StatusMisdirectedRequest)
	other.want(other.get("https://evil.test/_auth/login"), http.StatusMisdirectedRequest)
}

// TestStoreCannotExchangeRecords: a changed or exchanged record opens no session.
func TestStoreCannotExchangeRecords(t *testing.T) {
	w := newWorld(t)
	evil := &exchangingStore{Store: w.config.Store}
	w.config.Store = evil
	w.handler = w.newHandler()
	b, other := w.browser(), w.browser()
	b.signIn("/")
	w.options = []cognitotest.TokenOption{cognitotest.ForSubject("the-administrator")}
	other.signIn("/")
	for name, change := range map[string]func(mine, theirs *signin.Record){
		"content":  func(mine, theirs *signin.Record) { mine.Sealed = theirs.Sealed },
		"person":   func(mine, theirs *signin.Record) { mine.Person = theirs.Person },
		"host":     func(mine, _ *signin.Record) { mine.Host = "two.example.com" },
		"end":      func(mine, _ *signin.Record) { mine.ExpiresAt = mine.ExpiresAt.Add(time.Hour) },
		"creation": func(mine, _ *signin.Record) { mine.CreatedAt = mine.CreatedAt.Add(-time.Hour) },
		"version":  func(mine, _ *signin.Record) { mine.Version++ },
		"pool":     func(mine, _ *signin.Record) { mine.UserPool = "us-east-1_Other0001" },
	} {
		evil.change = change
		if response := b.get("/", "Accept", "application/json"); response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
	}
	// The answer to another call (CVE-2025-29923) is a fault of the store.
	evil.change = func(mine, theirs *signin.Record) { *mine = *theirs }
	b.want(b.get("/", "Accept", "application/json"), http.StatusServiceUnavailable)
	evil.change = nil
	b.want(b.get("/"), http.StatusOK)
}

func TestNoTokenInLogsPagesAndAddresses(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.signIn("/")
	var seen strings.Builder
	for _, path := range []string{"/", "/_auth/me", "/_auth/logout", "/_auth/callback?code=code-secret&state=state-secret", "/_auth/x", "/admin"} {
		response := b.get(path)
		fmt.Fprintln(&seen, text(response), response.Header)
		if strings.HasPrefix(path, "/_auth/") && response.Header.Get("Referrer-Policy") == "" {
			t.Errorf("%s: the address becomes a Referer", path)
		}
	}
	w.before = func(string) *http.Response {
		return answer(500, map[string]any{"error": "server_error", "error_description": "refresh-0"})
	}
	w.issuer.Clock().Advance(2 * time.Hour)
	fmt.Fprintln(&seen, text(b.get("/")), w.logs)
	session, _ := signin.FromContext(t.Context())
	fmt.Fprintf(&seen, "%v %+v", session, w.config.Keys)
	for _, secret := range []string{"eyJ", "refresh-0", "code-secret", "state-secret", "pgk1_"} {
		if strings.Contains(seen.String(), secret) {
			t.Errorf("%s is shown:\n%s", secret, seen.String())
		}
	}
}
