package identity_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

func headersOf(t *testing.T, config identity.Config) *identity.Headers {
	t.Helper()
	h, err := identity.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// caller is who sent a token with these groups and scopes.
func caller(t testing.TB, options ...cognitotest.TokenOption) *identity.Caller {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.New(authz.Config{
		Verifier: verifier, UserPools: issuer.Config().UserPools, Rules: []authz.Rule{{Pass: authz.Pass{AccessToken: authz.PassAuthorization}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	raw := issuer.Pool().AccessToken(append([]cognitotest.TokenOption{cognitotest.ForSubject("sub-1"), cognitotest.ForClient(cognitotest.ClientID)}, options...)...)
	decision := policy.Decide(t.Context(), &authz.Request{Method: "GET", Host: "a", Target: "/", Bearer: authz.Bearer{Token: cognito.Raw(raw)}})
	if !decision.Allowed {
		t.Fatal(decision.Err)
	}
	c := identity.Of(&decision)
	if string(c.AccessToken) != raw {
		t.Error("the caller has no access token")
	}
	c.AccessToken = "T"
	return &c
}

func TestEveryHeaderIsSet(t *testing.T) {
	h := headersOf(t, identity.Config{Headers: map[string]string{"x-auth-tenant": "custom:tenant"}})
	got := http.Header{"X-Auth-Email": {"mallory@example.com"}, "X-Other": {"stays"}}
	c := caller(t, cognitotest.Groups("admins", "R&D, EU"), cognitotest.Scopes("openid", "orders/read"), cognitotest.Claim("username", "anaya"),
		cognitotest.Claim("custom:tenant", "acme"), cognitotest.Claim("exp", int64(4_000_000_000)))
	h.Set(got, c)
	want := http.Header{
		"X-Auth-Subject": {"sub-1"}, "X-Auth-Username": {"anaya"}, "X-Auth-Groups": {"admins,R&D%2C EU"},
		"X-Auth-Scopes": {"openid orders/read"}, "X-Auth-Client": {cognitotest.ClientID}, "X-Auth-Email": {""}, "X-Auth-Token-Use": {"access"},
		"X-Auth-Expires": {"4000000000"}, "X-Auth-Tenant": {"acme"}, "X-Other": {"stays"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersOfAnonymousCallersAreEmpty(t *testing.T) {
	for _, preset := range append(identity.Presets(), identity.PresetNone) {
		h := headersOf(t, identity.Config{Preset: preset, Headers: map[string]string{"X-Tenant": "custom:tenant"}})
		count := 0
		for name, value := range h.All(&identity.Caller{}) {
			count++
			if value != "" {
				t.Errorf("%s: %s is %q", preset, name, value)
			}
		}
		if count != len(h.Names()) {
			t.Errorf("%s: %d of %d headers are set", preset, count, len(h.Names()))
		}
	}
}

func TestDeniedRequestsHaveNoCaller(t *testing.T) {
	d := authz.Decision{Identity: authz.Identity{Subject: "sub-1"}, AccessToken: "T"}
	h := headersOf(t, identity.Config{Preset: identity.PresetALB})
	c := identity.Of(&d)
	for name, value := range h.All(&c) {
		if value != "" {
			t.Errorf("%s is %q", name, value)
		}
	}
}

func TestEncoding(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"anaya":                "anaya",
		"100%":                 "100%25",
		"Zoë":                  "Zo%C3%AB",
		"a\r\nX-Auth-Email: b": "a%0D%0AX-Auth-Email: b",
		"a, b":                 "a, b",
		" a b ":                "%20a b%20",
		"\x7f\x00\xff":         "%7F%00%FF",
	} {
		if got := identity.Encode(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range []string{"", "100%", "Zoë, EU", " x ", "a\nb"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value := identity.Encode(text)
		if back, err := url.PathUnescape(value); err != nil || back != text {
			t.Errorf("%q is encoded as %q, which is %q, %v", text, value, back, err)
		}
		if strings.TrimSpace(value) != value || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c > '~' }) {
			t.Errorf("%q is encoded as %q, which is no value of a header", text, value)
		}
	})
}

func TestClaimsAsHeaders(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{"acme", "acme"},
		{"Zoë\n", "Zo%C3%AB%0A"},
		{json.Number("12345678901234567890.5"), "12345678901234567890.5"},
		{true, "true"},
		{nil, ""},
		{map[string]int{"a": 1}, ""},
		{[]any{"a", "b,c", 3, nil, map[string]int{}, []int{1}}, "a,b%2Cc,3,,,"},
		{[]string{}, ""},
	} {
		h := headersOf(t, identity.Config{Headers: map[string]string{"X-Claim": "c", "X-Absent": "d"}})
		got := http.Header{}
		h.Set(got, caller(t, cognitotest.Claim("c", test.value)))
		if got.Get("X-Claim") != test.want {
			t.Errorf("%v: got %q, want %q", test.value, got.Get("X-Claim"), test.want)
		}
		if absent, ok := got["X-Absent"]; !ok || absent[0] != "" {
			t.Errorf("a claim that is absent: got %q", absent)
		}
	}
}

func TestPresetOAuth2Proxy(t *testing.T) {
	h := headersOf(t, identity.Config{Preset: identity.PresetOAuth2Proxy})
	got := http.Header{}
	c := caller(t, cognitotest.Groups("a", "b"), cognitotest.Claim("username", "anaya"))
	c.Email, c.EmailVerified = "anaya@example.com", true
	h.Set(got, c)
	for name, want := range map[string]string{
		"X-Auth-Request-User": "sub-1", "X-Auth-Request-Email": "anaya@example.com", "X-Auth-Request-Groups": "a,b",
		"X-Auth-Request-Preferred-Username": "anaya", "X-Auth-Request-Access-Token": "T", "X-Auth-Subject": "sub-1",
		"X-Forwarded-User": "sub-1", "X-Forwarded-Email": "anaya@example.com", "X-Forwarded-Groups": "a,b",
		"X-Forwarded-Preferred-Username": "anaya", "X-Forwarded-Access-Token": "T",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), want)
		}
	}
}

// Services use an address as the name of an account: one that anyone can claim would open it.
func TestUnverifiedEmailIsNotPassedOn(t *testing.T) {
	h := headersOf(t, identity.Config{Preset: identity.PresetOAuth2Proxy})
	c := caller(t)
	for _, verified := range []bool{true, false} {
		c.Email, c.EmailVerified = "victim@example.com", verified
		got := http.Header{}
		h.Set(got, c)
		for _, name := range []string{"X-Auth-Email", "X-Auth-Request-Email", "X-Forwarded-Email"} {
			if values := got[name]; len(values) != 1 || (values[0] == c.Email) != verified || !verified && values[0] != "" {
				t.Errorf("verified %v: %s is %q", verified, name, values)
			}
		}
	}
}

func TestPresetALBNeverHasAToken(t *testing.T) {
	h := headersOf(t, identity.Config{Preset: identity.PresetALB})
	got := http.Header{"X-Amzn-Oidc-Data": {"forged"}}
	h.Set(got, caller(t))
	if data, ok := got["X-Amzn-Oidc-Data"]; !ok || data[0] != "" {
		t.Errorf("x-amzn-oidc-data is %q", data)
	}
	if got.Get("X-Amzn-Oidc-Identity") != "sub-1" || got.Get("X-Amzn-Oidc-Accesstoken") != "T" {
		t.Errorf("got %v", got)
	}
}

func TestHeadersOfLoadBalancers(t *testing.T) {
	sent := authz.LoadBalancer{Data: "D", Identity: "sub-2", AccessToken: "A"}
	for _, test := range []struct {
		preset identity.Preset
		via    authz.LoadBalancer
		want   [3]string // data, identity, access token
	}{
		{"", sent, [3]string{"D", "sub-2", "A"}},
		{"", authz.LoadBalancer{}, [3]string{}},
		{identity.PresetALB, sent, [3]string{"", "sub-1", "T"}},
		{identity.PresetALB, authz.LoadBalancer{}, [3]string{"", "sub-1", "T"}},
	} {
		h := headersOf(t, identity.Config{Preset: test.preset, LoadBalancers: true})
		got := http.Header{"X-Amzn-Oidc-Data": {"forged"}}
		c := caller(t)
		c.LoadBalancer = test.via
		h.Set(got, c)
		for n, name := range []string{"X-Amzn-Oidc-Data", "X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Accesstoken"} {
			if values := got[name]; len(values) != 1 || values[0] != test.want[n] {
				t.Errorf("%q, %v: %s is %q", test.preset, test.via, name, values)
			}
		}
	}
}

func TestPatternWithoutNamesMatchesTheirOtherSpellings(t *testing.T) {
	h := headersOf(t, identity.Config{LoadBalancers: true, Headers: map[string]string{"Tenant": "a", "X-Tenant": "b"}})
	pattern := regexp.MustCompile("(?i)^(?:" + h.SpellingPatternExcept("x-amzn-oidc-data", "Tenant") + ")$")
	for name, want := range map[string]bool{
		"X-Amzn-Oidc-Data": false, "x-amzn-oidc-data": false, "Tenant": false,
		"X_Amzn_Oidc_Data": true, "x-amzn-oidc_data": true, "x-amzn.oidc-data": true, "X_amzn-oidc-data": true, "x-amzn_oidc_data": true,
		"X-Amzn-Oidc-Identity": true, "X_Amzn_Oidc_Identity": true, "X-Auth-Subject": true, "X-Tenant": true, "X_Tenant": true, "Tenants": false,
	} {
		if got := pattern.MatchString(name); got != want {
			t.Errorf("the pattern %s matches %q: %v", pattern, name, got)
		}
	}
}

// Applications read these as one variable (CVE-2026-88011, CVE-2025-64484).
func TestEverySpellingIsRecognised(t *testing.T) {
	h := headersOf(t, identity.Config{Preset: identity.PresetALB, Headers: map[string]string{"Tenant-Id": "custom:tenant"}})
	pattern := regexp.MustCompile("(?i)^(?:" + h.SpellingPattern() + ")$")
	for name, want := range map[string]bool{
		"X-Auth-Subject": true, "x-auth-subject": true, "X_Auth_Subject": true, "x.auth.subject": true, "x_auth-subject": true,
		"X-Auth-Anything": true, "X-AUTH_TOKEN-USE": true, "X-Auth-": true,
		"x-amzn-oidc-data": true, "X_AMZN.OIDC_DATA": true, "tenant_id": true, "Tenant.Id": true,
		"X-Authority": false, "X-Auth": false, "Authorization": false, "x-amzn-oidc-data2": false, "x-amzn-trace-id": false,
		"Tenant": false, "": false, "Tenant-Ids": false,
	} {
		if got := h.IsSpelling(name); got != want {
			t.Errorf("IsSpelling(%q) is %v", name, got)
		}
		if got := pattern.MatchString(name); got != want {
			t.Errorf("the pattern %s matches %q: %v", pattern, name, got)
		}
	}
}

func TestEveryFaultIsReported(t *testing.T) {
	_, err := identity.New(identity.Config{Prefix: "X_Auth", Preset: "pomerium", Headers: map[string]string{
		"X Y": "a", "Authorization": "b", "X-Forwarded-Uri": "c", "X-Empty": "", "X-Twice": "d", "x-twice": "e", "X-Auth-Error": "f", "A--B": "g",
	}})
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{
		"Prefix is not letters", `Preset is unknown: got "pomerium"`, `got "X Y"`, "the name Authorization", "the name X-Forwarded-Uri",
		"no claim for X-Empty", "the name x-twice, which another", "the name X-Auth-Error", `got "A--B"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
}

func TestPrefixCannotCoverOtherHeaders(t *testing.T) {
	for prefix, good := range map[string]bool{
		"X-": false, "C-": true, "X-Forwarded-": false, "Content-": false, "Sec-Auth-": false, "X-Original-User-": false, "Id-": true, "Acme-User-": true, "-": false,
		"X": false, "Co-": true,
	} {
		if _, err := identity.New(identity.Config{Prefix: prefix}); (err == nil) != good {
			t.Errorf("%q: got %v", prefix, err)
		}
	}
}

func BenchmarkSet(b *testing.B) {
	h, err := identity.New(identity.Config{})
	if err != nil {
		b.Fatal(err)
	}
	c := caller(b, cognitotest.Groups("admins"), cognitotest.Scopes("openid", "orders/read"))
	b.ReportAllocs()
	dst := http.Header{}
	for b.Loop() {
		h.Set(dst, c)
	}
}
