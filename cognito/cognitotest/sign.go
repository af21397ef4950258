package cognitotest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"hash"
	"strings"
)

// signRS256 signs as Cognito does: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
func signRS256(key *Key, input []byte) ([]byte, error) {
	return signPKCS1(crypto.SHA256)(key, input)
}

func signPKCS1(hash crypto.Hash) func(*Key, []byte) ([]byte, error) {
	return func(key *Key, input []byte) ([]byte, error) {
		return rsa.SignPKCS1v15(nil, key.Private(), hash, digest(hash, input))
	}
}

func signPSS(hash crypto.Hash) func(*Key, []byte) ([]byte, error) {
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	return func(key *Key, input []byte) ([]byte, error) {
		return rsa.SignPSS(rand.Reader, key.Private(), hash, digest(hash, input), options)
	}
}

// signHMAC signs with the PEM text of the public key as the secret. A verifier that
// chooses the algorithm by the token's alg would accept it (CVE-2015-9235).
func signHMAC(newHash func() hash.Hash) func(*Key, []byte) ([]byte, error) {
	return func(key *Key, input []byte) ([]byte, error) {
		der, err := x509.MarshalPKIXPublicKey(&key.Private().PublicKey)
		if err != nil {
			return nil, err
		}
		mac := hmac.New(newHash, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		mac.Write(input)
		return mac.Sum(nil), nil
	}
}

func signNone(*Key, []byte) ([]byte, error) { return nil, nil }

func digest(hash crypto.Hash, input []byte) []byte {
	h := hash.New()
	h.Write(input)
	return h.Sum(nil)
}

// signer returns the function that signs with the algorithm of this name.
func (d *draft) signer(alg string) func(*Key, []byte) ([]byte, error) {
	if f := d.service; f != nil {
		return f.algorithm.signer(alg)
	}
	return signer(alg)
}

// signer returns the function that signs with the algorithm of this name, for load balancers and
// Verified Access.
func (a ecAlgorithm) signer(alg string) func(*Key, []byte) ([]byte, error) {
	hashes := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}
	alg = strings.ToUpper(alg)
	if newHash, ok := hashes[alg]; ok {
		return func(key *Key, input []byte) ([]byte, error) {
			mac := hmac.New(newHash, a.publicPEM(key))
			mac.Write(input)
			return mac.Sum(nil), nil
		}
	}
	if alg == "NONE" {
		return signNone
	}
	return a.sign
}

// signer returns the function that signs with the algorithm of this name, for user pools.
func signer(alg string) func(*Key, []byte) ([]byte, error) {
	switch strings.ToUpper(alg) {
	case "NONE":
		return signNone
	case "HS256":
		return signHMAC(sha256.New)
	case "HS384":
		return signHMAC(sha512.New384)
	case "HS512":
		return signHMAC(sha512.New)
	case "RS384":
		return signPKCS1(crypto.SHA384)
	case "RS512":
		return signPKCS1(crypto.SHA512)
	case "PS256":
		return signPSS(crypto.SHA256)
	case "PS384":
		return signPSS(crypto.SHA384)
	case "PS512":
		return signPSS(crypto.SHA512)
	}
	return signRS256
}
