package inline_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/inline"
)

// A decider keeps the question and returns its decision.
type decider struct {
	decision authz.Decision
	asked    []authz.Request
}

func (d *decider) Decide(_ context.Context, r *authz.Request) authz.Decision {
	d.asked = append(d.asked, *r)
	return d.decision
}

func allowed() *decider {
	return &decider{decision: authz.Decision{Allowed: true, Identity: authz.Identity{Subject: "sub-1"}}}
}

func newHandler(t *testing.T, d *decider) *inline.Handler {
	t.Helper()
	headers, err := identity.New(identity.Config{Preset: identity.PresetALB})
	if err != nil {
		t.Fatal(err)
	}
	h, err := inline.New(inline.Config{Decider: d, Headers: headers})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFaultsOfTheConfigurationAreReportedTogether(t *testing.T) {
	_, err := inline.New(inline.Config{Timeout: -1})
	for _, want := range []string{"Config.Decider", "Config.Headers", "Config.Timeout"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestHeadersOfTheClientAreRemovedAlsoFromDeniedRequests(t *testing.T) {
	for _, d := range []*decider{allowed(), {}} {
		r := httptest.NewRequest(http.MethodGet, "/orders/7", http.NoBody)
		r.Header = http.Header{
			"X-Auth-Subject": {"mallory"}, "X_auth_groups": {"admins"}, "X.auth.Email": {"m"}, "X-Auth-Other": {"m"},
			"X_amzn_oidc_identity": {"m"}, "Accept": {"*/*"},
		}
		newHandler(t, d).Check(r)
		want := http.Header{"Accept": {"*/*"}}
		if d.decision.Allowed {
			want.Set("X-Auth-Subject", "sub-1")
			want.Set("X-Amzn-Oidc-Identity", "sub-1")
		}
		if diff := cmp.Diff(want, r.Header); diff != "" {
			t.Errorf("allowed %v: %s", d.decision.Allowed, diff)
		}
	}
}

// The headers of a load balancer are read before they are removed.
func TestLoadBalancersAreReadAndReplaced(t *testing.T) {
	d := allowed()
	d.decision.AccessToken, d.decision.PassTo = "access", authz.PassAuthorization
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("X-Amzn-Oidc-Data", "signed")
	newHandler(t, d).Check(r)
	if got := d.asked[0].LoadBalancer.Data; got != "signed" {
		t.Errorf("the rules got %q", got)
	}
	if r.Header.Get("Authorization") != "Bearer access" || r.Header.Get("X-Amzn-Oidc-Accesstoken") != "access" || r.Header.Get("X-Amzn-Oidc-Data") != "" {
		t.Errorf("the service gets %v", r.Header)
	}
}

func TestRulesDecideOnThePathThatTheServiceGets(t *testing.T) {
	for name, test := range map[string]struct {
		sent   string
		change func(r *http.Request)
		want   string
	}{
		"as it was sent":         {"/a%2Fb;c/?x=%2F", func(*http.Request) {}, "/a%2Fb;c/?x=%2F"},
		"another path":           {"/orders/7", func(r *http.Request) { r.URL.Path = "/admin" }, "/admin"},
		"a stale escaped path":   {"/a%2Fb", func(r *http.Request) { r.URL.Path = "/admin/x" }, "/admin/x"},
		"a target with a host":   {"http://api.example.com/public", func(*http.Request) {}, "http://api.example.com/public"},
		"the target of a server": {"*", func(*http.Request) {}, "*"},
	} {
		d := allowed()
		r := httptest.NewRequest(http.MethodOptions, test.sent, http.NoBody)
		test.change(r)
		newHandler(t, d).Check(r)
		if got := d.asked[0].Target; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// GHSA-w9mr-28mw-j8hg: the next proxy removes the headers that Connection names.
func TestHeadersThatWouldNotArriveAreRefused(t *testing.T) {
	for name, change := range map[string]func(r *http.Request){
		"Connection":            func(r *http.Request) { r.Header["Connection"] = []string{"close, x_auth-subject"} },
		"Connection, two lines": func(r *http.Request) { r.Header["Connection"] = []string{"close", "Authorization"} },
		"Connection, cookie":    func(r *http.Request) { r.Header["Connection"] = []string{"cookie"} },
		"a trailer":             func(r *http.Request) { r.Trailer = http.Header{"X-Auth-Subject": nil} },
	} {
		d := allowed()
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		change(r)
		decision := newHandler(t, d).Check(r)
		if decision.Allowed || decision.Code() != cognito.ErrRequestInvalid || len(d.asked) > 0 {
			t.Errorf("%s: got %+v", name, decision)
		}
	}
}

func TestOnlyWebSocketsAreUpgrades(t *testing.T) {
	for _, test := range []struct {
		values []string
		stays  bool
	}{
		{[]string{"websocket"}, true}, {[]string{"WebSocket"}, true}, {[]string{"h2c"}, false}, {[]string{"websocket, h2c"}, false},
		{[]string{"websocket", "h2c"}, false}, {[]string{"websocket", "websocket"}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header["Upgrade"] = test.values
		newHandler(t, allowed()).Check(r)
		if _, stays := r.Header["Upgrade"]; stays != test.stays {
			t.Errorf("%q: stays %v", test.values, stays)
		}
	}
}

func TestDenialsAreAnswered(t *testing.T) {
	d := authz.Decision{Err: cognito.NewError(cognito.ErrKeysUnavailable, "no keys").WithRetryAfter(3 * time.Second)}
	w := httptest.NewRecorder()
	inline.Deny(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody), &d)
	header := http.Header{}
	inline.DenyHeader(header, &d)
	for _, h := range []http.Header{w.Header(), header} {
		if h.Get("Retry-After") != "3" || h.Get("X-Auth-Error") != "keys_unavailable" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("got %v", h)
		}
	}
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "keys_unavailable") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// CVE-2024-47070: a client can write any X-Forwarded-For.
func TestClientIsTheLastAddressThatNoTrustedProxyHas(t *testing.T) {
	headers, err := identity.New(identity.Config{})
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := callers.New([]string{"192.0.2.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:1234", "203.0.113.9, 198.51.100.7, 192.0.2.8", "198.51.100.7"},
		{"198.51.100.7:1234", "203.0.113.9", "198.51.100.7"},
		{"192.0.2.1:1234", "nonsense", "192.0.2.1"},
	} {
		d := allowed()
		h, err := inline.New(inline.Config{Decider: d, Headers: headers, Trusted: trusted, FindClient: true})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = test.peer
		r.Header.Set("X-Forwarded-For", test.forwarded)
		h.Check(r)
		if got := d.asked[0].Client.String(); got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.peer, test.forwarded, got, test.want)
		}
	}
}

func TestDecisionsAreObserved(t *testing.T) {
	headers, err := identity.New(identity.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	h, err := inline.New(inline.Config{Decider: allowed(), Headers: headers, Observe: func(_ context.Context, r *authz.Request, d *authz.Decision, _ time.Duration) {
		targets = append(targets, r.Target+" "+string(d.Code()))
	}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/a", http.NoBody)
	h.Check(r)
	r.Header.Set("Connection", "X-Auth-Subject")
	h.Check(r)
	if diff := cmp.Diff([]string{"/a ", "/a request_invalid"}, targets); diff != "" {
		t.Error(diff)
	}
}

// A panicking decides by a panic whose value is a token.
type panicking struct{}

func (panicking) Decide(context.Context, *authz.Request) authz.Decision { panic("a.b.c") }

func TestPanicIsADenial(t *testing.T) {
	headers, err := identity.New(identity.Config{})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	h, err := inline.New(inline.Config{Decider: panicking{}, Headers: headers, Panicked: func(context.Context, any) { count++ }})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/a", http.NoBody)
	r.Header.Set("X-Auth-Subject", "mallory")
	if d := h.Check(r); d.Allowed || d.Code() != cognito.ErrCheckUnavailable || r.Header.Get("X-Auth-Subject") != "" || count != 1 {
		t.Errorf("got %+v, %v, %d reports", d, r.Header, count)
	}
}
