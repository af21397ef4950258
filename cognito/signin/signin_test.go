package signin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/signin"
)

func TestSignInReturnsToTheDeepLink(t *testing.T) {
	b := newWorld(t).browser()
	const page = "/orders/7?sort=a%2Fb&x=1"
	if to := b.signIn(page); to != appURL+page {
		t.Errorf("returns to %s", to)
	}
	response := b.get(page)
	b.want(response, http.StatusOK)
	if got := text(response); !strings.HasPrefix(got, "hello ") || !strings.Contains(got, "@") {
		t.Error(got)
	}
	if response.Header.Get("Cache-Control") != "no-store" {
		t.Error("the back button shows the page after a sign-out")
	}
	if cookies := b.cookies(); len(cookies) != 1 || len(cookies["__Host-poolguard"]) != 43 {
		t.Errorf("cookies %v", cookies)
	}
}

func TestCookiesAreThoseOfTheContract(t *testing.T) {
	for external, want := range map[string]string{
		appURL:                  "__Host-poolguard=x; Path=/; HttpOnly; Secure; SameSite=Lax",
		"http://localhost:8080": "poolguard-dev=x; Path=/; HttpOnly; SameSite=Lax",
		"https://b.example.com": "__Secure-poolguard=x; Path=/; Domain=example.com; HttpOnly; Secure; SameSite=Lax",
	} {
		w := newWorld(t, func(c *signin.Config) {
			c.Apps[0].ExternalURL, c.Apps[0].SignOutURL = external, external+"/"
			if strings.HasPrefix(want, "__Secure-") {
				c.CookieDomain = "example.com"
			}
		})
		b := w.browser()
		login := b.get(external + "/_auth/login")
		b.want(login, http.StatusSeeOther)
		flow := login.Cookies()[0]
		prefix, _, _ := strings.Cut(want, "=")
		if prefix == "__Secure-poolguard" {
			prefix = "__Host-poolguard"
		}
		if flow.Name != prefix+"-flow-0" || !flow.HttpOnly || flow.Secure != strings.HasPrefix(external, "https") || flow.SameSite != http.SameSiteLaxMode || flow.Path != "/" || flow.Domain != "" {
			t.Errorf("%s: flow cookie %v", external, flow)
		}
		back := b.get(b.code(login.Header.Get("Location")))
		b.want(back, http.StatusSeeOther)
		var session string
		for _, line := range back.Header["Set-Cookie"] {
			if !strings.Contains(line, "-flow-") {
				name, rest, _ := strings.Cut(line, "=")
				_, attributes, _ := strings.Cut(rest, ";")
				session = name + "=x;" + attributes
			}
		}
		if session != want {
			t.Errorf("%s: got %s, want %s", external, session, want)
		}
	}
}

func TestScriptsGet401AndPagesAreRedirected(t *testing.T) {
	b := newWorld(t).browser()
	for _, test := range []struct {
		method string
		pairs  []string
		page   bool
	}{
		{"GET", nil, true}, {"HEAD", nil, true}, {"POST", nil, false},
		{"GET", []string{"Accept", "application/json"}, false}, {"GET", []string{"Authorization", "Basic eDp5"}, false},
		{"GET", []string{"Sec-Fetch-Mode", "cors"}, false}, {"GET", []string{"Sec-Fetch-Dest", "iframe"}, false},
		{"GET", []string{"Sec-Fetch-Mode", "", "Sec-Fetch-Dest", ""}, true},
	} {
		response := b.do(test.method, "/x", nil, test.pairs...)
		want := http.StatusUnauthorized
		if test.page {
			want = http.StatusSeeOther
		}
		b.want(response, want)
		if !test.page && (!strings.Contains(text(response), `"code":"session_missing"`) || response.Header.Get("WWW-Authenticate") == "" || response.Header.Get("Location") != "") {
			t.Errorf("%v: %v", test, response.Header)
		}
	}
	b.want(b.get("/public"), http.StatusOK)
}

func TestIdentityPageHasNoToken(t *testing.T) { // GO-2024-2965
	b := newWorld(t).browser()
	b.want(b.get("/_auth/me", "Accept", "application/json"), http.StatusUnauthorized)
	b.signIn("/")
	response := b.get("/_auth/me")
	b.want(response, http.StatusOK)
	var got map[string]any
	body := text(response)
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"subject", "username", "email", "groups", "scopes", "user_pool", "client_id", "signed_in_at", "expires_at"} {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing: %s", name, body)
		}
	}
	if len(got) != 9 || strings.Contains(body, "eyJ") || strings.Contains(body, "refresh-0") {
		t.Errorf("the identity has more than its members: %s", body)
	}
}

// An application may take an address for the person. One that the user pool has not verified
// can be another person's.
func TestIdentityPageHasNoUnverifiedAddress(t *testing.T) {
	for _, verified := range []bool{true, false} {
		w := newWorld(t)
		w.options = []cognitotest.TokenOption{cognitotest.Claim("email", "anaya@example.com"), cognitotest.Claim("email_verified", verified)}
		b := w.browser()
		b.signIn("/")
		if body := text(b.get("/_auth/me")); strings.Contains(body, `"email":"anaya@example.com"`) != verified {
			t.Errorf("verified is %v: %s", verified, body)
		}
	}
}

func TestSignOutEndsTheSessionHereAndAtTheUserPool(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.signIn("/")
	former := b.cookies()["__Host-poolguard"]
	confirm := b.get("/_auth/logout")
	b.want(confirm, http.StatusOK)
	if page := text(confirm); !strings.Contains(page, `<form method="post" action="/_auth/logout">`) || confirm.Header.Get("Referrer-Policy") != "same-origin" {
		t.Error(page)
	}
	response := b.do(http.MethodPost, "/_auth/logout", nil)
	b.want(response, http.StatusSeeOther)
	if to := response.Header.Get("Location"); to != domain+"/logout?client_id="+cognitotest.ClientID+"&logout_uri="+url.QueryEscape(appURL+"/bye") {
		t.Error(to)
	}
	if w.counted("/oauth2/revoke") != 1 || len(b.cookies()) != 0 {
		t.Errorf("revoked %d times, cookies %v", w.counted("/oauth2/revoke"), b.cookies())
	}
	b.send = func(r *http.Request) { addCookie(r, "__Host-poolguard", former) }
	b.want(b.get("/", "Accept", "application/json"), http.StatusUnauthorized) // the cookie opens nothing any more
}

func TestSessionEndsByItsLimits(t *testing.T) {
	w := newWorld(t, func(c *signin.Config) { c.Idle, c.Absolute = 10*time.Minute, 50*time.Minute })
	b := w.browser()
	b.signIn("/")
	for range 4 { // in use, it passes its idle limit
		w.issuer.Clock().Advance(9 * time.Minute)
		b.want(b.get("/"), http.StatusOK)
	}
	b.want(b.get("/_auth/me"), http.StatusOK) // which is no use of it
	w.issuer.Clock().Advance(9 * time.Minute)
	b.want(b.get("/_auth/me"), http.StatusOK)
	w.issuer.Clock().Advance(time.Minute)
	b.want(b.get("/"), http.StatusSeeOther)

	b.signIn("/")
	for range 5 {
		b.want(b.get("/"), http.StatusOK)
		w.issuer.Clock().Advance(9*time.Minute + 59*time.Second)
	}
	b.want(b.get("/"), http.StatusOK) // five seconds before its absolute end
	w.issuer.Clock().Advance(5 * time.Second)
	b.want(b.get("/"), http.StatusSeeOther)
}

func TestSignOutEverywhere(t *testing.T) {
	w := newWorld(t)
	var browsers []*browser
	for range 3 {
		b := w.browser()
		b.signIn("/")
		browsers = append(browsers, b)
	}
	w.options = []cognitotest.TokenOption{cognitotest.ForSubject("another-user")}
	other := w.browser()
	other.signIn("/")
	sessions, err := w.handler.Sessions(t.Context(), cognitotest.PoolID, cognitotest.Subject)
	if err != nil || len(sessions) != 3 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
	browsers[0].want(browsers[0].do(http.MethodPost, "/_auth/logout", url.Values{"everywhere": {"1"}}), http.StatusSeeOther)
	for n, b := range browsers {
		if response := b.get("/"); response.StatusCode != http.StatusSeeOther {
			t.Errorf("browser %d is still signed in", n)
		}
	}
	other.want(other.get("/"), http.StatusOK)
	sessions, err = w.handler.Sessions(t.Context(), cognitotest.PoolID, "another-user")
	if err != nil || len(sessions) != 1 {
		t.Fatal(sessions, err)
	}
	if err := w.handler.EndSession(t.Context(), sessions[0].Key); err != nil {
		t.Fatal(err)
	}
	other.want(other.get("/"), http.StatusSeeOther)
}

// A sign-out that failed in part can be repeated: the browser keeps its session until the
// rest has ended.
func TestSignOutEverywhereIsRepeatedAfterAFailure(t *testing.T) {
	store := &failingStore{}
	w := newWorld(t, func(c *signin.Config) { store.Store, c.Store = c.Store, store })
	b, other := w.browser(), w.browser()
	other.signIn("/")
	sessions, err := w.handler.Sessions(t.Context(), cognitotest.PoolID, cognitotest.Subject)
	if err != nil || len(sessions) != 1 {
		t.Fatal(sessions, err)
	}
	b.signIn("/")
	store.set(func() { store.kept = sessions[0].Key })
	everywhere := url.Values{"everywhere": {"1"}}
	b.want(b.do(http.MethodPost, "/_auth/logout", everywhere), http.StatusServiceUnavailable)
	other.want(other.get("/"), http.StatusOK)
	store.set(func() { store.kept = signin.Key{} })
	b.want(b.do(http.MethodPost, "/_auth/logout", everywhere), http.StatusSeeOther)
	other.want(other.get("/"), http.StatusSeeOther)
	if sessions, err = w.handler.Sessions(t.Context(), cognitotest.PoolID, cognitotest.Subject); err != nil || len(sessions) != 0 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
}

func TestStepUp(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.signIn("/")
	response := b.get("/strong", "Accept", "application/json")
	b.want(response, http.StatusUnauthorized)
	if c := response.Header.Get("WWW-Authenticate"); !strings.Contains(c, "insufficient_user_authentication") {
		t.Error(c)
	}
	authorize := b.begin("/strong")
	if !strings.Contains(authorize, "prompt=login") {
		t.Errorf("the pool's own session answers: %s", authorize)
	}
	b.want(b.get(b.code(authorize)), http.StatusForbidden) // still too weak: a page, not a circle
	b.want(b.get("/"), http.StatusOK)                      // the former session stays
	w.options = []cognitotest.TokenOption{cognitotest.Claim("acr", "urn:cognito:loa:3")}
	if to := b.signIn("/strong"); to != appURL+"/strong" {
		t.Error(to)
	}
	b.want(b.get("/strong"), http.StatusOK)
	b.want(b.get("/admin"), http.StatusForbidden)
	w.options = nil
	w.issuer.Clock().Advance(10 * time.Minute)
	response = b.get("/recent")
	if to := response.Header.Get("Location"); to != "/_auth/login?max_age=60&return_to=%2Frecent" {
		t.Error(to)
	}
}
