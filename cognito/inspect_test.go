package cognito_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// outcomes are the checks of a report by name, "passed", "not checked", or the code
// of a failure.
func outcomes(r *cognito.Report) map[string]string {
	m := map[string]string{}
	for _, c := range r.Checks {
		m[c.Name] = string(c.Status)
		if c.Status == cognito.Failed {
			m[c.Name] = string(c.Code)
		}
	}
	return m
}

func inspect(t *testing.T, raw string, options cognito.InspectOptions) *cognito.Report {
	t.Helper()
	report, err := cognito.Inspect(t.Context(), raw, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestInspectGoesOn checks that every check is made, also after failures.
func TestInspectGoesOn(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	keys, err := keyset.NewStatic(issuer.Pool().JWKS())
	if err != nil {
		t.Fatal(err)
	}
	report := inspect(t, issuer.Pool().IDToken(cognitotest.Expired(), cognitotest.TamperedSignature()), cognito.InspectOptions{
		UserPoolIDs: []string{"us-east-1_Other"}, ClientIDs: []string{"other"}, TokenUse: cognito.TokenUseAccess, Keys: keys, Now: issuer.Clock().Now(),
		Requirements: []cognito.Requirement{cognito.RequireGroups("nobody"), cognito.RequireScopes("x"), cognito.RequireNonce("x"), cognito.RequireClaim("x", "y")},
	})
	want := map[string]string{
		"size": "passed", "shape": "passed", "algorithm": "passed", "issuer": "issuer_mismatch", "key": "not checked", "signature": "not checked",
		"token_use": "token_use_mismatch", "client": "client_mismatch", "expiry": "token_expired", "not_before": "passed", "audience": "not checked",
		"nonce": "nonce_mismatch", "revocation": "not checked", "acr": "not checked", "auth_time": "not checked",
		"scopes": "scope_missing", "groups": "group_missing", "claims": "claim_mismatch", "custom": "not checked",
	}
	if diff := cmp.Diff(want, outcomes(report)); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	if !report.Decoded() || report.SignatureHeld() || report.Claims == nil || report.Err() == nil || report.TokenUse != cognito.TokenUseID {
		t.Errorf("report %+v", report)
	}
}

func TestInspectWithoutAnything(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	report := inspect(t, issuer.Pool().AccessToken(), cognito.InspectOptions{})
	want := map[string]string{
		"size": "passed", "shape": "passed", "algorithm": "passed", "issuer": "not checked", "key": "not checked", "signature": "not checked",
		"token_use": "passed", "client": "not checked", "expiry": "passed", "not_before": "passed", "audience": "not checked",
		"nonce": "not checked", "revocation": "not checked", "acr": "not checked", "auth_time": "not checked",
		"scopes": "not checked", "groups": "not checked", "claims": "passed", "custom": "not checked",
	}
	if diff := cmp.Diff(want, outcomes(report)); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	if report.Err() != nil {
		t.Error(report.Err())
	}
}

// TestInspectReportsTheTimesOfAToken, each where the token has it.
func TestInspectReportsTheTimesOfAToken(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	now := issuer.Clock().Now().Truncate(time.Second)
	raw := issuer.Pool().AccessToken(
		cognitotest.Claim("iat", now.Unix()-1), cognitotest.Claim("nbf", now.Unix()-2), cognitotest.Claim("exp", now.Unix()+3), cognitotest.Claim("auth_time", now.Unix()-4))
	r := inspect(t, raw, cognito.InspectOptions{Now: now})
	for name, c := range map[string]struct {
		got  time.Time
		want int // seconds from now
	}{"IssuedAt": {r.IssuedAt, -1}, "NotBefore": {r.NotBefore, -2}, "ExpiresAt": {r.ExpiresAt, 3}, "AuthTime": {r.AuthTime, -4}} {
		if want := now.Add(time.Duration(c.want) * time.Second); !c.got.Equal(want) {
			t.Errorf("%s is %s, want %s", name, c.got, want)
		}
	}
}

// TestInspectTrustsTheIssuersOfItsOptions: both names of a pool by its ID, or the issuer
// that replaces them.
func TestInspectTrustsTheIssuersOfItsOptions(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	keys, err := keyset.NewStatic(issuer.Pool().JWKS())
	if err != nil {
		t.Fatal(err)
	}
	const custom = "https://issuer.example.com/" + cognitotest.PoolID
	original, updated := issuer.Pool().OriginalIssuer(), issuer.Pool().UpdatedIssuer()
	for _, c := range []struct {
		configured string
		trusted    []string
		refused    []string
	}{
		{"", []string{original, updated}, []string{custom}},
		{custom, []string{custom}, []string{original, updated}},
	} {
		want := map[string]string{}
		for _, iss := range c.trusted {
			want[iss] = "passed"
		}
		for _, iss := range c.refused {
			want[iss] = "issuer_mismatch"
		}
		for iss, want := range want {
			r := inspect(t, issuer.Pool().AccessToken(cognitotest.Claim("iss", iss)), cognito.InspectOptions{
				UserPoolIDs: []string{cognitotest.PoolID}, Issuer: c.configured, Keys: keys, Now: issuer.Clock().Now(),
			})
			got := outcomes(r)
			if got["issuer"] != want || want == "passed" && (got["key"] != "passed" || got["signature"] != "passed") {
				t.Errorf("Issuer %q, a token of %s: %v, want %s", c.configured, iss, got, want)
			}
		}
	}
}

// TestInspectComparesTheAudience of an access token with the options. One of them is
// enough, so only a requirement makes it a check that passes.
func TestInspectComparesTheAudience(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	for audience, want := range map[string]string{"https://a": "not checked", "https://b": "audience_mismatch"} {
		r := inspect(t, issuer.Pool().AccessToken(cognitotest.Claim("aud", "https://a")), cognito.InspectOptions{
			UserPoolIDs: []string{cognitotest.PoolID}, Audiences: []string{audience}, Now: issuer.Clock().Now(),
		})
		if got := outcomes(r)["audience"]; got != want {
			t.Errorf("aud https://a with the audience %s: %s, want %s", audience, got, want)
		}
	}
}

func TestInspectUnreadable(t *testing.T) {
	for raw, code := range map[string]string{"": "token_malformed", "....": "encrypted_token", strings.Repeat("x", 20_000): "token_too_large"} {
		report := inspect(t, raw, cognito.InspectOptions{})
		if report.Decoded() || report.Err() == nil || string(cognito.CodeOf(report.Err())) != code || len(report.Checks) != 19 {
			t.Errorf("%.10s: %+v", raw, report)
		}
	}
}

func TestInspectWithKeys(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	keys, err := keyset.NewStatic(issuer.Pool().JWKS())
	if err != nil {
		t.Fatal(err)
	}
	for want, raw := range map[string]string{
		"passed":                issuer.Pool().AccessToken(),
		"signature_invalid":     issuer.Pool().AccessToken(cognitotest.TamperedPayload()),
		"not checked":           issuer.Pool().AccessToken(cognitotest.UnknownKey()),
		"algorithm_not_allowed": issuer.Pool().AccessToken(cognitotest.Algorithm("PS256")),
	} {
		report := inspect(t, raw, cognito.InspectOptions{Keys: keys, Now: issuer.Clock().Now()})
		got := outcomes(report)
		if want == "algorithm_not_allowed" {
			if got["algorithm"] != want || got["signature"] != "not checked" {
				t.Errorf("%v", got)
			}
		} else if got["signature"] != want || report.SignatureHeld() != (want == "passed") {
			t.Errorf("want %s: %v", want, got)
		}
	}
}

func TestInspectOptions(t *testing.T) {
	_, err := cognito.Inspect(t.Context(), "x", cognito.InspectOptions{UserPoolIDs: []string{"x"}, Issuer: "y", Leeway: -time.Second})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v, want three faults", err)
	}
	_, err = cognito.Inspect(t.Context(), "x", cognito.InspectOptions{UserPoolIDs: []string{"x"}, ReplicaRegions: []string{"cn-north-1"}})
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want the fault of the ID alone", err)
	}
}
