package jose

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"slices"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/testvectors"
)

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// rawSignature signs input and returns r and s.
func rawSignature(t testing.TB, key *ecdsa.PrivateKey, input []byte) []byte {
	t.Helper()
	digest := digestOf(key.Curve, input)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest)
	if err != nil {
		t.Fatal(err)
	}
	return joined(key.Curve, r, s)
}

func joined(curve elliptic.Curve, r, s *big.Int) []byte {
	size := (curve.Params().BitSize + 7) / 8
	return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
}

func digestOf(curve elliptic.Curve, input []byte) []byte {
	if curve == elliptic.P256() {
		digest := sha256.Sum256(input)
		return digest[:]
	}
	digest := sha512.Sum384(input)
	return digest[:]
}

func (c *Compact) verifyBy(curve elliptic.Curve, key *ecdsa.PublicKey) error {
	if curve == elliptic.P256() {
		return c.VerifyES256(key)
	}
	return c.VerifyES384(key)
}

var curves = []elliptic.Curve{elliptic.P256(), elliptic.P384()}

// TestECDSASignatures has a row for each way in which a signature can be other than
// RFC 7518 §3.4 has it.
func TestECDSASignatures(t *testing.T) {
	for _, curve := range curves {
		t.Run(curve.Params().Name, func(t *testing.T) {
			key, other := ecKey(t, curve), ecKey(t, curve)
			input := []byte("header.payload")
			good := rawSignature(t, key, input)
			size := len(good) / 2
			r, s := new(big.Int).SetBytes(good[:size]), new(big.Int).SetBytes(good[size:])
			n := curve.Params().N
			der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
			if err != nil {
				t.Fatal(err)
			}
			zero, one := new(big.Int), big.NewInt(1)
			check := func(name string, signature []byte, key *ecdsa.PrivateKey, want bool) {
				t.Helper()
				c := &Compact{signingInput: input, Signature: signature}
				if got := c.verifyBy(curve, &key.PublicKey) == nil; got != want {
					t.Errorf("%s: holds %v, want %v", name, got, want)
				}
			}
			check("good", good, key, true)
			// Malleable, as all of ECDSA: it is why nothing here is named by its signature.
			check("the other s", joined(curve, r, new(big.Int).Sub(n, s)), key, true)
			check("another key", good, other, false)
			check("DER", der, key, false)
			check("empty", nil, key, false)
			check("one byte short", good[:len(good)-1], key, false)
			check("one byte long", append(slices.Clone(good), 0), key, false)
			check("a leading zero", append([]byte{0}, good...), key, false)
			check("a zero before s", slices.Concat(good[:size], []byte{0}, good[size:]), key, false)
			check("twice", append(slices.Clone(good), good...), key, false)
			check("r and s exchanged", joined(curve, s, r), key, false)
			check("zeros", make([]byte, 2*size), key, false)
			check("r of 0", joined(curve, zero, s), key, false)
			check("s of 0", joined(curve, r, zero), key, false)
			check("r of 0, s of 1", joined(curve, zero, one), key, false)
			check("r of n", joined(curve, n, s), key, false)
			check("s of n", joined(curve, r, n), key, false)
			for i := range good {
				flipped := slices.Clone(good)
				flipped[i] ^= 1
				check("a bit flipped", flipped, key, false)
			}
			for _, wrong := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
				if wrong != curve {
					key := ecKey(t, wrong)
					r, s, _ := ecdsa.Sign(rand.Reader, key, digestOf(curve, input))
					check("of "+wrong.Params().Name, joined(wrong, r, s), key, false)
					if wrong.Params().BitSize < curve.Params().BitSize { // it would hold, by its own curve
						check("of "+wrong.Params().Name+", in this one's length", joined(curve, r, s), key, false)
					}
				}
			}
		})
	}
}

// TestECDSADifferential holds the verdict against crypto/ecdsa's own reader of
// signatures, on random ones that were changed in random places.
func TestECDSADifferential(t *testing.T) {
	for _, curve := range curves {
		key := ecKey(t, curve)
		random := make([]byte, 3)
		held := 0
		for range 400 {
			input := []byte(rand.Text())
			signature := rawSignature(t, key, input)
			_, _ = rand.Read(random)
			if random[0]%4 > 0 {
				signature[int(random[1])%len(signature)] ^= 1 << (random[2] % 8)
			}
			size := len(signature) / 2
			der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])})
			if err != nil {
				t.Fatal(err)
			}
			want := ecdsa.VerifyASN1(&key.PublicKey, digestOf(curve, input), der)
			if want {
				held++
			}
			c := &Compact{signingInput: input, Signature: signature}
			if got := c.verifyBy(curve, &key.PublicKey) == nil; got != want {
				t.Fatalf("%x: holds %v, crypto/ecdsa says %v", signature, got, want)
			}
		}
		if held == 0 || held == 400 {
			t.Errorf("%d of 400 held", held)
		}
	}
}

// TestWycheproofECDSA runs the JWS vectors for ES256 and ES384, which are unpadded.
func TestWycheproofECDSA(t *testing.T) {
	var file struct {
		TestGroups []struct {
			Public struct{ Kty, Crv, X, Y, Kid, Alg, Use string }
			Tests  []struct {
				TcID                 int
				Comment, JWS, Result string
			}
		}
	}
	testvectors.ReadJSON(t, "wycheproof/json_web_signature_test.json", &file)
	count := 0
	for _, group := range file.TestGroups {
		curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384()}[group.Public.Crv]
		if group.Public.Kty != "EC" || curve == nil {
			continue
		}
		key, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, coordinate(t, group.Public.X), coordinate(t, group.Public.Y)))
		if err != nil {
			t.Fatal(err)
		}
		algorithm := map[elliptic.Curve]string{elliptic.P256(): "ES256", elliptic.P384(): "ES384"}[curve]
		for _, test := range group.Tests {
			if test.Comment == "rejectWrongUse" || test.Comment == "rejectWrongKeyOps" {
				continue // about members of a JWK, which keys in PEM do not have
			}
			count++
			c, err := ParseCompact(test.JWS)
			got := err == nil && c.Algorithm == algorithm && c.verifyBy(curve, key) == nil
			if want := test.Result == "valid"; got != want {
				t.Errorf("%d %s (%s): accepted %v, want %s", test.TcID, test.Comment, algorithm, got, test.Result)
			}
		}
	}
	t.Logf("%d vectors concern ES256 and ES384", count)
	if count == 0 {
		t.Error("no vectors")
	}
}

func coordinate(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// BenchmarkECDSA measures the signature checks alone.
func BenchmarkECDSA(b *testing.B) {
	for _, curve := range curves {
		b.Run(curve.Params().Name, func(b *testing.B) {
			key := ecKey(b, curve)
			input := make([]byte, 1024)
			c := &Compact{signingInput: input, Signature: rawSignature(b, key, input)}
			b.ReportAllocs()
			for b.Loop() {
				if c.verifyBy(curve, &key.PublicKey) != nil {
					b.Fatal("does not hold")
				}
			}
		})
	}
}
