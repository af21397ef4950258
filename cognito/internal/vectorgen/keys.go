package main

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
)

// A key is a private key and the name that it signs under. All are published: see
// the PEM files.
type key struct {
	label   string // what recipes call it
	kid     string
	private *rsa.PrivateKey
}

// public is the label for the key's public half, for HMAC secrets and JWKs.
func (k *key) public() *rsa.PublicKey { return &k.private.PublicKey }

// A keyring holds all keys that there are.
type keyring struct {
	access, id           *key // of the pool
	otherAccess, otherID *key // of another pool
	second               *key // takes the place of another one, or is not published
	stranger             *key // the attacker's

	rsa1024, rsa2047, rsa3072, rsa8192, rsa8200, exponent3 *key

	p256 *ecdsa.PrivateKey
}

// readKeys reads both PEM files of the module in that folder.
func readKeys(module string) (*keyring, error) {
	shared, err := readPEM(filepath.Join(module, "cognitotest", "testkeys.pem"))
	if err != nil {
		return nil, err
	}
	own, err := readPEM(filepath.Join(module, "internal", "vectorgen", "testkeys.pem"))
	if err != nil {
		return nil, err
	}
	if len(shared) < 8 || len(own) < 7 {
		return nil, fmt.Errorf("%d and %d test keys, of 8 and 7", len(shared), len(own))
	}
	ring := &keyring{}
	for _, slot := range []struct {
		key     **key
		label   string
		private any
	}{
		{&ring.access, "access", shared[0]},
		{&ring.id, "id", shared[1]},
		{&ring.otherAccess, "other-access", shared[2]},
		{&ring.otherID, "other-id", shared[3]},
		{&ring.second, "second", shared[4]},
		{&ring.stranger, "stranger", shared[7]},
		{&ring.rsa1024, "rsa1024", own[0]},
		{&ring.rsa2047, "rsa2047", own[1]},
		{&ring.rsa3072, "rsa3072", own[2]},
		{&ring.rsa8192, "rsa8192", own[3]},
		{&ring.rsa8200, "rsa8200", own[4]},
		{&ring.exponent3, "exponent3", own[5]},
	} {
		private, ok := slot.private.(*rsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("the test key for %s is no RSA key", slot.label)
		}
		*slot.key = &key{slot.label, nameKey(slot.label), private}
	}
	var ok bool
	if ring.p256, ok = own[6].(*ecdsa.PrivateKey); !ok {
		return nil, fmt.Errorf("the last test key is a %T", own[6])
	}
	return ring, nil
}

func readPEM(name string) (keys []any, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: key %d: %w", name, len(keys), err)
		}
		keys = append(keys, parsed)
	}
	return keys, nil
}

// nameKey makes a kid of the form of Cognito's: 44 characters of standard base64.
// That of the access key has a + and a /, as theirs often do.
func nameKey(label string) string {
	sum := sha256.Sum256([]byte("poolguard vectors 2: " + label))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// uintText is a Base64urlUInt (RFC 7518 §2).
func uintText(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
