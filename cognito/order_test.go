package cognito_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestRefusedIDTokens(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	mint := issuer.Pool().IDToken
	claim := cognitotest.Claim
	verifier := newVerifier(t, issuer, nil)
	for name, test := range map[string]struct {
		raw  string
		code cognito.Code
	}{
		"access token":        {issuer.Pool().AccessToken(), cognito.ErrTokenUseMismatch},
		"machine token":       {issuer.Pool().MachineToken(), cognito.ErrTokenUseMismatch},
		"no aud":              {mint(cognitotest.WithoutClaim("aud")), cognito.ErrClaimMissing},
		"aud an array":        {mint(claim("aud", []string{cognitotest.ClientID})), cognito.ErrClaimInvalid},
		"aud an array of two": {mint(claim("aud", []string{cognitotest.ClientID, "x"})), cognito.ErrClaimInvalid},
		"aud an empty array":  {mint(claim("aud", []string{})), cognito.ErrClaimInvalid},
		"aud a number":        {mint(claim("aud", 1)), cognito.ErrClaimInvalid},
		"other client":        {mint(cognitotest.ForClient("other")), cognito.ErrClientMismatch},
		"client_id instead":   {mint(claim("aud", "other"), claim("client_id", cognitotest.ClientID)), cognito.ErrClientMismatch},
		"expired":             {mint(cognitotest.Expired()), cognito.ErrTokenExpired},
		"roles a string":      {mint(claim("cognito:roles", "x")), cognito.ErrClaimInvalid},
		"nonce a number":      {mint(claim("nonce", 5)), cognito.ErrClaimInvalid},
		"at_hash a number":    {mint(claim("at_hash", 5)), cognito.ErrClaimInvalid},
		"username a number":   {mint(claim("cognito:username", 5)), cognito.ErrClaimInvalid},
	} {
		t.Run(name, func(t *testing.T) { checkVerdict(t, verifier, test.raw, cognito.TokenUseID, test.code) })
	}
}

// TestOrder breaks each thing together with all that come after it: the first one
// is what is reported.
func TestOrder(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return true, nil }
	})
	claim := cognitotest.Claim
	requirements := []cognito.Requirement{ // against the order of the checks
		cognito.Require(func(context.Context, cognito.Token) error { return errors.New("no") }),
		cognito.RequireClaim("tier", "gold"),
		cognito.RequireGroups("staff"),
		cognito.RequireScopes("orders/read"),
		cognito.RequireMaxAuthAge(time.Minute),
		cognito.RequireACR("urn:cognito:loa:2"),
		cognito.RequireNonce("n"),
	}
	steps := []struct {
		code   cognito.Code
		option cognitotest.TokenOption
	}{
		{cognito.ErrTokenTooLarge, claim("x", strings.Repeat("x", 20_000))},
		{cognito.ErrTokenMalformed, cognitotest.Header("crit", []string{})},
		{cognito.ErrAlgorithmNotAllowed, cognitotest.Header("alg", "RS512")},
		{cognito.ErrIssuerMismatch, claim("iss", "https://x")},
		{cognito.ErrKeyNotFound, cognitotest.WithoutHeader("kid")},
		{cognito.ErrSignatureInvalid, cognitotest.TamperedSignature()},
		{cognito.ErrTokenUseMismatch, claim("token_use", "access")},
		{cognito.ErrClientMismatch, claim("aud", "other")},
		{cognito.ErrTokenExpired, cognitotest.Expired()},
		{cognito.ErrTokenNotYetValid, cognitotest.NotYetValid()},
		{cognito.ErrNonceMismatch, cognitotest.Nonce("other")},
		{cognito.ErrTokenRevoked, nil},
		{cognito.ErrAuthenticationTooWeak, cognitotest.ACR("urn:cognito:loa:1")},
		{cognito.ErrAuthenticationTooOld, cognitotest.SignedInAgo(time.Hour)},
		{cognito.ErrScopeMissing, nil},
	}
	for n, step := range steps {
		var options []cognitotest.TokenOption
		for _, later := range steps[n:] {
			if later.option != nil {
				options = append(options, later.option)
			}
		}
		if n <= 10 {
			checkVerdict(t, verifier, pool.IDToken(options...), cognito.TokenUseID, step.code, requirements...)
			continue
		}
		// What comes before this step is mended: the nonce, the revocation, the acr.
		options = append(options, cognitotest.Nonce("n"))
		v := verifier
		if n > 11 {
			v = newVerifier(t, issuer, nil)
		}
		if n > 12 {
			options = append(options, cognitotest.ACR("urn:cognito:loa:2"))
		}
		checkVerdict(t, v, pool.IDToken(options...), cognito.TokenUseID, step.code, requirements...)
	}
	good := newVerifier(t, issuer, nil)
	for n, code := range []cognito.Code{cognito.ErrAccessDenied, cognito.ErrClaimMismatch, cognito.ErrGroupMissing, cognito.ErrScopeMissing} {
		checkVerdict(t, good, pool.AccessToken(), cognito.TokenUseAccess, code, requirements[:n+1]...)
	}
}

// TestTimeIsToldAfterTheApplication: where Config.Revoked or a check of the
// application takes long, the token must still be in its time at the end of that, new
// or known.
func TestTimeIsToldAfterTheApplication(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var takes time.Duration
	slow := cognito.Require(func(context.Context, cognito.Token) error { issuer.Clock().Advance(takes); return nil })
	recent := cognito.RequireMaxAuthAge(10 * time.Minute)
	for name, change := range map[string]func(*cognito.Config){
		"revocation": func(c *cognito.Config) {
			c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) {
				issuer.Clock().Advance(takes)
				return false, nil
			}
		},
		"a check": func(c *cognito.Config) { c.Require = []cognito.Requirement{slow} },
	} {
		verifier := newVerifier(t, issuer, change)
		for _, test := range []struct {
			takes  time.Duration
			expiry time.Duration
			want   cognito.Code
		}{
			{4 * time.Minute, 5 * time.Minute, ""},
			{5 * time.Minute, 5 * time.Minute, cognito.ErrTokenExpired},
			{5 * time.Minute, time.Hour, cognito.ErrAuthenticationTooOld},
		} {
			for _, known := range []bool{false, true} {
				raw := issuer.Pool().AccessToken(cognitotest.ExpiresIn(test.expiry), cognitotest.SignedInAgo(6*time.Minute))
				if takes = 0; known {
					checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "", recent)
				}
				takes = test.takes
				if _, err := verifier.VerifyAccessToken(t.Context(), raw, recent); cognito.CodeOf(err) != test.want {
					t.Errorf("%s that takes %v, %v before exp, known %v: got %v, want %q", name, takes, test.expiry, known, err, test.want)
				}
			}
		}
	}
}

// TestTimeIsToldOnce where the application is not asked.
func TestTimeIsToldOnce(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	told := 0
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Now = func() time.Time { told++; return issuer.Clock().Now() }
	})
	raw := issuer.Pool().AccessToken(cognitotest.Scopes("a"))
	for n := range 2 {
		if _, err := verifier.VerifyAccessToken(t.Context(), raw, cognito.RequireScopes("a")); err != nil || told != n+1 {
			t.Errorf("told %d times by verification %d, %v", told, n+1, err)
		}
	}
}
