package alb_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// BenchmarkVerify measures a verification beside the floor, what crypto/ecdsa alone takes
// for the signature by the same key, interleaved.
func BenchmarkVerify(b *testing.B) {
	e := newEndpoint()
	for name, test := range map[string]struct {
		v   *alb.Verifier
		raw string
		key *ecdsa.PublicKey
	}{
		"ES256": {e.verifier(b), token(), &p256.PublicKey},
		"ES384": {e.verifiedAccess(b), token(ofVerifiedAccess), &p384.PublicKey},
	} {
		b.Run(name, func(b *testing.B) {
			last := strings.LastIndexByte(test.raw, '.')
			signature, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(test.raw[last+1:], "="))
			size := len(signature) / 2
			r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
			digest256, digest384 := sha256.Sum256([]byte(test.raw[:last])), sha512.Sum384([]byte(test.raw[:last]))
			digest := digest256[:]
			if test.key.Curve == elliptic.P384() {
				digest = digest384[:]
			}
			b.ReportAllocs()
			var floor, whole time.Duration
			n := 0
			for b.Loop() {
				n++
				start := time.Now()
				if !ecdsa.Verify(test.key, digest, r, s) {
					b.Fatal("does not hold")
				}
				between := time.Now()
				if _, err := test.v.Verify(b.Context(), test.raw); err != nil {
					b.Fatal(err)
				}
				floor += between.Sub(start)
				whole += time.Since(between)
			}
			b.ReportMetric(float64(floor.Nanoseconds())/float64(n), "floor-ns")
			b.ReportMetric(float64(whole.Nanoseconds())/float64(n), "verify-ns")
			b.ReportMetric(float64(whole)/float64(floor), "verify/floor")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkRequire measures a request through the middleware, with an access token that
// is known.
func BenchmarkRequire(b *testing.B) {
	s := newScene(b)
	protect := alb.Require(s.verifier, s.tokens)
	headers := []string{dataHeader, s.data(), identityHeader, subject, accessHeader, s.pool.AccessToken(cognitotest.ForSubject(subject))}
	b.ReportAllocs()
	for b.Loop() {
		if status, body := do(protect, headers...); status != 200 {
			b.Fatal(body)
		}
	}
}

// BenchmarkRefuse measures what tokens that nobody signed cost.
func BenchmarkRefuse(b *testing.B) {
	v := newEndpoint().verifier(b)
	for name, raw := range map[string]string{
		"other signer":   token(header("signer", "x"), unsigned),
		"largest":        token(header("signer", "x"), claim("x", strings.Repeat("x", 11<<10)), unsigned),
		"kid no UUID":    token(header("kid", "x"), unsigned),
		"zero signature": token(unsigned),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(b.Context(), raw); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}
