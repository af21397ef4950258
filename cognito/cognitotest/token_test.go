package cognitotest_test

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func verifierOf(t testing.TB, issuer *cognitotest.Issuer) *cognito.Verifier {
	t.Helper()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// verify returns the verdict on a token of either kind, "" for a good one.
func verify(t testing.TB, verifier *cognito.Verifier, raw string, requirements ...cognito.Requirement) cognito.Code {
	t.Helper()
	_, err := verifier.VerifyEither(t.Context(), raw, requirements...)
	if err != nil && cognito.CodeOf(err) == "" {
		t.Fatalf("an error without a code: %v", err)
	}
	return cognito.CodeOf(err)
}

// Each thing is broken with one call, and nothing else is broken by it.
func TestOneCallBreaksOneThing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, other := issuer.Pool(), issuer.AddPool("eu-west-1_Other0001")
	foreign := cognitotest.NewIssuer()
	verifier := verifierOf(t, issuer)
	type opts = []cognitotest.TokenOption
	tests := []struct {
		name    string
		options opts
		want    cognito.Code
	}{
		{"nothing", nil, ""},
		{"expired", opts{cognitotest.Expired()}, cognito.ErrTokenExpired},
		{"expires now", opts{cognitotest.ExpiresIn(0)}, cognito.ErrTokenExpired},
		{"expires in a millisecond", opts{cognitotest.ExpiresIn(time.Millisecond)}, ""},
		{"not yet valid", opts{cognitotest.NotYetValid()}, cognito.ErrTokenNotYetValid},
		{"another client", opts{cognitotest.ForClient("another")}, cognito.ErrClientMismatch},
		{"another user", opts{cognitotest.ForSubject("another")}, ""},
		{"another issuer", opts{cognitotest.Claim("iss", "https://issuer.example")}, cognito.ErrIssuerMismatch},
		{"another pool's issuer", opts{cognitotest.Claim("iss", other.Issuer())}, cognito.ErrKeyNotFound},
		{"no exp", opts{cognitotest.WithoutClaim("exp")}, cognito.ErrClaimMissing},
		{"exp as text", opts{cognitotest.Claim("exp", "tomorrow")}, cognito.ErrClaimInvalid},
		{"exp huge", opts{cognitotest.Claim("exp", json.RawMessage("1e400"))}, cognito.ErrClaimInvalid},
		{"repeated", opts{cognitotest.RepeatClaim("sub", cognitotest.Subject)}, cognito.ErrTokenMalformed},
		{"bad UTF-8", opts{cognitotest.Claim("name", json.RawMessage("\"\xff\""))}, cognito.ErrTokenMalformed},
		{"another use", opts{cognitotest.Claim("token_use", "refresh")}, cognito.ErrTokenUseMismatch},
		{"no kid", opts{cognitotest.WithoutHeader("kid")}, cognito.ErrKeyNotFound},
		{"crit", opts{cognitotest.Header("crit", []string{"exp"})}, cognito.ErrTokenMalformed},
		{"typ", opts{cognitotest.Header("typ", "JWT")}, ""},
		{"unknown key", opts{cognitotest.UnknownKey()}, cognito.ErrKeyNotFound},
		{"wrong key", opts{cognitotest.WrongKey()}, cognito.ErrSignatureInvalid},
		{"another pool's key", opts{cognitotest.SignedBy(other.AccessKey())}, cognito.ErrKeyNotFound},
		{"another pool's key under this one's name", opts{cognitotest.SignedBy(other.AccessKey()), cognitotest.Header("kid", pool.AccessKey().ID())}, cognito.ErrSignatureInvalid},
		{"another issuer's key", opts{cognitotest.SignedBy(foreign.Pool().AccessKey())}, cognito.ErrKeyNotFound},
		{"tampered payload", opts{cognitotest.TamperedPayload()}, cognito.ErrSignatureInvalid},
		{"tampered signature", opts{cognitotest.TamperedSignature()}, cognito.ErrSignatureInvalid},
		{"no signature", opts{cognitotest.SignedWith(func([]byte) []byte { return nil })}, cognito.ErrTokenMalformed},
		{"short signature", opts{cognitotest.SignedWith(func([]byte) []byte { return []byte("x") })}, cognito.ErrSignatureInvalid},
		{"alg none", opts{cognitotest.Algorithm("none")}, cognito.ErrTokenMalformed},
		{"alg none with a signature", opts{cognitotest.Header("alg", "none")}, cognito.ErrAlgorithmNotAllowed},
		{"alg rs256", opts{cognitotest.Algorithm("rs256")}, cognito.ErrAlgorithmNotAllowed},
		{"PKCS1 with SHA-512 under the name RS256", opts{cognitotest.Algorithm("RS512"), cognitotest.Header("alg", "RS256")}, cognito.ErrSignatureInvalid},
		{"PSS under the name RS256", opts{cognitotest.Algorithm("PS256"), cognitotest.Header("alg", "RS256")}, cognito.ErrSignatureInvalid},
		{"raw payload", opts{cognitotest.RawPayload("[]")}, cognito.ErrTokenMalformed},
		{"raw header", opts{cognitotest.RawHeader(`{"alg":"RS256","alg":"RS256"}`)}, cognito.ErrTokenMalformed},
		{"padded", opts{cognitotest.EncodedBy(base64.URLEncoding.EncodeToString)}, cognito.ErrTokenMalformed},
		{"no JSON", opts{cognitotest.Claim("name", math.NaN())}, cognito.ErrTokenMalformed},
		{"no JSON either", opts{cognitotest.Header("name", make(chan int))}, cognito.ErrTokenMalformed},
	}
	for _, alg := range []string{"HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"} {
		tests = append(tests, struct {
			name    string
			options opts
			want    cognito.Code
		}{"alg " + alg, opts{cognitotest.Algorithm(alg)}, cognito.ErrAlgorithmNotAllowed})
	}
	for _, test := range tests {
		for kind, mint := range map[string]func(...cognitotest.TokenOption) string{"access": pool.AccessToken, "id": pool.IDToken, "machine": pool.MachineToken} {
			if got := verify(t, verifier, mint(test.options...)); got != test.want {
				t.Errorf("%s, %s token: %q, want %q", test.name, kind, got, test.want)
			}
		}
	}
	if got := verify(t, verifier, pool.RefreshToken()); got != cognito.ErrEncryptedToken {
		t.Errorf("refresh token: %q", got)
	}
	if text := pool.IDToken(cognitotest.Claim("name", make(chan int))); !strings.Contains(text, "chan int") {
		t.Errorf("a claim that is no JSON made %q, which does not say why", text)
	}
}

func TestRequirementsAreMetByOptions(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	config := issuer.Config()
	config.UserPools[0].Audiences = []string{"https://orders.example"}
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	pool := issuer.Pool()
	tests := []struct {
		name        string
		requirement cognito.Requirement
		met, not    string
		want        cognito.Code
	}{
		{"groups", cognito.RequireGroups("a,b", "c"), pool.IDToken(cognitotest.Groups("a,b", "c")), pool.IDToken(cognitotest.Groups()), cognito.ErrGroupMissing},
		{"scopes", cognito.RequireScopes("x/r", "x/w"), pool.MachineToken(cognitotest.Scopes("x/w", "x/r")), pool.MachineToken(), cognito.ErrScopeMissing},
		{"nonce", cognito.RequireNonce("n"), pool.IDToken(cognitotest.Nonce("n")), pool.IDToken(), cognito.ErrNonceMismatch},
		{"acr", cognito.RequireACR("urn:cognito:loa:2"), pool.IDToken(cognitotest.ACR("urn:cognito:loa:2")), pool.IDToken(), cognito.ErrAuthenticationTooWeak},
		{"age", cognito.RequireMaxAuthAge(time.Minute), pool.IDToken(cognitotest.SignedInAgo(time.Minute)), pool.IDToken(cognitotest.SignedInAgo(61 * time.Second)), cognito.ErrAuthenticationTooOld},
		{"audience", cognito.RequireAudience("https://orders.example"), pool.AccessToken(cognitotest.Audience("https://orders.example")), pool.AccessToken(cognitotest.Audience("https://orders.example", "https://b.example")), cognito.ErrAudienceMismatch},
		{"claim", cognito.RequireClaim("custom:tier", "gold"), pool.IDToken(cognitotest.Claim("custom:tier", "gold")), pool.IDToken(), cognito.ErrClaimMismatch},
	}
	for _, test := range tests {
		if got := verify(t, verifier, test.met, test.requirement); got != "" {
			t.Errorf("%s: %q, want it met", test.name, got)
		}
		if got := verify(t, verifier, test.not, test.requirement); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Tokens have the members of Cognito's own, no more and no fewer.
func TestShape(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	common := []string{"sub", "iss", "auth_time", "exp", "iat", "jti", "token_use"}
	tests := []struct {
		name  string
		token string
		key   *cognitotest.Key
		more  []string
	}{
		{"access", pool.AccessToken(), pool.AccessKey(), []string{"origin_jti", "event_id", "version", "client_id", "scope", "username"}},
		{"id", pool.IDToken(), pool.IDKey(), []string{"origin_jti", "event_id", "aud", "cognito:username", "email", "email_verified"}},
		{"machine", pool.MachineToken(), pool.AccessKey(), []string{"version", "client_id", "scope"}},
	}
	for _, test := range tests {
		parts := strings.Split(test.token, ".")
		var texts [2]string
		for n := range texts {
			text, err := base64.RawURLEncoding.DecodeString(parts[n])
			if err != nil {
				t.Fatal(err)
			}
			texts[n] = string(text)
		}
		if want := `{"kid":"` + test.key.ID() + `","alg":"RS256"}`; texts[0] != want {
			t.Errorf("%s: header %s, want %s", test.name, texts[0], want)
		}
		if len(test.key.ID()) != 44 {
			t.Errorf("%s: kid %q is not of 44 characters", test.name, test.key.ID())
		}
		var claims map[string]any
		if err := json.Unmarshal([]byte(texts[1]), &claims); err != nil {
			t.Fatal(err)
		}
		want := slices.Sorted(slices.Values(append(test.more, common...)))
		var got []string
		for name := range claims {
			got = append(got, name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: claims %q, want %q", test.name, got, want)
		}
		if !strings.Contains(texts[1], `"iss":"https:\/\/cognito-idp.us-east-1.amazonaws.com\/us-east-1_Test00001"`) {
			t.Errorf("%s: slashes are not escaped as Cognito does: %s", test.name, texts[1])
		}
	}
	if pool.AccessKey().ID() == pool.IDKey().ID() || pool.AccessKey().Private().Equal(pool.IDKey().Private()) {
		t.Error("access and ID tokens are signed by one key")
	}
}

// Text that is hard to write arrives as it was.
func TestClaimsArriveUnchanged(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := verifierOf(t, issuer)
	for _, text := range []string{`a/b`, `a\/b`, `a\\/b`, `/`, `\`, `<&>"`, "\u2028\x00é", `domain\user`} {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []any{text, json.RawMessage(raw)} {
			token, err := verifier.VerifyIDToken(t.Context(), issuer.Pool().IDToken(
				cognitotest.Claim("name", value), cognitotest.Claim("list", []any{value, json.RawMessage(`"\/\\/"`)})))
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Name string   `json:"name"`
				List []string `json:"list"`
			}
			if err := token.Claims(&got); err != nil || got.Name != text || !slices.Equal(got.List, []string{text, `/\/`}) {
				t.Errorf("%q arrived as %q, %v", text, got, err)
			}
		}
	}
}
