package issuer

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"
	"time"
)

const keyBits = 2048

// header is a Cognito token's header to the letter: kid, then alg, no typ.
type header struct {
	KeyID     string `json:"kid"`
	Algorithm string `json:"alg"`
}

// Claims is a token's payload.
type Claims map[string]any

// key is an RSA key under its name. It is read-only.
type key struct {
	id      string
	private *rsa.PrivateKey
	public  JWK
}

// JWK is a public key as Cognito's key sets show it (RFC 7517, RFC 7518 §6.3.1).
type JWK struct {
	Algorithm string `json:"alg"`
	Exponent  string `json:"e"`
	KeyID     string `json:"kid"`
	KeyType   string `json:"kty"`
	Modulus   string `json:"n"`
	Use       string `json:"use"`
}

func newKey() (*key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	return keyOf(private), nil
}

func keyOf(private *rsa.PrivateKey) *key {
	e := base64.RawURLEncoding.EncodeToString(big.NewInt(int64(private.E)).Bytes())
	n := base64.RawURLEncoding.EncodeToString(private.N.Bytes())
	// The JWK thumbprint (RFC 7638) names the key. Cognito writes kids in standard
	// base64 with padding, 44 characters: clients must cope with "+", "/" and "=".
	thumbprint := sha256.Sum256([]byte(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`))
	id := base64.StdEncoding.EncodeToString(thumbprint[:])
	return &key{
		id:      id,
		private: private,
		public:  JWK{Algorithm: "RS256", Exponent: e, KeyID: id, KeyType: "RSA", Modulus: n, Use: "sig"},
	}
}

// keyPair is what a pool signs with: ID and access tokens never share a key.
type keyPair struct {
	id, access *key
	createdAt  time.Time
}

func newKeyPair(now time.Time) (keyPair, error) {
	pair := keyPair{createdAt: now}
	var idErr, accessErr error
	var wg sync.WaitGroup
	wg.Go(func() { pair.id, idErr = newKey() })
	wg.Go(func() { pair.access, accessErr = newKey() })
	wg.Wait()
	if idErr != nil {
		return keyPair{}, idErr
	}
	return pair, accessErr
}

// sign returns c as a compact JWS (RFC 7515 §3.1) with RS256.
func (k *key) sign(c Claims) (string, error) {
	h, err := json.Marshal(header{KeyID: k.id, Algorithm: "RS256"})
	if err != nil {
		return "", fmt.Errorf("encoding a token header: %w", err)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding claims: %w", err)
	}
	// Cognito escapes the slashes of its payloads. In JSON they are in strings only.
	payload = bytes.ReplaceAll(payload, []byte("/"), []byte(`\/`))
	input := base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := k.signature(input)
	if err != nil {
		return "", err
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// signature is RSASSA-PKCS1-v1_5 with SHA-256 over input (RFC 7518 §3.3).
func (k *key) signature(input string) ([]byte, error) {
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, sum[:])
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return signature, nil
}

// accessTokenHash is the at_hash claim (OpenID Connect Core §3.1.3.6): the left
// half of the hash that the ID token's own algorithm uses.
func accessTokenHash(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
