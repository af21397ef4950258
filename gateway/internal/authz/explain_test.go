package authz_test

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// failed returns the names and codes of the failed checks.
func failed(checks []cognito.Check) string {
	var list []string
	for _, c := range checks {
		if c.Status == cognito.Failed {
			list = append(list, c.Name+" "+string(c.Code))
		}
	}
	return strings.Join(list, ", ")
}

// TestExplanationsAgreeWithDecisions: the first failed check is the reason of the decision.
func TestExplanationsAgreeWithDecisions(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "open", Match: at("/open"), Allow: cognito.Anonymous},
		authz.Rule{Name: "closed", Match: at("/closed"), Allow: cognito.Denied},
		authz.Rule{Name: "maybe", Match: at("/maybe"), Allow: cognito.Optional},
		authz.Rule{Name: "trial", Match: at("/trial"), ReportOnly: true},
		authz.Rule{Name: "tenant", Match: at("/t/{x}/{x}"), Require: authz.Require{Claims: map[string][]string{"tier": {"{x}"}}}},
		authz.Rule{Name: "alb", Match: at("/alb"), Via: []authz.Via{authz.ViaALB}, Require: authz.Require{Claims: map[string][]string{"email": {"a@example.com"}}}},
		authz.Rule{Name: "staff", Match: at("/staff/**"), Ambiguous: []string{"semicolon"}, Require: authz.Require{Groups: []string{"staff"}}},
	)
	good := w.pool.AccessToken(cognitotest.Groups("staff"), cognitotest.Claim("tier", "gold"))
	other := w.signIn()
	other.Identity = "other"
	foreign := w.signIn()
	foreign.AccessToken = cognito.Raw(w.pool.AccessToken(cognitotest.ForSubject("other")))
	bare := w.signIn()
	bare.AccessToken = ""
	tests := []struct {
		request *authz.Request
		want    string
	}{
		{get("/open", ""), ""},
		{get("/closed", good), "credential access_denied"},
		{get("/maybe", ""), ""},
		{get("/trial", ""), "credential token_missing"},
		{get("/t/gold/gold", good), ""},
		{get("/t/silver/silver", good), "claims claim_mismatch"},
		{get("/t/gold/silver", good), "variables access_denied"},
		{get("/staff/x", good), ""},
		{get("/staff/x;y", good), ""},
		{get("/staff/x%2fy", good), "readings path_ambiguous"},
		{get("/staff", w.pool.AccessToken(cognitotest.Expired())), "expiry token_expired, groups group_missing"},
		{get("/staff", w.pool.AccessToken(cognitotest.TamperedSignature())), "signature signature_invalid, groups group_missing"},
		{get("/staff", "rubbish"), "shape token_malformed"},
		{get("/staff", ""), "credential token_missing"},
		{get("/other", good), "rule access_denied"},
		{get("/../staff", good), "path path_ambiguous"},
		{&authz.Request{Method: "GET", Host: "a b", Target: "/"}, "host request_invalid"},
		{&authz.Request{Method: "OPTIONS", Target: "/staff", Origin: "https://a.example", AccessControlRequestMethod: "GET"}, "preflight access_denied"},
		{behindBalancer("/alb", other), "load_balancer request_invalid"},
		{behindBalancer("/alb", foreign), "access_token request_invalid"},
		{behindBalancer("/alb", bare), "claims claim_mismatch"},
	}
	for _, test := range tests {
		d, checks := policy.Explain(t.Context(), test.request)
		again := policy.Decide(t.Context(), test.request)
		if d.Allowed != again.Allowed || d.Rule != again.Rule || d.Code() != again.Code() || d.Via != again.Via {
			t.Errorf("%s: explained %+v, decided %+v", test.request.Target, d, again)
		}
		got := failed(checks)
		if got != test.want {
			t.Errorf("%s: failed %q, want %q", test.request.Target, got, test.want)
		}
		if first, _, _ := strings.Cut(got, ","); (d.Err != nil) != (got != "") || d.Err != nil && !strings.HasSuffix(first, " "+string(d.Code())) {
			t.Errorf("%s: failed %q, decided %v", test.request.Target, got, d.Err)
		}
		for _, c := range checks {
			if strings.Contains(c.Detail, good) {
				t.Errorf("%s: the check %s holds the token", test.request.Target, c.Name)
			}
		}
	}
}

// TestStepsComeInTheirOrder, and the verifier's own checks are among them.
func TestStepsComeInTheirOrder(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "all"})
	_, checks := policy.Explain(t.Context(), get("/a", w.pool.AccessToken()))
	var names []string
	for _, c := range checks {
		names = append(names, c.Name)
	}
	want := "path host rule credential size shape algorithm issuer key signature token_use client expiry not_before audience nonce revocation acr auth_time scopes groups claims custom"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
