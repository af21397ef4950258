package userpool

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// tokenHeader is a Cognito token's header to the letter: kid, then alg, no typ.
type tokenHeader struct {
	KeyID     string `json:"kid"`
	Algorithm string `json:"alg"`
}

// claims is a token's payload.
type claims map[string]any

// sign returns c as a compact JWS (RFC 7515 §3.1) with RS256.
func (k *signingKey) sign(c claims) (string, error) {
	header, err := json.Marshal(tokenHeader{KeyID: k.id, Algorithm: "RS256"})
	if err != nil {
		return "", fmt.Errorf("encoding a token header: %w", err)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding claims: %w", err)
	}
	input := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// accessTokenHash is the at_hash claim (OpenID Connect Core §3.1.3.6): the left
// half of the hash that the ID token's own algorithm uses.
func accessTokenHash(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
