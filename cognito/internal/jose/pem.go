package jose

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
)

// ParsePublicKey reads the public key of the curve, [elliptic.P256] or
// [elliptic.P384], from data: one block of PEM (RFC 7468 §13, a SubjectPublicKeyInfo)
// and nothing else but white space around it. The error is a [*MalformedError] and
// quotes nothing.
func ParsePublicKey(data []byte, curve elliptic.Curve) (*ecdsa.PublicKey, error) {
	fault := func(reason string) (*ecdsa.PublicKey, error) { return nil, &MalformedError{"key", reason} }
	// encoding/pem passes over what it cannot read until it finds a block.
	begin := []byte("-----BEGIN ")
	data = bytes.TrimSpace(data)
	if !bytes.HasPrefix(data, begin) {
		return fault("is not PEM")
	}
	if bytes.Count(data, begin) != 1 {
		return fault("is more than one block of PEM")
	}
	block, rest := pem.Decode(data)
	switch {
	case block == nil:
		return fault("is not a complete block of PEM")
	case len(rest) > 0:
		return fault("has text after its block of PEM")
	case block.Type != "PUBLIC KEY":
		// Private keys, certificates and keys of other wrappings.
		return fault("is a block of PEM of another type than PUBLIC KEY")
	case len(block.Headers) > 0:
		return fault("has headers in its block of PEM")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return fault("is not a public key that can be read")
	}
	key, ok := public.(*ecdsa.PublicKey)
	switch {
	case !ok:
		return fault("is not of an elliptic curve")
	case key.Curve != curve:
		return fault("is of another curve than " + curve.Params().Name)
	}
	return key, nil
}
