package authz_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// isEmpty reports whether a decision gives the application nothing about the caller.
func isEmpty(d authz.Decision) bool {
	i := d.Identity
	_, hasClaim := i.Claim("sub")
	return d.Via == "" && d.LoadBalancer == (authz.LoadBalancer{}) && d.AccessToken == "" && d.PassTo == "" && !hasClaim && i.Subject == "" && i.Username == "" && i.ClientID == "" && i.UserPool == "" &&
		i.Email == "" && i.Groups.Len() == 0 && i.Scopes.Len() == 0 && i.TokenUse == "" && i.ExpiresAt.IsZero()
}

func TestZeroValuesDeny(t *testing.T) {
	var policy authz.Policy
	d := policy.Decide(t.Context(), get("/", "x"))
	want(t, d, "", cognito.ErrAccessDenied)
	var none authz.Decision
	if none.Allowed || none.Code() != "" || none.ReportOnly() {
		t.Error("the zero Decision allows")
	}
	want(t, newWorld(t).policy(t).Decide(t.Context(), get("/", "x")), "", cognito.ErrAccessDenied)
	want(t, policy.Decide(t.Context(), &authz.Request{}), "", authz.ErrPathAmbiguous)
}

func TestAnonymousRulesLookAtNoCredential(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "open", Allow: cognito.Anonymous})
	bad := get("/", "")
	bad.Bearer.Err = cognito.NewError(cognito.ErrRequestInvalid, "two")
	for _, r := range []*authz.Request{get("/", ""), get("/", "rubbish"), get("/", w.pool.AccessToken()), bad} {
		d := policy.Decide(t.Context(), r)
		if want(t, d, "open", ""); !isEmpty(d) {
			t.Errorf("got %+v", d)
		}
	}
}

func TestOptionalRulesRefuseBadCredentials(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "maybe", Allow: cognito.Optional, Require: authz.Require{Groups: []string{"staff"}}})
	if d := policy.Decide(t.Context(), get("/", "")); !isEmpty(d) {
		t.Errorf("got %+v", d)
	} else {
		want(t, d, "maybe", "")
	}
	good := policy.Decide(t.Context(), get("/", w.pool.AccessToken(cognitotest.Groups("staff"))))
	if want(t, good, "maybe", ""); good.Identity.Subject != cognitotest.Subject || good.Via != authz.ViaBearer {
		t.Errorf("got %+v", good.Identity)
	}
	want(t, policy.Decide(t.Context(), get("/", w.pool.AccessToken(cognitotest.Expired()))), "maybe", cognito.ErrTokenExpired)
	want(t, policy.Decide(t.Context(), get("/", w.pool.AccessToken())), "maybe", cognito.ErrGroupMissing)
	want(t, policy.Decide(t.Context(), get("/", "rubbish")), "maybe", cognito.ErrTokenMalformed)
	r := get("/", "")
	r.Bearer.Err = cognito.NewError(cognito.ErrRequestInvalid, "two")
	want(t, policy.Decide(t.Context(), r), "maybe", cognito.ErrRequestInvalid)
	r.Bearer.Err = cognito.NewError(cognito.ErrTokenMissing, "another scheme")
	want(t, policy.Decide(t.Context(), r), "maybe", "")
}

func TestDeniedRulesDenyEveryRequest(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "closed", Match: at("/internal/**"), Allow: cognito.Denied}, authz.Rule{Name: "rest"})
	want(t, policy.Decide(t.Context(), get("/internal/x", w.pool.AccessToken())), "closed", cognito.ErrAccessDenied)
	want(t, policy.Decide(t.Context(), get("/x", w.pool.AccessToken())), "rest", "")
}

func TestReportOnlyRulesDenyNothingThatCanBeRead(t *testing.T) {
	w := newWorld(t)
	rule := authz.Rule{Name: "trial", ReportOnly: true, Require: authz.Require{Groups: []string{"staff"}}, Pass: authz.Pass{AccessToken: authz.PassAuthorization}}
	policy := w.policy(t, rule)
	w.pool.FailKeySet(500)
	tests := map[string]cognito.Code{"": cognito.ErrTokenMissing, "rubbish": cognito.ErrTokenMalformed, w.pool.AccessToken(): cognito.ErrKeysUnavailable}
	check := func() {
		t.Helper()
		for token, code := range tests {
			d := policy.Decide(t.Context(), get("/", token))
			if !d.Allowed || !d.ReportOnly() || d.Code() != code || d.Rule != "trial" || !isEmpty(d) {
				t.Errorf("%v: got %+v", code, d)
			}
		}
	}
	check()
	w.pool.RestoreKeySet()
	w.issuer.Clock().Advance(time.Hour)
	tests = map[string]cognito.Code{w.pool.AccessToken(): cognito.ErrGroupMissing, w.pool.AccessToken(cognitotest.Expired()): cognito.ErrTokenExpired, w.pool.IDToken(): cognito.ErrTokenUseMismatch}
	check()
	r := get("/", "")
	r.Bearer.Err = cognito.NewError(cognito.ErrRequestInvalid, "two")
	want(t, policy.Decide(t.Context(), r), "trial", cognito.ErrRequestInvalid)
	good := policy.Decide(t.Context(), get("/", w.pool.AccessToken(cognitotest.Groups("staff"))))
	if want(t, good, "trial", ""); good.ReportOnly() || good.Identity.Subject == "" || good.AccessToken == "" {
		t.Errorf("got %+v", good)
	}
}

// TestPreflightsPassWhereTheRuleSaysSo: the rule is that of the requested method, and no
// credential is looked at.
func TestPreflightsPassWhereTheRuleSaysSo(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "write", Match: route.Match{Methods: []string{"PUT"}, Path: "/a"}, Preflight: true},
		authz.Rule{Name: "options", Match: route.Match{Methods: []string{"OPTIONS"}, Path: "/a"}, Allow: cognito.Anonymous},
		authz.Rule{Name: "read", Match: route.Match{Methods: []string{"GET"}, Path: "/a"}, Allow: cognito.Anonymous},
		authz.Rule{Name: "trial", Match: at("/trial"), ReportOnly: true},
	)
	preflight := func(target, method string) *authz.Request {
		return &authz.Request{Method: "OPTIONS", Target: target, Origin: "https://app.example.com", AccessControlRequestMethod: method, Bearer: authz.Bearer{Token: "rubbish"}}
	}
	d := policy.Decide(t.Context(), preflight("/a", "PUT"))
	if want(t, d, "write", ""); !d.Preflight || !isEmpty(d) {
		t.Errorf("got %+v", d)
	}
	want(t, policy.Decide(t.Context(), preflight("/a", "GET")), "read", cognito.ErrAccessDenied)
	want(t, policy.Decide(t.Context(), preflight("/a", "DELETE")), "", cognito.ErrAccessDenied)
	want(t, policy.Decide(t.Context(), preflight("/a", "OPTIONS")), "options", cognito.ErrAccessDenied)
	if d := policy.Decide(t.Context(), preflight("/trial", "GET")); !d.Allowed || !d.ReportOnly() || !isEmpty(d) {
		t.Errorf("got %+v", d)
	}
	for name, change := range map[string]func(*authz.Request){
		"no Origin":           func(r *authz.Request) { r.Origin = "" },
		"no requested method": func(r *authz.Request) { r.AccessControlRequestMethod = "" },
	} {
		r := preflight("/a", "PUT")
		change(r)
		if d := policy.Decide(t.Context(), r); d.Rule != "options" || d.Preflight {
			t.Errorf("%s: got %+v", name, d)
		}
	}
	r := preflight("/a", "PUT")
	r.Method = "GET"
	want(t, policy.Decide(t.Context(), r), "read", "")
}

func TestDenialsNameThePagesThatMayReadThem(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "two", Match: at("/two"), CORS: &authz.CORS{Origins: []string{"https://App.example.com", "http://localhost:5173"}, Credentials: true}},
		authz.Rule{Name: "every", Match: at("/every"), CORS: &authz.CORS{Origins: []string{"*"}}},
		authz.Rule{Name: "none", Match: at("/none")},
	)
	tests := []struct {
		target, origin, allowed string
		credentials             bool
	}{
		{"/two", "https://app.example.com", "https://app.example.com", true},
		{"/two", "http://localhost:5173", "http://localhost:5173", true},
		{"/two", "http://localhost", "", false},
		{"/two", "https://app.example.com.evil.example", "", false},
		{"/two", "null", "", false},
		{"/two", "", "", false},
		{"/two?x#", "https://app.example.com", "", false},
		{"/every", "https://other.example", "*", false},
		{"/every", "", "", false},
		{"/none", "https://app.example.com", "", false},
	}
	for _, test := range tests {
		r := get(test.target, "")
		r.Origin = test.origin
		d := policy.Decide(t.Context(), r)
		if d.Allowed || d.AllowOrigin != test.allowed || d.AllowCredentials != test.credentials {
			t.Errorf("%s from %q: %q, %v", test.target, test.origin, d.AllowOrigin, d.AllowCredentials)
		}
	}
}

// TestUnknownIsApartFromDenied: what could not be found out is temporary, and the sender may
// try again.
func TestUnknownIsApartFromDenied(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "all"})
	w.pool.FailKeySet(503)
	d := policy.Decide(t.Context(), get("/", w.pool.AccessToken()))
	if want(t, d, "all", cognito.ErrKeysUnavailable); !d.Err.Temporary() || d.Err.RetryAfter() <= 0 {
		t.Errorf("got %v, retry after %s", d.Err, d.Err.RetryAfter())
	}
	r := get("/", "")
	r.Bearer.Err = errors.New("the adapter failed")
	d = policy.Decide(t.Context(), r)
	if want(t, d, "all", cognito.ErrCheckUnavailable); !d.Err.Temporary() || d.Err.Message() == d.Err.Unwrap().Error() {
		t.Errorf("got %v", d.Err)
	}
	if d := policy.Decide(t.Context(), get("/", "rubbish")); d.Err.Temporary() {
		t.Errorf("got %v", d.Err)
	}
}

// TestUnknownKeysAreNoFaultOfTheGateway: while keys are held, a client with an unknown kid
// causes a denial. CVE-2024-23324.
func TestUnknownKeysAreNoFaultOfTheGateway(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "all"})
	good, unknown := w.pool.AccessToken(), w.pool.AccessToken(cognitotest.UnknownKey())
	want(t, policy.Decide(t.Context(), get("/", good)), "all", "")
	w.issuer.Clock().Advance(time.Minute)
	w.pool.FailKeySet(503)
	for range 2 {
		d := policy.Decide(t.Context(), get("/", unknown))
		if want(t, d, "all", cognito.ErrKeyNotFound); d.Err.Temporary() || d.Err.RetryAfter() <= 0 {
			t.Errorf("got %v, retry after %s", d.Err, d.Err.RetryAfter())
		}
	}
	want(t, policy.Decide(t.Context(), get("/", good)), "all", "")
	w.issuer.Clock().Advance(time.Hour)
	w.pool.SlowKeySet(time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	d := policy.Decide(ctx, get("/", unknown))
	if want(t, d, "all", cognito.ErrKeyNotFound); d.Err.RetryAfter() <= 0 {
		t.Errorf("retry after %s", d.Err.RetryAfter())
	}
}

// TestCredentialsOfPackageBearerAreRead as adapters pass them.
func TestCredentialsOfPackageBearerAreRead(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "all"})
	for header, code := range map[string]cognito.Code{
		"":                                 "token_missing",
		"Basic dTpw":                       "token_missing",
		"bearer " + w.pool.AccessToken():   "",
		"Bearer":                           "request_invalid",
		"Bearer a, Bearer b":               "request_invalid",
		"Bearer  " + w.pool.RefreshToken(): "encrypted_token",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		token, err := bearer.Credential(r)
		request := get("/", token)
		request.Bearer.Err = err
		want(t, policy.Decide(t.Context(), request), "all", code)
	}
}
