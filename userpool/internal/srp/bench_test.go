package srp_test

import (
	"crypto/rand"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/srp"
)

func BenchmarkNewVerifier(b *testing.B) {
	for b.Loop() {
		if _, err := srp.NewVerifier(rand.Reader, pool, user, password); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatches(b *testing.B) {
	v := newVerifier(b)
	for b.Loop() {
		if !v.Matches(pool, user, password) {
			b.Fatal("does not match")
		}
	}
}

func BenchmarkBegin(b *testing.B) {
	v, a := newVerifier(b), newClient(b, pool, user, password).publicA()
	for b.Loop() {
		if _, err := srp.Begin(rand.Reader, v, a); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProves(b *testing.B) {
	c := newClient(b, pool, user, password)
	h := begin(b, newVerifier(b), c.publicA())
	signature := c.signature(h.B, h.Salt, secretBlock)
	for b.Loop() {
		if !h.Proves(pool, user, secretBlock, timestamp, signature) {
			b.Fatal("not proved")
		}
	}
}

func BenchmarkDecoy(b *testing.B) {
	seed := make([]byte, 32)
	for b.Loop() {
		if _, err := srp.Decoy(seed, pool, user); err != nil {
			b.Fatal(err)
		}
	}
}
