package jose

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
)

// VerifyES256 checks the signature as ECDSA on P-256 with SHA-256 (RFC 7518 §3.4) by
// key. As with [Compact.VerifyRS256], alg takes no part in it: the caller has compared
// it with the one algorithm that goes with its kind of keys.
//
// From a valid signature (r, s) any person can make another valid one, (r, n-s). ECDSA in
// RFC 7518 allows that, and it forges no content. But the text of such a token does not
// identify it.
func (c *Compact) VerifyES256(key *ecdsa.PublicKey) error {
	digest := sha256.Sum256(c.signingInput)
	return c.verifyECDSA(key, elliptic.P256(), digest[:])
}

// VerifyES384 is [Compact.VerifyES256] with P-384 and SHA-384.
func (c *Compact) VerifyES384(key *ecdsa.PublicKey) error {
	digest := sha512.Sum384(c.signingInput)
	return c.verifyECDSA(key, elliptic.P384(), digest[:])
}

// verifyECDSA wants the curve that the algorithm names, and a signature of r and s,
// each in as many bytes as the curve's order has: neither the DER of other protocols
// nor leading bytes left out or added. crypto/ecdsa refuses numbers out of range, 0
// among them (CVE-2022-21449).
func (c *Compact) verifyECDSA(key *ecdsa.PublicKey, curve elliptic.Curve, digest []byte) error {
	size := (curve.Params().BitSize + 7) / 8
	if key.Curve != curve || len(c.Signature) != 2*size {
		return ErrSignature
	}
	r, s := new(big.Int).SetBytes(c.Signature[:size]), new(big.Int).SetBytes(c.Signature[size:])
	if !ecdsa.Verify(key, digest, r, s) {
		return ErrSignature
	}
	return nil
}
