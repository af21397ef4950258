package cognitotest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	_ "embed"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
)

// testECKeys has PUBLISHED private keys, as testKeys has: first those of P-256, then those of P-384.
// Never trust them outside tests.
//
//go:embed testeckeys.pem
var testECKeys []byte

// numECKeys is the number of keys for each curve. The last one signs tokens that no load balancer
// signed.
const numECKeys = 4

// A signature algorithm of a load balancer or of Verified Access (RFC 7518 §3.4).
type ecAlgorithm struct {
	name  string
	hash  crypto.Hash
	size  int // of r and of s
	first int // of its keys in testeckeys.pem
}

var (
	es256 = ecAlgorithm{"ES256", crypto.SHA256, 32, 0}
	es384 = ecAlgorithm{"ES384", crypto.SHA384, 48, numECKeys}
)

var ecPrivateKeys = sync.OnceValue(func() (keys [2 * numECKeys]*ecdsa.PrivateKey) {
	rest := testECKeys
	for n := range keys {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		key, ok := parsed.(*ecdsa.PrivateKey)
		if !ok {
			// It is part of this package, and its own tests read all of it.
			panic(fmt.Sprintf("cognitotest: testeckeys.pem was damaged: key %d: %v", n, err))
		}
		keys[n] = key
	}
	return keys
})

// private returns the private key with this number. Numbers beyond the last are the last.
func (a ecAlgorithm) private(key *Key) *ecdsa.PrivateKey {
	return ecPrivateKeys()[a.first+min(key.number, numECKeys-1)]
}

// publicPEM returns the public key as AWS publishes it.
func (a ecAlgorithm) publicPEM(key *Key) []byte {
	der, err := x509.MarshalPKIXPublicKey(&a.private(key).PublicKey)
	if err != nil {
		return []byte("cognitotest: " + err.Error()) // not possible for a key of testeckeys.pem
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// sign makes the same signature each time (RFC 6979): r and s with a fixed length.
func (a ecAlgorithm) sign(key *Key, input []byte) ([]byte, error) {
	der, err := a.private(key).Sign(nil, digest(a.hash, input), a.hash)
	if err != nil {
		return nil, err
	}
	var parts struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &parts); err != nil {
		return nil, err
	}
	signature := make([]byte, 2*a.size)
	parts.R.FillBytes(signature[:a.size])
	parts.S.FillBytes(signature[a.size:])
	return signature, nil
}
