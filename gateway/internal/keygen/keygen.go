package keygen

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
)

// SessionPrefix begins a session key, so that scanners find one that was published.
const SessionPrefix = "pgk1_"

const secretBytes = 32

// Kinds returns the kinds of secrets that [Make] knows.
func Kinds() []string { return []string{"session", "jwt", "token"} }

// Make returns a new secret with a newline at its end:
//
//   - session: pgk1_ and base64url of 32 random bytes
//   - jwt: a P-256 private key, PKCS #8 in PEM
//   - token: base64url of 32 random bytes
func Make(kind string) ([]byte, error) {
	switch kind {
	case "session":
		return []byte(SessionPrefix + random() + "\n"), nil
	case "token":
		return []byte(random() + "\n"), nil
	case "jwt":
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
	}
	return nil, fmt.Errorf("the kind of key is unknown: got %q, want %s", kind, strings.Join(Kinds(), ", "))
}

func random() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // it never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
