package cognito_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// BenchmarkVerify measures a verification beside the floor, what crypto/rsa alone
// takes for the signature by the same key, interleaved token by token. cold/floor is
// what the rest costs.
func BenchmarkVerify(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(b, issuer, func(c *cognito.Config) { c.Clock, c.CacheBytes = nil, 4096 })
	if err := verifier.WarmUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	const distinct = 512
	tokens := make([]string, distinct)
	for n := range tokens {
		tokens[n] = issuer.Pool().AccessToken(cognitotest.Groups("staff", "admins"), cognitotest.Scopes("openid", "profile", "orders/read"),
			cognitotest.Claim("custom:n", fmt.Sprint(n)))
	}
	requirement := cognito.RequireScopes("orders/read")
	key := &issuer.Pool().AccessKey().Private().PublicKey
	b.ReportAllocs()
	var floor, cold time.Duration
	n := 0
	for b.Loop() {
		raw := tokens[n%distinct]
		n++
		digest, signature := parts(b, raw)
		start := time.Now()
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if _, err := verifier.VerifyAccessToken(b.Context(), raw, requirement); err != nil {
			b.Fatal(err)
		}
		floor += between.Sub(start)
		cold += time.Since(between)
	}
	b.ReportMetric(float64(floor.Nanoseconds())/float64(n), "floor-ns")
	b.ReportMetric(float64(cold.Nanoseconds())/float64(n), "cold-ns")
	b.ReportMetric(float64(cold)/float64(floor), "cold/floor")
	b.ReportMetric(testing.AllocsPerRun(100, func() {
		_, _ = verifier.VerifyAccessToken(b.Context(), tokens[n%distinct], requirement)
		n++ // the same one would be known
	}), "cold-allocs")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkVerifyKnown measures tokens that were verified before.
func BenchmarkVerifyKnown(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(b, issuer, func(c *cognito.Config) { c.Clock = nil })
	raw := issuer.Pool().AccessToken(cognitotest.Groups("staff", "admins"), cognitotest.Scopes("openid", "profile", "orders/read"))
	requirement := cognito.RequireScopes("orders/read")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verifier.VerifyAccessToken(b.Context(), raw, requirement); err != nil {
			b.Fatal(err)
		}
	}
}

func parts(b *testing.B, raw string) (digest [32]byte, signature []byte) {
	b.Helper()
	last := strings.LastIndexByte(raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(raw[last+1:])
	if err != nil {
		b.Fatal(err)
	}
	return sha256.Sum256([]byte(raw[:last])), signature
}

// BenchmarkRefuseUnsigned measures tokens of the largest size that nobody signed,
// beside the floor, by what fills them.
func BenchmarkRefuseUnsigned(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(b, issuer, func(c *cognito.Config) { c.Clock = nil })
	key := &issuer.Pool().AccessKey().Private().PublicKey
	digest, signature := parts(b, issuer.Pool().AccessToken())
	payloads := costly("https://elsewhere.example")
	// Not among them for what it allocates: names are kept to find those that repeat.
	names := []byte(`{"iss":"https://elsewhere.example"`)
	for n := range 1200 {
		names = fmt.Appendf(names, `,"%x":1`, n)
	}
	payloads["many names"] = string(names) + "}"
	for name, payload := range payloads {
		raw := issuer.Pool().AccessToken(cognitotest.RawPayload(payload))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var floor, refusal time.Duration
			for b.Loop() {
				start := time.Now()
				if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				if _, err := verifier.VerifyAccessToken(b.Context(), raw); err == nil {
					b.Fatal("accepted")
				}
				floor += between.Sub(start)
				refusal += time.Since(between)
			}
			b.ReportMetric(float64(refusal)/float64(floor), "refusal/floor")
			b.ReportMetric(0, "ns/op")
		})
	}
}
