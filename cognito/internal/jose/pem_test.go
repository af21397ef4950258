package jose

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
)

func pemOf(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func TestParsePublicKey(t *testing.T) {
	for _, curve := range curves {
		key := &ecKey(t, curve).PublicKey
		text := pemOf(t, key)
		for name, spelled := range map[string]string{
			"as encoding/pem writes it": text,
			"without the last newline":  strings.TrimSpace(text),
			"with CR LF":                strings.ReplaceAll(text, "\n", "\r\n"),
			"with blank lines around":   "\n" + text + "\n\n",
		} {
			if got, err := ParsePublicKey([]byte(spelled), curve); err != nil || !got.Equal(key) {
				t.Errorf("%s, %s: %v", curve.Params().Name, name, err)
			}
		}
	}
	// One that was published for a load balancer.
	const published = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEV2/rLhXWkZ29iaHCXiRNzy8MPN1x\n" +
		"NCrp0UZX4cxhj+A20bvViURRiyOtbBv+ah98xy6npBY5ibt0jg9WDZoKoA==\n-----END PUBLIC KEY-----\n"
	if _, err := ParsePublicKey([]byte(published), elliptic.P256()); err != nil {
		t.Error(err)
	}
}

func TestParsePublicKeyRefuses(t *testing.T) {
	private := ecKey(t, elliptic.P256())
	good := pemOf(t, &private.PublicKey)
	block, _ := pem.Decode([]byte(good))
	retyped := func(kind string, der []byte, headers map[string]string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der, Headers: headers}))
	}
	sec1, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	offCurve := bytes.Clone(block.Bytes)
	offCurve[len(offCurve)-1] ^= 1
	for name, text := range map[string]string{
		"empty":                  "",
		"white space":            " \n",
		"HTML":                   "<!DOCTYPE html><title>403</title>",
		"XML":                    `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`,
		"a JWK":                  `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`,
		"DER":                    string(block.Bytes),
		"cut short":              good[:len(good)/2],
		"text before":            "key:\n" + good,
		"text after":             good + "x",
		"two keys":               good + good,
		"broken block before":    "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n" + good,
		"headers":                retyped("PUBLIC KEY", block.Bytes, map[string]string{"Proc-Type": "4,ENCRYPTED"}),
		"certificate":            retyped("CERTIFICATE", block.Bytes, nil),
		"RSA PUBLIC KEY":         retyped("RSA PUBLIC KEY", block.Bytes, nil),
		"EC PRIVATE KEY":         retyped("EC PRIVATE KEY", sec1, nil),
		"PRIVATE KEY":            retyped("PRIVATE KEY", pkcs8, nil),
		"private key, mislabled": retyped("PUBLIC KEY", pkcs8, nil),
		"bytes after the key":    retyped("PUBLIC KEY", append(bytes.Clone(block.Bytes), 0), nil),
		"empty block":            retyped("PUBLIC KEY", nil, nil),
		"off the curve":          retyped("PUBLIC KEY", offCurve, nil),
		"RSA":                    pemOf(t, testKeys()[0]),
		"Ed25519":                pemOf(t, edwards),
		"P-224":                  pemOf(t, &ecKey(t, elliptic.P224()).PublicKey),
		"P-384":                  pemOf(t, &ecKey(t, elliptic.P384()).PublicKey),
		"P-521":                  pemOf(t, &ecKey(t, elliptic.P521()).PublicKey),
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ParsePublicKey([]byte(text), elliptic.P256())
			var malformed *MalformedError
			if !errors.As(err, &malformed) || key != nil {
				t.Errorf("got %v, %v; want a MalformedError", key, err)
			}
		})
	}
}

// TestPublicKeyReasonNamesTheFault: a key that was cut short is not reported as one with
// text after it.
func TestPublicKeyReasonNamesTheFault(t *testing.T) {
	good := pemOf(t, &ecKey(t, elliptic.P256()).PublicKey)
	for text, want := range map[string]string{
		"":                      "is not PEM",
		good + good:             "is more than one block of PEM",
		good[:len(good)/2]:      "is not a complete block of PEM",
		good + "x":              "has text after its block of PEM",
		pemOf(t, testKeys()[0]): "is not of an elliptic curve",
		pemOf(t, &ecKey(t, elliptic.P384()).PublicKey): "is of another curve than P-256",
	} {
		_, err := ParsePublicKey([]byte(text), elliptic.P256())
		if got, ok := errors.AsType[*MalformedError](err); !ok || got.Reason != want {
			t.Errorf("%q: got %v, want the reason %q", text, err, want)
		}
	}
}

// FuzzParsePublicKey: what is accepted is a key of the curve, which crypto/x509 writes
// and reads as the same one.
func FuzzParsePublicKey(f *testing.F) {
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384()} {
		f.Add([]byte(pemOf(f, &ecKey(f, curve).PublicKey)))
	}
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nA: b\n\nAAAA\n-----END PUBLIC KEY-----"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, curve := range curves {
			key, err := ParsePublicKey(data, curve)
			if err != nil {
				continue
			}
			if key.Curve != curve {
				t.Fatalf("%q is of %s", data, key.Curve.Params().Name)
			}
			again, err := ParsePublicKey([]byte(pemOf(t, key)), curve)
			if err != nil || !again.Equal(key) {
				t.Fatalf("%q: written anew it is another key (%v)", data, err)
			}
			if ecdsa.VerifyASN1(key, make([]byte, 32), []byte{0x30, 6, 2, 1, 0, 2, 1, 0}) {
				t.Fatal("a signature of zeros holds")
			}
		}
	})
}
