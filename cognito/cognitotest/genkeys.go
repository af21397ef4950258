//go:build ignore

// Genkeys writes testkeys.pem again. It takes a second or two, so the keys are committed:
// no test should wait for that.
package main

import (
	"bytes"
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
	file := bytes.NewBufferString(warning)
	for range 8 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			log.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			log.Fatal(err)
		}
		if err := pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: der}); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.WriteFile("testkeys.pem", file.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
