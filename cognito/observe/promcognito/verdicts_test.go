package promcognito_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
)

// TestVerdicts: tokens through a verifier, and what is counted of each.
func TestVerdicts(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	good := pool.AccessToken()
	for _, test := range []struct {
		name, raw          string
		code, use, cached  string
		requirements       []cognito.Requirement
		before, keySetDown bool // verified once before; the key set fails
	}{
		{name: "new", raw: good, code: "accepted", use: "access", cached: "false"},
		{name: "known", raw: good, before: true, code: "accepted", use: "access", cached: "true"},
		{name: "known, without a scope", raw: good, before: true, requirements: []cognito.Requirement{cognito.RequireScopes("a/b")}, code: "scope_missing", use: "access", cached: "true"},
		{name: "other kind", raw: pool.IDToken(), code: "token_use_mismatch", use: "id", cached: "false"},
		{name: "made up kind", raw: pool.AccessToken(cognitotest.Claim("token_use", "made up")), code: "token_use_mismatch", use: "unknown", cached: "false"},
		{name: "forged", raw: pool.AccessToken(cognitotest.WrongKey()), code: "signature_invalid", use: "unknown", cached: "false"},
		{name: "stranger", raw: pool.AccessToken(cognitotest.Claim("iss", "https://issuer.example")), code: "issuer_mismatch", use: "unknown", cached: "false"},
		{name: "outage", raw: good, keySetDown: true, code: "keys_unavailable", use: "unknown", cached: "false"},
		{name: "code of the application", raw: good, requirements: []cognito.Requirement{cognito.Require(func(context.Context, cognito.Token) error {
			return cognito.NewError("made_up", "no")
		})}, code: "other", use: "access", cached: "false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			metrics, registry := newMetrics(t, promcognito.Config{})
			verifier := newVerifier(t, issuer, metrics, nil)
			want := map[string]float64{}
			count := func(code, use, cached string) {
				want[fmt.Sprintf("cognito_verifications_total{cached=%s,code=%s,token_use=%s}", cached, code, use)]++
				want[fmt.Sprintf("cognito_verification_duration_seconds{cached=%s}", cached)]++
			}
			if test.before {
				if _, err := verifier.VerifyAccessToken(t.Context(), test.raw); err != nil {
					t.Fatal(err)
				}
				count("accepted", "access", "false")
			}
			if test.keySetDown {
				pool.FailKeySet(503)
				defer pool.RestoreKeySet()
			}
			_, _ = verifier.VerifyAccessToken(t.Context(), test.raw, test.requirements...)
			count(test.code, test.use, test.cached)
			got := gather(t, registry)
			for name, value := range want {
				if got[name] != value {
					t.Errorf("%s is %v, want %v", name, got[name], value)
				}
			}
		})
	}
}

// TestFromTheStart: the series of alerts and ratios are there before anything happens.
func TestFromTheStart(t *testing.T) {
	_, registry := newMetrics(t, promcognito.Config{})
	want := []string{
		"cognito_verification_duration_seconds{cached=false}",
		"cognito_verification_duration_seconds{cached=true}",
		"cognito_verifications_total{cached=false,code=accepted,token_use=access}",
		"cognito_verifications_total{cached=false,code=accepted,token_use=id}",
		"cognito_verifications_total{cached=false,code=keys_unavailable,token_use=unknown}",
		"cognito_verifications_total{cached=true,code=accepted,token_use=access}",
		"cognito_verifications_total{cached=true,code=accepted,token_use=id}",
	}
	if got := slices.Sorted(maps.Keys(gather(t, registry))); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestMiddleware: requests without a token are counted with the verifier's refusals,
// and take no part in how long verifying takes.
func TestMiddleware(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	metrics, registry := newMetrics(t, promcognito.Config{Now: issuer.Clock().Now})
	var told <-chan struct{}
	verifier := newVerifier(t, issuer, metrics, func(c *cognito.Config) { told = fetches(c) })
	handler := bearer.Require(verifier)(http.NotFoundHandler())
	for _, credentials := range [][]string{nil, {"Bearer"}, {"Basic YTpi"}, {"Bearer a", "Bearer b"}, {"Bearer a"}, {"Bearer " + issuer.Pool().AccessToken()}} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Authorization"] = credentials
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	<-told
	pool, url := issuer.Pool().ID(), issuer.Pool().OriginalIssuer()+"/.well-known/jwks.json"
	checkSamples(t, registry, map[string]float64{
		"cognito_verifications_total{cached=false,code=token_missing,token_use=unknown}":   2,
		"cognito_verifications_total{cached=false,code=request_invalid,token_use=unknown}": 2,
		"cognito_verifications_total{cached=false,code=token_malformed,token_use=unknown}": 1,
		"cognito_verifications_total{cached=false,code=accepted,token_use=access}":         1,
		"cognito_verification_duration_seconds{cached=false}":                              2,
		"cognito_key_set_fetches_total{outcome=ok,url=" + url + ",user_pool=" + pool + "}": 1,
		"cognito_key_set_fetch_duration_seconds{outcome=ok}":                               1,
		"cognito_key_set_keys{url=" + url + ",user_pool=" + pool + "}":                     2,
	})
}

// TestUserPoolLabels: by pool where that was asked for, and as many as were allowed.
func TestUserPoolLabels(t *testing.T) {
	metrics, registry := newMetrics(t, promcognito.Config{UserPoolLabels: 2})
	for _, pool := range []string{"a", "b", "c", "a", "d", ""} {
		metrics.Observer().VerificationEnded(t.Context(), cognito.Verification{UserPool: pool, Code: cognito.ErrTokenExpired, TokenUse: cognito.TokenUseID})
	}
	checkSamples(t, registry, map[string]float64{
		"cognito_verifications_total{cached=false,code=token_expired,token_use=id,user_pool=a}":     2,
		"cognito_verifications_total{cached=false,code=token_expired,token_use=id,user_pool=b}":     1,
		"cognito_verifications_total{cached=false,code=token_expired,token_use=id,user_pool=other}": 2,
		"cognito_verifications_total{cached=false,code=token_expired,token_use=id,user_pool=}":      1,
		"cognito_verification_duration_seconds{cached=false}":                                       6,
	})
}

// TestSeconds: durations are in seconds, and none is negative.
func TestSeconds(t *testing.T) {
	metrics, registry := newMetrics(t, promcognito.Config{})
	for _, d := range []time.Duration{1500 * time.Millisecond, -time.Hour} { // a clock may be set back
		metrics.Observer().VerificationEnded(t.Context(), cognito.Verification{Duration: d, CacheHit: true})
		metrics.Observer().KeySetFetched(cognito.KeySetFetch{Fetch: keyset.Fetch{Duration: d}})
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if h := m.GetHistogram(); h.GetSampleCount() > 0 {
				seen++
				if h.GetSampleSum() != 1.5 {
					t.Errorf("%s: %v", family.GetName(), h.GetSampleSum())
				}
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d histograms", seen)
	}
}

// TestSeriesAreBounded: whatever applications, clients and resolvers come up with.
func TestSeriesAreBounded(t *testing.T) {
	metrics, registry := newMetrics(t, promcognito.Config{UserPoolLabels: 3, MaxKeySets: 3})
	observer := metrics.Observer()
	for n := range 1000 {
		text := fmt.Sprint(n)
		observer.VerificationEnded(t.Context(), cognito.Verification{UserPool: text, Code: cognito.Code(text), TokenUse: cognito.TokenUse(text)})
		observer.KeySetFetched(cognito.KeySetFetch{UserPool: text, Fetch: keyset.Fetch{URL: text, StatusCode: n, SetFetchedAt: time.Now()}})
	}
	if got := gather(t, registry); len(got) > 25 {
		t.Errorf("%d series: %q", len(got), slices.Sorted(maps.Keys(got)))
	}
}

// TestHitsAllocateNothing with the observer.
func TestHitsAllocateNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	for name, config := range map[string]promcognito.Config{"all": {}, "by pool": {UserPoolLabels: 10}, "over the limit": {UserPoolLabels: 1}} {
		metrics, _ := newMetrics(t, config)
		metrics.Observer().VerificationEnded(t.Context(), cognito.Verification{UserPool: "the first"})
		verifier := newVerifier(t, issuer, metrics, nil)
		raw := issuer.Pool().AccessToken()
		ctx := t.Context()
		if n := testing.AllocsPerRun(1000, func() {
			if _, err := verifier.VerifyAccessToken(ctx, raw); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestConcurrentCounts: nothing is lost between goroutines that count the first of
// their kind, and scrapes.
func TestConcurrentCounts(t *testing.T) {
	const goroutines, each = 100, 50
	metrics, registry := newMetrics(t, promcognito.Config{UserPoolLabels: 5, MaxKeySets: 5})
	observer := metrics.Observer()
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for n := range each {
				pool := fmt.Sprint((g + n) % 10)
				observer.VerificationEnded(t.Context(), cognito.Verification{UserPool: pool, CacheHit: n%2 == 0})
				observer.KeySetFetched(cognito.KeySetFetch{UserPool: pool, Fetch: keyset.Fetch{URL: pool, SetFetchedAt: time.Now()}})
				if n%25 == 0 {
					if _, err := registry.Gather(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	sums := map[string]float64{}
	got := gather(t, registry)
	if len(got) > 2*6+2+6+1+2*5 { // verdicts, durations; fetches, durations, gauges
		t.Errorf("%d series: %q", len(got), slices.Sorted(maps.Keys(got)))
	}
	for name, value := range got {
		name, _, _ = strings.Cut(name, "{")
		sums[name] += value
	}
	for _, name := range []string{"cognito_verifications_total", "cognito_verification_duration_seconds", "cognito_key_set_fetches_total", "cognito_key_set_fetch_duration_seconds"} {
		if sums[name] != goroutines*each {
			t.Errorf("%s: %v", name, sums[name])
		}
	}
}

// TestConcurrentVerifications through one verifier, with one fetch for all.
func TestConcurrentVerifications(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	metrics, registry := newMetrics(t, promcognito.Config{})
	verifier := newVerifier(t, issuer, metrics, nil)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := gather(t, registry)
	if n := got["cognito_verifications_total{cached=false,code=accepted,token_use=access}"] + got["cognito_verifications_total{cached=true,code=accepted,token_use=access}"]; n != 100 {
		t.Errorf("%v counted", n)
	}
}

// BenchmarkHit: a token that is in the cache, without an observer, with one that is told
// nothing, and with these.
func BenchmarkHit(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	plain, _ := newMetrics(b, promcognito.Config{})
	byPool, _ := newMetrics(b, promcognito.Config{UserPoolLabels: 10})
	native, _ := newMetrics(b, promcognito.Config{NativeBucketFactor: 1.1})
	for _, bench := range []struct {
		name     string
		observer *cognito.Observer
	}{{"none", nil}, {"empty", &cognito.Observer{}}, {"counted", plain.Observer()}, {"by_pool", byPool.Observer()}, {"native", native.Observer()}} {
		b.Run(bench.name, func(b *testing.B) {
			verifier := newVerifier(b, issuer, nil, func(c *cognito.Config) { c.Clock, c.Observer = nil, bench.observer })
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verifier.VerifyAccessToken(b.Context(), raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
