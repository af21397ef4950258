package promcognito_test

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
)

// TestKeySetAge: it grows with the clock, a failed fetch leaves it, a good one resets
// it.
func TestKeySetAge(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	metrics, registry := newMetrics(t, promcognito.Config{Now: issuer.Clock().Now})
	var told <-chan struct{}
	verifier := newVerifier(t, issuer, metrics, func(c *cognito.Config) { told = fetches(c) })
	labels := "{url=" + pool.OriginalIssuer() + "/.well-known/jwks.json,user_pool=" + pool.ID() + "}"
	verify := func(wantAge float64) {
		t.Helper()
		if _, err := verifier.VerifyAccessToken(t.Context(), pool.AccessToken()); err != nil {
			t.Fatal(err)
		}
		<-told
		got := gather(t, registry)
		if age := got["cognito_key_set_age_seconds"+labels]; age != wantAge || got["cognito_key_set_keys"+labels] != 2 {
			t.Errorf("age %v, want %v; %v keys", age, wantAge, got["cognito_key_set_keys"+labels])
		}
	}
	verify(0)
	issuer.Clock().Advance(90 * time.Minute)
	pool.FailKeySet(http.StatusInternalServerError)
	verify(90 * 60)
	issuer.Clock().Advance(30 * time.Minute)
	if age := gather(t, registry)["cognito_key_set_age_seconds"+labels]; age != 2*60*60 {
		t.Errorf("nobody asked: age %v", age)
	}
	pool.RestoreKeySet()
	verify(0)
	issuer.Clock().Set(issuer.Clock().Now().Add(-time.Hour))
	if age := gather(t, registry)["cognito_key_set_age_seconds"+labels]; age != 0 {
		t.Errorf("the clock was set back: age %v", age)
	}
}

// TestOutcomes: what became of a fetch, real ones through a verifier.
func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		outcome string
		prepare func(*cognitotest.Pool)
	}{
		{"ok", func(*cognitotest.Pool) {}},
		{"no_answer", func(p *cognitotest.Pool) { p.FailKeySet(0) }},
		{"status_4xx", func(p *cognitotest.Pool) { p.FailKeySet(http.StatusTooManyRequests) }},
		{"status_5xx", func(p *cognitotest.Pool) { p.FailKeySet(http.StatusBadGateway) }},
		{"unusable", func(p *cognitotest.Pool) { p.SetJWKS([]byte(`<html>sign in</html>`)) }},
		{"unusable", func(p *cognitotest.Pool) { p.SetJWKS([]byte(`{"keys":[]}`)) }},
	} {
		issuer := cognitotest.NewIssuer()
		pool := issuer.Pool()
		test.prepare(pool)
		metrics, registry := newMetrics(t, promcognito.Config{})
		var told <-chan struct{}
		verifier := newVerifier(t, issuer, metrics, func(c *cognito.Config) { told = fetches(c) })
		_, _ = verifier.VerifyAccessToken(t.Context(), pool.AccessToken())
		<-told
		got := gather(t, registry)
		name := "cognito_key_set_fetches_total{outcome=" + test.outcome + ",url=" + pool.OriginalIssuer() + "/.well-known/jwks.json,user_pool=" + pool.ID() + "}"
		if got[name] != 1 || got["cognito_key_set_fetch_duration_seconds{outcome="+test.outcome+"}"] != 1 {
			t.Errorf("%s: %v", test.outcome, got)
		}
		shown := false
		for name := range got {
			shown = shown || strings.HasPrefix(name, "cognito_key_set_age_seconds")
		}
		if shown != (test.outcome == "ok") {
			t.Errorf("%s: whether there is an age: %v", test.outcome, shown)
		}
	}
}

// TestOddFetches: redirects, copies, and texts that are not UTF-8, on which the client
// library panics.
func TestOddFetches(t *testing.T) {
	metrics, registry := newMetrics(t, promcognito.Config{})
	at := time.Now()
	for _, f := range []keyset.Fetch{
		{URL: "https://a", Err: errors.New("moved"), StatusCode: http.StatusFound},
		{URL: "https://a", Copy: true, Keys: 2, SetFetchedAt: at},
		{URL: "\xff", Duration: -1},
	} {
		metrics.Observer().KeySetFetched(cognito.KeySetFetch{UserPool: "p", Fetch: f})
	}
	got := gather(t, registry)
	for name, want := range map[string]float64{
		"cognito_key_set_fetches_total{outcome=status_3xx,url=https://a,user_pool=p}": 1,
		"cognito_key_set_fetches_total{outcome=copy,url=https://a,user_pool=p}":       1,
		"cognito_key_set_fetches_total{outcome=ok,url=�,user_pool=p}":                 1,
		"cognito_key_set_keys{url=https://a,user_pool=p}":                             2,
		"cognito_key_set_fetch_duration_seconds{outcome=status_3xx}":                  1,
		"cognito_key_set_fetch_duration_seconds{outcome=ok}":                          1,
	} {
		if got[name] != want {
			t.Errorf("%s is %v", name, got[name])
		}
	}
	if _, ok := got["cognito_key_set_fetch_duration_seconds{outcome=copy}"]; ok {
		t.Error("reading a copy counts as a fetch's duration")
	}
}

// TestMaxKeySets: the first so many are told apart, and none where that is asked for.
func TestMaxKeySets(t *testing.T) {
	fetch := func(url string) cognito.KeySetFetch {
		return cognito.KeySetFetch{UserPool: "p", Fetch: keyset.Fetch{URL: url, Keys: 1, SetFetchedAt: time.Unix(100, 0)}}
	}
	for most, want := range map[int]map[string]float64{
		1: {
			"cognito_key_set_fetches_total{outcome=ok,url=a,user_pool=p}":         2,
			"cognito_key_set_fetches_total{outcome=ok,url=other,user_pool=other}": 2,
			"cognito_key_set_age_seconds{url=a,user_pool=p}":                      60,
			"cognito_key_set_keys{url=a,user_pool=p}":                             1,
			"cognito_key_set_fetch_duration_seconds{outcome=ok}":                  4,
		},
		-1: {
			"cognito_key_set_fetches_total{outcome=ok,url=other,user_pool=other}": 4,
			"cognito_key_set_fetch_duration_seconds{outcome=ok}":                  4,
		},
	} {
		metrics, registry := newMetrics(t, promcognito.Config{MaxKeySets: most, Now: func() time.Time { return time.Unix(160, 0) }})
		for _, url := range []string{"a", "b", "a", "c"} {
			metrics.Observer().KeySetFetched(fetch(url))
		}
		checkSamples(t, registry, want)
	}
}

// TestConfigFaults: all at once, each with its field.
func TestConfigFaults(t *testing.T) {
	_, err := promcognito.New(promcognito.Config{
		UserPoolLabels: -1, NativeBucketFactor: 1, VerificationBuckets: []float64{1, 1}, FetchBuckets: []float64{math.NaN()},
	})
	for _, field := range []string{"UserPoolLabels", "NativeBucketFactor", "VerificationBuckets", "FetchBuckets"} {
		if err == nil || !strings.Contains(err.Error(), "Config."+field+" ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := promcognito.New(promcognito.Config{NativeBucketFactor: math.NaN()}); err == nil {
		t.Error("a factor that is no number")
	}
}

// TestAgeStays: a second verifier that has no set yet takes nothing from the first.
func TestAgeStays(t *testing.T) {
	metrics, registry := newMetrics(t, promcognito.Config{Now: func() time.Time { return time.Unix(160, 0) }})
	for _, f := range []keyset.Fetch{{URL: "a", Keys: 2, SetFetchedAt: time.Unix(100, 0)}, {URL: "a", Err: errors.New("down")}} {
		metrics.Observer().KeySetFetched(cognito.KeySetFetch{UserPool: "p", Fetch: f})
	}
	got := gather(t, registry)
	if got["cognito_key_set_age_seconds{url=a,user_pool=p}"] != 60 || got["cognito_key_set_keys{url=a,user_pool=p}"] != 2 {
		t.Error(got)
	}
}
