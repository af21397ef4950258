package peers

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// FuzzWellSigned holds what Poolguard accepts against a second opinion: golang-jwt must
// find it well signed, and the checks that AWS documents, written down plainly over
// encoding/json, must pass. Header and payload are signed as the fuzzer makes them; the
// third argument is put into the text behind them.
func FuzzWellSigned(f *testing.F) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		f.Fatal(err)
	}
	key := &pool.AccessKey().Private().PublicKey
	header := `{"kid":"` + pool.AccessKey().ID() + `","alg":"RS256"}`
	payload := `{"iss":"` + pool.Issuer() + `","token_use":"access","client_id":"` + pool.ClientID() + `","exp":9000000000}`
	for _, tail := range []string{"", "A", "=", "\n", ".x"} {
		f.Add(header, payload, tail)
	}
	f.Add(strings.Replace(header, `"alg"`, `"typ":"JWT","\u0061lg"`, 1), strings.ReplaceAll(payload, "/", `\/`), "")
	f.Add(header, strings.Replace(payload, "9000000000", "9e9,\"EXP\":1", 1), "")
	f.Fuzz(func(t *testing.T, header, payload, tail string) {
		raw := pool.AccessToken(cognitotest.RawHeader(header), cognitotest.RawPayload(payload)) + tail
		if _, err := verifier.VerifyAccessToken(t.Context(), raw); err == nil {
			wellSigned(t, raw, key)
			documentedChecks(t, raw, pool, float64(issuer.Clock().Now().Unix()))
		}
	})
}

func wellSigned(t *testing.T, raw string, key *rsa.PublicKey) {
	t.Helper()
	end := strings.LastIndexByte(raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(raw[end+1:])
	if err != nil {
		t.Fatalf("%q: the signature: %v", raw, err)
	}
	if err := jwt.SigningMethodRS256.Verify(raw[:end], signature, key); err != nil {
		t.Fatalf("golang-jwt finds %q badly signed: %v", raw, err)
	}
}

// documentedChecks are those of Amazon's page on verifying a JWT.
func documentedChecks(t *testing.T, raw string, pool *cognitotest.Pool, now float64) {
	t.Helper()
	var header, claims map[string]any
	parts := strings.Split(raw, ".")
	for n, into := range []*map[string]any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[n])
		if err != nil {
			t.Fatalf("%q: part %d: %v", raw, n, err)
		}
		decoder := json.NewDecoder(strings.NewReader(string(text)))
		decoder.UseNumber()
		if err := decoder.Decode(into); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", text, err)
		}
	}
	number, _ := claims["exp"].(json.Number)
	exp, err := number.Float64()
	if len(parts) != 3 || header["alg"] != "RS256" || header["kid"] != pool.AccessKey().ID() || claims["iss"] != pool.Issuer() ||
		claims["token_use"] != "access" || claims["client_id"] != pool.ClientID() || err != nil || exp <= now {
		t.Fatalf("accepted %v, %v", header, claims)
	}
}
