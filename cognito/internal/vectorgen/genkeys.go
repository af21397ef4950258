//go:build ignore

// Genkeys writes testkeys.pem again: keys of no user pool. It takes a minute, and it changes
// every vector that uses these keys.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"log"
	"math/big"
	"os"
)

const warning = `These private keys are published with the source code of vectorgen. Everybody has
them, and most are too weak to be used at all: that is what they are for. A program
that trusts one of them outside a test lets anybody in.

`

func main() {
	file := bytes.NewBufferString(warning)
	write := func(name string, key any) {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			log.Fatal(err)
		}
		block := &pem.Block{Type: "PRIVATE KEY", Headers: map[string]string{"Name": name}, Bytes: der}
		if err := pem.Encode(file, block); err != nil {
			log.Fatal(err)
		}
	}
	for _, size := range sizes {
		key, err := rsa.GenerateKey(rand.Reader, size.bits)
		if err != nil {
			log.Fatal(size.name, err)
		}
		write(size.name, key)
	}
	write("rsa2048-e3", exponent3())
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	write("p256", key)
	if err := os.WriteFile("testkeys.pem", file.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

var sizes = []struct {
	name string
	bits int
}{{"rsa1024", 1024}, {"rsa2047", 2047}, {"rsa3072", 3072}, {"rsa8192", 8192}, {"rsa8200", 8200}}

// exponent3 makes what package rsa does not: a key with the smallest exponent that
// is allowed.
func exponent3() *rsa.PrivateKey {
	three, one := big.NewInt(3), big.NewInt(1)
	prime := func() *big.Int {
		for {
			p, err := rand.Prime(rand.Reader, 1024)
			if err != nil {
				log.Fatal(err)
			}
			if new(big.Int).Mod(new(big.Int).Sub(p, one), three).Sign() != 0 {
				return p
			}
		}
	}
	for {
		p, q := prime(), prime()
		n := new(big.Int).Mul(p, q)
		if n.BitLen() != 2048 {
			continue
		}
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		key := &rsa.PrivateKey{
			PublicKey: rsa.PublicKey{N: n, E: 3},
			D:         new(big.Int).ModInverse(three, phi),
			Primes:    []*big.Int{p, q},
		}
		key.Precompute()
		if err := key.Validate(); err != nil {
			log.Fatal(err)
		}
		return key
	}
}
