package userpool_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type publicKey struct {
	KeyID, Algorithm, Use, KeyType string
	rsa.PublicKey
}

// keySet fetches the pool's keys by kid.
func keySet(t testing.TB, h http.Handler) map[string]publicKey {
	t.Helper()
	response, body := request(t, h, httptest.NewRequest(http.MethodGet, "/"+poolID+"/.well-known/jwks.json", nil))
	if response.StatusCode != http.StatusOK {
		t.Fatalf("key set: %d %s", response.StatusCode, body)
	}
	var document struct {
		Keys []map[string]string `json:"keys"`
	}
	if err := json.Unmarshal([]byte(body), &document); err != nil {
		t.Fatal(err)
	}
	keys := map[string]publicKey{}
	for _, k := range document.Keys {
		keys[k["kid"]] = publicKey{
			KeyID: k["kid"], Algorithm: k["alg"], Use: k["use"], KeyType: k["kty"],
			PublicKey: rsa.PublicKey{
				N: new(big.Int).SetBytes(decode(t, k["n"])),
				E: int(new(big.Int).SetBytes(decode(t, k["e"])).Int64()),
			},
		}
	}
	return keys
}

// verify checks a token's signature against keys with nothing but crypto/rsa,
// and returns its header as it stands and its claims.
func verify(t testing.TB, keys map[string]publicKey, token string) (header string, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts in a token", len(parts))
	}
	header = string(decode(t, parts[0]))
	var h struct{ Kid string }
	if err := json.Unmarshal([]byte(header), &h); err != nil {
		t.Fatal(err)
	}
	key, ok := keys[h.Kid]
	if !ok {
		t.Fatalf("kid %q is not in the key set", h.Kid)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], decode(t, parts[2])); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(decode(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	return header, claims
}

func decode(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
