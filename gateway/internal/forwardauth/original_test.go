package forwardauth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

// A fixed decider gives one decision and keeps what it was asked.
type fixed struct {
	decision authz.Decision
	asked    []authz.Request
	deadline time.Time
}

func (f *fixed) Decide(ctx context.Context, r *authz.Request) authz.Decision {
	f.asked = append(f.asked, *r)
	f.deadline, _ = ctx.Deadline()
	return f.decision
}

func handlerOf(t *testing.T, f *fixed) *forwardauth.Handler {
	t.Helper()
	h, err := forwardauth.New(configOf(t, f))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func configOf(t *testing.T, decider forwardauth.Decider) forwardauth.Config {
	t.Helper()
	headers, err := identity.New(identity.Config{})
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := callers.New([]string{"192.0.2.0/24"}) // that of httptest
	if err != nil {
		t.Fatal(err)
	}
	return forwardauth.Config{Decider: decider, Headers: headers, Trusted: trusted}
}

// families are the headers of each address for GET https://api.example.com/orders/7?x=1.
var families = map[string]http.Header{
	"nginx": {
		"X-Original-Method": {"GET"}, "X-Original-Host": {"api.example.com"}, "X-Original-Uri": {"/orders/7?x=1"},
	},
	"ingress-nginx": {
		"X-Original-Method": {"GET"}, "X-Original-Url": {"https://api.example.com/orders/7?x=1"},
	},
	"traefik": {
		"X-Forwarded-Method": {"GET"}, "X-Forwarded-Host": {"api.example.com"}, "X-Forwarded-Uri": {"/orders/7?x=1"},
	},
	"caddy": {
		"X-Forwarded-Method": {"GET"}, "X-Forwarded-Host": {"api.example.com"}, "X-Forwarded-Uri": {"/orders/7?x=1"},
	},
	"haproxy": {
		"X-Original-Method": {"GET"}, "X-Original-Host": {"api.example.com"}, "X-Original-Uri": {"/orders/7?x=1"},
	},
}

func ask(h http.Handler, path string, headers ...http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	for _, header := range headers {
		for name, values := range header {
			r.Header[name] = append(r.Header[name], values...)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var sameAddress = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

var sameCode = cmp.Comparer(func(a, b error) bool { return cognito.CodeOf(a) == cognito.CodeOf(b) })

func TestEachAddressReadsTheHeadersOfItsProxy(t *testing.T) {
	for proxy, header := range families {
		f := &fixed{decision: authz.Decision{Allowed: true}}
		ask(handlerOf(t, f), "/forward-auth/"+proxy, header, http.Header{
			"Authorization": {"bearer t.t.t"}, "Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"},
			"X-Amzn-Oidc-Data": {"d"}, "X-Amzn-Oidc-Identity": {"i"}, "X-Amzn-Oidc-Accesstoken": {"a"},
		})
		want := []authz.Request{{
			Method: "GET", Host: "api.example.com", Target: "/orders/7?x=1", Bearer: authz.Bearer{Token: "t.t.t"},
			Origin: "https://app.example.com", AccessControlRequestMethod: "PUT",
			LoadBalancer: authz.LoadBalancer{Data: "d", Identity: "i", AccessToken: "a"},
		}}
		if diff := cmp.Diff(want, f.asked, sameAddress); diff != "" {
			t.Errorf("%s: %s", proxy, diff)
		}
	}
	if len(families) != len(forwardauth.Paths()) {
		t.Errorf("the test has %d addresses, want %v", len(families), forwardauth.Paths())
	}
}

// Proxies pass the headers of other proxies through from the client (CVE-2026-40575,
// CVE-2026-33495, CVE-2026-35051).
func TestHeadersOfOtherProxiesAreNotRead(t *testing.T) {
	spoofed := http.Header{
		"X-Original-Method": {"POST"}, "X-Original-Host": {"evil.example.com"}, "X-Original-Uri": {"/public"},
		"X-Original-Url": {"https://evil.example.com/public"}, "X-Forwarded-Method": {"POST"},
		"X-Forwarded-Host": {"evil.example.com"}, "X-Forwarded-Uri": {"/public"}, "X-Forwarded-Proto": {"https"},
		"X-Forwarded-Prefix": {"/public"}, "X-Forwarded-Path": {"/public"}, "X-Rewrite-Url": {"/public"}, "X-Forwarded-For": {"127.0.0.1"},
		"Forwarded": {"for=127.0.0.1;host=evil.example.com"}, "User-Agent": {"GoogleHC/1.0", "kube-probe/1.27"},
		"X-Http-Method-Override": {"GET"}, "X-Real-Ip": {"127.0.0.1"},
	}
	for proxy, header := range families {
		f := &fixed{decision: authz.Decision{Allowed: true}}
		h := handlerOf(t, f)
		ask(h, "/forward-auth/"+proxy, header)
		others := spoofed.Clone()
		for name := range header {
			delete(others, name)
		}
		ask(h, "/forward-auth/"+proxy, header, others)
		if len(f.asked) != 2 {
			t.Fatalf("%s: %d decisions", proxy, len(f.asked))
		}
		if diff := cmp.Diff(f.asked[0], f.asked[1], sameCode, sameAddress); diff != "" {
			t.Errorf("%s: the headers of others change the request: %s", proxy, diff)
		}
		if w := ask(h, "/forward-auth/"+proxy, others); w.Code < 400 || len(f.asked) != 2 {
			t.Errorf("%s: without its own headers the answer is %d", proxy, w.Code)
		}
	}
}

// Caddy appends the query of the client to the address.
func TestQueryOfTheAddressIsNotRead(t *testing.T) {
	f := &fixed{decision: authz.Decision{Allowed: true}}
	w := ask(handlerOf(t, f), "/forward-auth/caddy?access_token=t.t.t&rd=/&X-Forwarded-Uri=/public", families["caddy"],
		http.Header{"Authorization": {"Bearer a.b.c"}})
	if w.Code != http.StatusOK || len(f.asked) != 1 || f.asked[0].Target != "/orders/7?x=1" || f.asked[0].Bearer.Token != "a.b.c" {
		t.Errorf("got %d, %+v", w.Code, f.asked)
	}
}

func TestDoubledAndAliasedHeadersAreRefused(t *testing.T) {
	for proxy, header := range families {
		for name := range header {
			for _, spoofed := range []string{
				name, strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "-", "."), strings.Replace(name, "-", "_", 1),
				http.CanonicalHeaderKey(strings.ReplaceAll(name, "-", "_")), http.CanonicalHeaderKey(strings.ToUpper(strings.ReplaceAll(name, "-", "."))),
			} {
				f := &fixed{decision: authz.Decision{Allowed: true}}
				w := ask(handlerOf(t, f), "/forward-auth/"+proxy, header, http.Header{spoofed: {header[name][0]}})
				if len(f.asked) != 0 || w.Header().Get("X-Auth-Error") != "request_invalid" || w.Code >= 500 || w.Code < 400 {
					t.Errorf("%s with a second %s: %d, %v", proxy, spoofed, w.Code, w.Header())
				}
			}
		}
	}
}

func TestAbsentHeadersAreRefused(t *testing.T) {
	for proxy, header := range families {
		for name := range header {
			for _, values := range [][]string{nil, {""}} {
				f := &fixed{decision: authz.Decision{Allowed: true}}
				less := header.Clone()
				if less[name] = values; values == nil {
					delete(less, name)
				}
				if w := ask(handlerOf(t, f), "/forward-auth/"+proxy, less); len(f.asked) != 0 || w.Header().Get("X-Auth-Error") != "request_invalid" {
					t.Errorf("%s with %s %q: %d, %v", proxy, name, values, w.Code, w.Header())
				}
			}
		}
	}
}

func TestAddressesOfIngressNginx(t *testing.T) {
	for address, want := range map[string][2]string{
		"https://api.example.com/a?b":      {"api.example.com", "/a?b"},
		"http://api.example.com:8443//a":   {"api.example.com:8443", "//a"},
		"https://u@api.example.com/a":      {"u@api.example.com", "/a"},
		"https://api.example.com?b":        {"api.example.com", "?b"},
		"https://api.example.com/%2e%2e/a": {"api.example.com", "/%2e%2e/a"},
		"https://api.example.com\\a":       {"api.example.com", "\\a"},
		"https://api.example.com":          {},
		"ftp://api.example.com/a":          {},
		"//api.example.com/a":              {},
		"/a":                               {},
		"https:///a":                       {},
	} {
		f := &fixed{decision: authz.Decision{Allowed: true}}
		ask(handlerOf(t, f), "/forward-auth/ingress-nginx", http.Header{"X-Original-Method": {"GET"}, "X-Original-Url": {address}})
		got := [2]string{}
		if len(f.asked) == 1 {
			got = [2]string{f.asked[0].Host, f.asked[0].Target}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

// GHSA-w9mr-28mw-j8hg, CVE-2024-45410.
func TestConnectionCannotNameHeadersToRemove(t *testing.T) {
	for connection, good := range map[string]bool{
		"close": true, "keep-alive, Upgrade": true, "Upgrade, HTTP2-Settings": true, "te": true,
		"X-Auth-Subject": false, "close, x_auth_groups": false, "Authorization": false, "keep-alive,cookie": false,
		"X-Original-Uri": false,
	} {
		f := &fixed{decision: authz.Decision{Allowed: true}}
		w := ask(handlerOf(t, f), "/forward-auth/nginx", families["nginx"], http.Header{"Connection": {connection}})
		if got := len(f.asked) == 1; got != good || !good && w.Header().Get("X-Auth-Error") != "request_invalid" {
			t.Errorf("Connection: %s: %d, %v", connection, w.Code, w.Header())
		}
	}
}

func TestUntrustedCallersAreRefused(t *testing.T) {
	for proxy, header := range families {
		f := &fixed{decision: authz.Decision{Allowed: true}}
		r := httptest.NewRequest(http.MethodGet, "/forward-auth/"+proxy, http.NoBody)
		r.Header = header.Clone()
		r.Header["X-Forwarded-For"] = []string{"192.0.2.1"}
		r.RemoteAddr = "198.51.100.7:1234"
		w := httptest.NewRecorder()
		handlerOf(t, f).ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || w.Header().Get("X-Auth-Error") != "proxy_untrusted" || len(f.asked) != 0 {
			t.Errorf("%s: got %d, %v", proxy, w.Code, w.Header())
		}
	}
}
