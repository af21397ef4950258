package cognito_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestConfigRequireHoldsForEveryToken: what the configuration requires is asked of
// each token, seen before or not, beside what the call requires.
func TestConfigRequireHoldsForEveryToken(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	allowed := true
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Require = []cognito.Requirement{
			cognito.RequireScopes("a"),
			cognito.Require(func(context.Context, cognito.Token) error {
				if allowed {
					return nil
				}
				return cognito.ErrAccessDenied
			}),
		}
	})
	raw := issuer.Pool().AccessToken(cognitotest.Scopes("a"))
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrScopeMissing, cognito.RequireScopes("b"))
	checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.Scopes("b")), cognito.TokenUseAccess, cognito.ErrScopeMissing, cognito.RequireScopes("b"))
	allowed = false
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrAccessDenied)
}

// TestWrongKindIsReportedInItsTurn: a claim that cannot be what it must be is the
// reason where its check has its turn, not only after all others.
func TestWrongKindIsReportedInItsTurn(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	foreign := cognitotest.Audience("https://other.example.com")
	checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.Claim("nbf", "0"), foreign), cognito.TokenUseAccess, cognito.ErrClaimInvalid)
	checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.Claim("aud", 5), cognitotest.Scopes("a")),
		cognito.TokenUseAccess, cognito.ErrClaimInvalid, cognito.RequireAudience("https://orders.example.com"))
}

// TestEmptyAudienceOfAnEmptyClient: where every client is accepted, an empty one too,
// an empty aud is still no name of it.
func TestEmptyAudienceOfAnEmptyClient(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools[0].ClientIDs, c.UserPools[0].InsecureSkipClientCheck = nil, true
	})
	empty := cognitotest.Claim("client_id", "")
	checkVerdict(t, verifier, issuer.Pool().AccessToken(empty), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, issuer.Pool().AccessToken(empty, cognitotest.Claim("aud", "")), cognito.TokenUseAccess, cognito.ErrAudienceMismatch)
}

// TestScopesAreSplitAtSpacesOnly (RFC 6749 §3.3): what other white space would
// separate is one name, which no requirement can have.
func TestScopesAreSplitAtSpacesOnly(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for _, scope := range []string{"a\tb", "a\nb", "a\u00a0b"} {
		checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.Scopes(scope)), cognito.TokenUseAccess, cognito.ErrScopeMissing, cognito.RequireScopes("a"))
	}
}

// TestSizeLimitIsExact: a token of just that size is looked at, one byte more is not.
func TestSizeLimitIsExact(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	for most, code := range map[int]cognito.Code{len(raw): "", len(raw) - 1: cognito.ErrTokenTooLarge} {
		checkVerdict(t, newVerifier(t, issuer, func(c *cognito.Config) { c.MaxTokenBytes = most }), raw, cognito.TokenUseAccess, code)
	}
}

// TestNonceIsAnIDTokensAlone: a custom claim of that name in an access token was not
// sent when a sign-in began.
func TestNonceIsAnIDTokensAlone(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.Nonce("n")), cognito.TokenUseAccess, cognito.ErrNonceMismatch, cognito.RequireNonce("n"))
	checkVerdict(t, verifier, issuer.Pool().IDToken(cognitotest.Nonce("n")), cognito.TokenUseID, "", cognito.RequireNonce("n"))
}

// TestLevelsOfAssurance: a level is a number without a sign and leading zeros, after
// Cognito's own prefix, and compared as a number.
func TestLevelsOfAssurance(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for acr, code := range map[string]cognito.Code{
		"urn:cognito:loa:2": "", "urn:cognito:loa:3": "", "urn:cognito:loa:10": "",
		"urn:cognito:loa:1": cognito.ErrAuthenticationTooWeak, "urn:cognito:loa:+2": cognito.ErrAuthenticationTooWeak,
		"urn:cognito:loa:02": cognito.ErrAuthenticationTooWeak, "urn:cognito:loa:-3": cognito.ErrAuthenticationTooWeak,
		"urn:cognito:loa:": cognito.ErrAuthenticationTooWeak, "2": cognito.ErrAuthenticationTooWeak, "urn:other:loa:2": cognito.ErrAuthenticationTooWeak,
	} {
		checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.ACR(acr)), cognito.TokenUseAccess, code, cognito.RequireACR("urn:cognito:loa:2"))
	}
	for _, least := range []string{"urn:cognito:loa:0", "urn:cognito:loa:+1", "1", "urn:other:loa:1"} {
		checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.ACR("urn:cognito:loa:9")), cognito.TokenUseAccess, cognito.ErrAuthenticationTooWeak, cognito.RequireACR(least))
	}
}

// TestMaxAuthAgeIsExact: a sign-in of just that age is recent enough.
func TestMaxAuthAgeIsExact(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for ago, code := range map[time.Duration]cognito.Code{time.Minute: "", time.Minute + time.Second: cognito.ErrAuthenticationTooOld} {
		checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.SignedInAgo(ago)), cognito.TokenUseAccess, code, cognito.RequireMaxAuthAge(time.Minute))
	}
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, cognito.ErrAuthenticationTooOld, cognito.RequireMaxAuthAge(0))
}

// TestClaimsOfOtherKindsMatchNothing: an object, a null or a mixed list is not
// compared as it is spelled.
func TestClaimsOfOtherKindsMatchNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for _, spelled := range []string{`{"a":1}`, `null`, `[1]`, `["gold",1]`} {
		raw := issuer.Pool().AccessToken(cognitotest.Claim("custom:x", json.RawMessage(spelled)))
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrClaimMismatch, cognito.RequireClaim("custom:x", spelled, "gold", ""))
	}
}
