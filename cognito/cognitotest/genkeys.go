//go:build ignore

// Genkeys writes testkeys.pem and testeckeys.pem. It takes a second or two, so the keys are
// committed: no test should wait for that.
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
	"os"
)

const warning = `These private keys are published with the source code of package cognitotest.
Everybody has them. They exist to sign tokens within tests; a program that trusts
one of them outside a test lets anybody in. "go generate" makes new ones.

`

func main() {
	var rsaKeys, ecKeys []any
	for range 8 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			log.Fatal(err)
		}
		rsaKeys = append(rsaKeys, key)
	}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		for range 4 {
			key, err := ecdsa.GenerateKey(curve, rand.Reader)
			if err != nil {
				log.Fatal(err)
			}
			ecKeys = append(ecKeys, key)
		}
	}
	// The keys that exist stay, so that a new kind of key changes no test.
	for name, keys := range map[string][]any{"testkeys.pem": rsaKeys, "testeckeys.pem": ecKeys} {
		if _, err := os.Stat(name); err == nil {
			log.Printf("%s exists: delete it for new keys", name)
			continue
		}
		write(name, keys)
	}
}

func write(name string, keys []any) {
	file := bytes.NewBufferString(warning)
	for _, key := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			log.Fatal(err)
		}
		if err := pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: der}); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.WriteFile(name, file.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
