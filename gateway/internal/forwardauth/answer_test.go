package forwardauth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

func TestOtherAddressesAreNotFound(t *testing.T) {
	f := &fixed{decision: authz.Decision{Allowed: true}}
	h := handlerOf(t, f)
	for _, path := range []string{
		"/", "/forward-auth", "/forward-auth/", "/forward-auth/nginx/", "//forward-auth/nginx", "/forward-auth//nginx",
		"/x/../forward-auth/nginx", "/forward-auth%2Fnginx", "/Forward-Auth/nginx", "/forward-auth/apache",
	} {
		w := ask(h, path, families["nginx"])
		if w.Code != http.StatusNotFound || len(f.asked) != 0 {
			t.Errorf("%s: got %d", path, w.Code)
		}
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		if h.Handles(r) {
			t.Errorf("Handles is true for %s", path)
		}
	}
	if !h.Handles(httptest.NewRequest(http.MethodGet, "/forward-auth/nginx?x", http.NoBody)) {
		t.Error("Handles is false for an address with a query")
	}
}

func TestStatusOfEachAnswer(t *testing.T) {
	type statuses struct{ nginx, others int }
	for code, want := range map[cognito.Code]statuses{
		cognito.ErrTokenMissing: {401, 401}, cognito.ErrTokenExpired: {401, 401}, answer.ErrSessionMissing: {401, 401},
		cognito.ErrAuthenticationTooOld: {401, 401}, cognito.ErrKeyNotFound: {401, 401},
		cognito.ErrRequestInvalid: {403, 400}, authz.ErrPathAmbiguous: {403, 400}, answer.ErrRateLimited: {403, 429},
		cognito.ErrScopeMissing: {403, 403}, cognito.ErrAccessDenied: {403, 403}, answer.ErrProxyUntrusted: {403, 403},
		cognito.ErrKeysUnavailable: {503, 503}, cognito.ErrCheckUnavailable: {503, 503},
	} {
		for proxy, header := range families {
			f := &fixed{decision: authz.Decision{Err: cognito.NewError(code, "no")}}
			w := ask(handlerOf(t, f), "/forward-auth/"+proxy, header)
			expected := want.others
			if strings.HasSuffix(proxy, "nginx") {
				expected = want.nginx
			}
			if w.Code != expected || w.Header().Get("X-Auth-Error") != string(code) || w.Header().Get("Cache-Control") != "no-store" ||
				w.Body.String() != `{"error":{"code":"`+string(code)+`","message":"no"}}`+"\n" {
				t.Errorf("%s, %s: got %d, want %d: %v %s", proxy, code, w.Code, expected, w.Header(), w.Body)
			}
			for name := range w.Header() {
				if strings.HasPrefix(name, "X-Auth-") && name != "X-Auth-Error" {
					t.Errorf("%s, %s: the denial has the header %s", proxy, code, name)
				}
			}
		}
	}
}

func TestAllowedAnswerHasEveryIdentityHeader(t *testing.T) {
	for proxy, header := range families {
		f := &fixed{decision: authz.Decision{
			Allowed: true, Identity: authz.Identity{Subject: "sub-1"}, AccessToken: "a.b.c", PassTo: authz.PassAuthorization,
		}}
		w := ask(handlerOf(t, f), "/forward-auth/"+proxy, header)
		status := http.StatusOK
		if strings.HasSuffix(proxy, "nginx") {
			status = http.StatusNoContent
		}
		want := http.Header{
			"X-Auth-Subject": {"sub-1"}, "X-Auth-Username": {""}, "X-Auth-Groups": {""}, "X-Auth-Scopes": {""}, "X-Auth-Client": {""},
			"X-Auth-Email": {""}, "X-Auth-Token-Use": {""}, "X-Auth-Expires": {""},
			"Authorization": {"Bearer a.b.c"}, "Cache-Control": {"no-store"},
		}
		if diff := cmp.Diff(want, w.Header()); w.Code != status || diff != "" || w.Body.Len() != 0 {
			t.Errorf("%s: got %d: %s", proxy, w.Code, diff)
		}
	}
}

func TestReportOnlyPassesWithoutAnIdentity(t *testing.T) {
	f := &fixed{decision: authz.Decision{Allowed: true, Err: cognito.NewError(cognito.ErrTokenExpired, "no")}}
	w := ask(handlerOf(t, f), "/forward-auth/caddy", families["caddy"])
	if w.Code != http.StatusOK || w.Header().Get("X-Auth-Error") != "" || w.Header().Get("Authorization") != "" {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
}

func TestCredentialsOfTheOriginalRequest(t *testing.T) {
	for name, test := range map[string]struct {
		target        string
		authorization []string
		want          error
	}{
		"none":              {"/", nil, nil},
		"two":               {"/", []string{"Bearer a.b.c", "Bearer a.b.c"}, cognito.ErrRequestInvalid},
		"Basic":             {"/", []string{"Basic dTpw"}, cognito.ErrTokenMissing},
		"malformed":         {"/", []string{"Bearer a b"}, cognito.ErrRequestInvalid},
		"in the query too":  {"/?access_token=a.b.c", []string{"Bearer a.b.c"}, cognito.ErrRequestInvalid},
		"in the query only": {"/?access_token=a.b.c", nil, cognito.ErrTokenMissing},
	} {
		f := &fixed{}
		header := families["haproxy"].Clone()
		header["X-Original-Uri"] = []string{test.target}
		ask(handlerOf(t, f), "/forward-auth/haproxy", header, http.Header{"Authorization": test.authorization})
		if len(f.asked) != 1 {
			t.Fatalf("%s: %d decisions", name, len(f.asked))
		}
		if got := f.asked[0].Bearer; cognito.CodeOf(got.Err) != cognito.CodeOf(test.want) && got.Err != test.want || got.Token != "" {
			t.Errorf("%s: got %v", name, got.Err)
		}
	}
}

func TestRepeatedHeadersOfALoadBalancerAreRefused(t *testing.T) {
	for _, values := range [][]string{{"a", "b"}, {"a,b"}} {
		f := &fixed{}
		ask(handlerOf(t, f), "/forward-auth/nginx", families["nginx"], http.Header{"X-Amzn-Oidc-Data": values})
		if cognito.CodeOf(f.asked[0].LoadBalancer.Err) != cognito.ErrRequestInvalid {
			t.Errorf("%q: got %+v", values, f.asked[0].LoadBalancer)
		}
	}
}

func TestDecisionsAreBoundedAndObserved(t *testing.T) {
	f := &fixed{decision: authz.Decision{Allowed: true, Rule: "r"}}
	headers, _ := identity.New(identity.Config{})
	trusted, _ := callers.New([]string{"192.0.2.0/24"})
	var seen []string
	h, err := forwardauth.New(forwardauth.Config{
		Decider: f, Headers: headers, Trusted: trusted, Timeout: time.Hour,
		Observe: func(_ context.Context, r *authz.Request, d *authz.Decision, took time.Duration) {
			seen = append(seen, r.Target+" "+d.Rule)
			if took < 0 {
				t.Errorf("took %v", took)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ask(h, "/forward-auth/nginx", families["nginx"])
	ask(h, "/forward-auth/nginx")
	if diff := cmp.Diff([]string{"/orders/7?x=1 r", " "}, seen); diff != "" {
		t.Error(diff)
	}
	if left := time.Until(f.deadline); left < 59*time.Minute || left > time.Hour {
		t.Errorf("the decision has %v", left)
	}
}

func TestEveryFaultOfTheConfigurationIsReported(t *testing.T) {
	_, err := forwardauth.New(forwardauth.Config{Timeout: -1})
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{"Config.Decider is nil", "Config.Headers is nil", "Config.Trusted is nil", "Config.Timeout is negative"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

// A panicking decides by a panic whose value is a token.
type panicking struct{}

func (panicking) Decide(context.Context, *authz.Request) authz.Decision { panic("a.b.c") }

func TestPanicIsADenial(t *testing.T) {
	for proxy, header := range families {
		var values []any
		config := configOf(t, panicking{})
		config.Panicked = func(_ context.Context, value any) { values = append(values, value) }
		h, err := forwardauth.New(config)
		if err != nil {
			t.Fatal(err)
		}
		w := ask(h, "/forward-auth/"+proxy, header)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("X-Auth-Error") != "check_unavailable" || w.Header().Get("Retry-After") == "" ||
			strings.Contains(w.Body.String(), "a.b.c") || len(values) != 1 {
			t.Errorf("%s: got %d, %v, %s, %v", proxy, w.Code, w.Header(), w.Body, values)
		}
	}
	config := configOf(t, &fixed{decision: authz.Decision{Err: cognito.NewError(cognito.ErrScopeMissing, "no")}})
	config.Observe = func(context.Context, *authz.Request, *authz.Decision, time.Duration) { panic("a.b.c") }
	h, err := forwardauth.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if w := ask(h, "/forward-auth/nginx", families["nginx"]); w.Code != http.StatusForbidden || strings.Count(w.Body.String(), "error") != 1 {
		t.Errorf("after the answer: got %d, %s", w.Code, w.Body)
	}
}
