package revocation_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// fill adds n entries of all kinds.
func fill(t testing.TB, list *revocation.List, n int, until time.Time) {
	t.Helper()
	for i := range n {
		e := revocation.Entry{Kind: revocation.KindSignIn, UserPool: cognitotest.PoolID, ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i), Until: until}
		switch i % 3 {
		case 0:
			e.Kind = revocation.KindToken
		case 1:
			e.Kind, e.Before = revocation.KindSubject, until.Add(-day)
		}
		must(t, list.Add(e))
	}
}

// BenchmarkKnownTokenWithList measures a token that was verified before, with a list of
// 100,000 entries, beside the same without a list and with a check that says no.
func BenchmarkKnownTokenWithList(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	list, err := revocation.NewList(revocation.ListConfig{})
	must(b, err)
	fill(b, list, 100_000, time.Now().Add(day))
	raw := issuer.Pool().AccessToken(cognitotest.Groups("staff", "admins"), cognitotest.Scopes("openid", "profile", "orders/read"))
	known := func(check revocation.Check) *cognito.Verifier {
		config := issuer.Config()
		config.Clock, config.Revoked = nil, check
		verifier, err := cognito.New(config)
		must(b, err)
		return verifier
	}
	verifiers := []*cognito.Verifier{
		known(nil),
		known(func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return false, nil }),
		known(list.Revoked),
	}
	const batch = 1000
	var took [3]time.Duration
	ctx, n := b.Context(), 0
	for b.Loop() {
		for i, verifier := range verifiers {
			began := time.Now()
			for range batch {
				if _, err := verifier.VerifyAccessToken(ctx, raw); err != nil {
					b.Fatal(err)
				}
			}
			took[i] += time.Since(began)
		}
		n += batch
	}
	each := func(i int) float64 { return float64(took[i].Nanoseconds()) / float64(n) }
	b.ReportMetric(each(0), "without-ns")
	b.ReportMetric(each(1), "hook-ns")
	b.ReportMetric(each(2), "list-ns")
	b.ReportMetric(each(2)/each(0), "list/without")
	b.ReportMetric(testing.AllocsPerRun(100, func() { _, _ = verifiers[2].VerifyAccessToken(ctx, raw) }), "list-allocs")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkListRevoked measures the list alone, with 100,000 entries.
func BenchmarkListRevoked(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	list := newList(b, issuer, nil)
	fill(b, list, 100_000, issuer.Clock().Now().Add(day))
	token := access(b, issuer, issuer.Pool().AccessToken())
	b.ReportAllocs()
	for b.Loop() {
		if revoked, err := list.Revoked(b.Context(), token, ""); revoked || err != nil {
			b.Fatal(revoked, err)
		}
	}
}
