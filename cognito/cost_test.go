package cognito_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// costly are payloads that would fill a token of the largest size with what takes long
// to read, by name. They trust in that nobody checks the signature first.
func costly(iss string) map[string]string {
	payload := func(rest string) string { return fmt.Sprintf(`{"iss":%q,"token_use":"id",%s}`, iss, rest) }
	many := func(n int, member string) string { return "[" + strings.Repeat(member+",", n-1) + member + "]" }
	return map[string]string{
		"a long text":       payload(`"a":"` + strings.Repeat("a", 11000) + `"`),
		"escapes":           payload(`"sub":"` + strings.Repeat(`\n`, 5500) + `"`),
		"empty groups":      payload(`"cognito:groups":` + many(3600, `""`)),
		"escaped groups":    payload(`"cognito:groups":` + many(1500, `"\n\n"`)),
		"roles":             payload(`"cognito:roles":` + many(3600, `""`)),
		"audiences":         payload(`"aud":` + many(3600, `""`)),
		"amr":               payload(`"amr":` + many(3600, `""`)),
		"scopes":            payload(`"scope":"` + strings.Repeat("a ", 5500) + `"`),
		"empty identities":  payload(`"identities":` + many(3600, `{}`)),
		"identities":        payload(`"identities":` + many(700, `{"userId":"\n"}`)),
		"digits of the end": payload(`"exp":9007199254740991.` + strings.Repeat("9", 11000)),
		"digits of zero":    payload(`"exp":` + strings.Repeat("9", 11000) + `e-2147483640`),
	}
}

// TestUnsignedTokensAreCheapToRefuse: whatever fills it, a token that nobody signed
// costs no more memory than one that is as long, be its issuer trusted or not.
func TestUnsignedTokensAreCheapToRefuse(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.Clock = nil })
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
	for iss, want := range map[string]cognito.Code{"https://elsewhere.example": cognito.ErrIssuerMismatch, pool.Issuer(): cognito.ErrSignatureInvalid} {
		for name, payload := range costly(iss) {
			raw := pool.AccessToken(cognitotest.RawPayload(payload), cognitotest.WrongKey())
			if n := testing.AllocsPerRun(20, func() {
				if _, err := verifier.VerifyIDToken(t.Context(), raw); cognito.CodeOf(err) != want {
					t.Fatalf("%s: %v", name, err)
				}
			}); n > 20 && !cognito.UnderRace {
				t.Errorf("%s: %v allocations until %s", name, n, want)
			}
		}
	}
}

// TestNewTokensAllocateLittle: a token of a kilobyte that was not seen before.
func TestNewTokensAllocateLittle(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.CacheBytes = -1 })
	requirement := cognito.RequireScopes("orders/read")
	raw := issuer.Pool().AccessToken(cognitotest.Groups("staff", "admins"), cognitotest.Scopes("openid", "profile", "orders/read"),
		cognitotest.Claim("custom:n", "1"))
	if n := testing.AllocsPerRun(100, func() {
		if _, err := verifier.VerifyAccessToken(t.Context(), raw, requirement); err != nil {
			t.Fatal(err)
		}
	}); n > 20 && !cognito.UnderRace {
		t.Errorf("%v allocations for %d bytes", n, len(raw))
	}
}

// TestEndsOfTimes: what is at an end of the range is told exactly, however it is
// spelled and however long.
func TestEndsOfTimes(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	zeros := strings.Repeat("0", 700) // strconv misreads integers of more than 800 digits with an exponent
	for number, good := range map[string]bool{
		"9007199254740992": true, "9007199254740992." + zeros: true, "9007199254740991." + strings.Repeat("9", 2000): true,
		"0.09007199254740992e17": true, "9007199254740992" + zeros + "e-700": true, "0." + zeros + "9007199254740992E+716": true,
		"9007199254740992." + zeros + "1": false, "9.0071992547409920" + zeros + "1e15": false, "9007199254740993": false,
		"9007199254740992" + zeros + "1e-701": false, "90071992547409921e-1": false,
	} {
		raw := issuer.Pool().AccessToken(cognitotest.Claim("exp", json.RawMessage(number)))
		want := cognito.ErrClaimInvalid
		if good {
			want = ""
		}
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, want)
	}
	for number, good := range map[string]bool{
		"0": true, "-0": true, "-0." + zeros: true, "-0." + zeros + "e5": true, "1e-2000": true, "0." + zeros + "1": true,
		"-1e-2000": false, "-0." + zeros + "1": false, "-1": false,
	} {
		raw := issuer.Pool().AccessToken(cognitotest.Claim("nbf", json.RawMessage(number)))
		want := cognito.ErrClaimInvalid
		if good {
			want = ""
		}
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, want)
	}
}
