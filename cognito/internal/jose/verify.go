package jose

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
)

// ErrSignature is returned for a signature that does not hold.
var ErrSignature = errors.New("jose: the signature does not hold")

// VerifyRS256 checks the signature as RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518
// §3.3) by key. The header's alg takes no part in it: the caller has compared it
// with the one algorithm that it accepts.
func (c *Compact) VerifyRS256(key *rsa.PublicKey) error {
	digest := sha256.Sum256(c.signingInput)
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], c.Signature) != nil {
		return ErrSignature
	}
	return nil
}
