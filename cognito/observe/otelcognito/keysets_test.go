package otelcognito_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

// TestKeySetAge: it grows with the clock, a failed fetch leaves it, a good one resets
// it, and Close ends it.
func TestKeySetAge(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	backend := newBackend()
	telemetry := backend.telemetry(t, otelcognito.Config{Now: issuer.Clock().Now})
	var told <-chan struct{}
	verifier := newVerifier(t, issuer, telemetry.Observer(), func(c *cognito.Config) { told = fetches(c) })
	set := "cognito.user_pool.id=" + pool.ID() + " url.full=" + pool.OriginalIssuer() + "/.well-known/jwks.json"
	check := func(wantAge float64) {
		t.Helper()
		if got := backend.points(t, "cognito.key_set.age"); !maps.Equal(got, map[string]float64{set: wantAge}) {
			t.Errorf("%v, want %v", got, wantAge)
		}
		if got := backend.points(t, "cognito.key_set.key.count"); !maps.Equal(got, map[string]float64{set: 2}) {
			t.Errorf("%v", got)
		}
	}
	verify := func() {
		t.Helper()
		if _, err := verifier.VerifyAccessToken(t.Context(), pool.AccessToken()); err != nil {
			t.Fatal(err)
		}
		<-told
	}
	verify()
	check(0)
	issuer.Clock().Advance(90 * time.Minute)
	pool.FailKeySet(http.StatusInternalServerError)
	verify()
	check(90 * 60)
	issuer.Clock().Advance(30 * time.Minute)
	check(2 * 60 * 60)
	pool.RestoreKeySet()
	verify()
	check(0)
	issuer.Clock().Set(issuer.Clock().Now().Add(-time.Hour))
	check(0)
	if err := telemetry.Close(); err != nil {
		t.Error(err)
	}
	if got := backend.points(t, "cognito.key_set.age"); len(got) > 0 {
		t.Errorf("after Close: %v", got)
	}
}

// TestNoAgeWithoutASet, nor over the limit.
func TestNoAgeWithoutASet(t *testing.T) {
	at := time.Unix(100, 0)
	for most, want := range map[int]map[string]float64{
		2:  {"cognito.user_pool.id=p url.full=https://b": 60},
		-1: {},
	} {
		backend := newBackend()
		observer := backend.telemetry(t, otelcognito.Config{MaxKeySets: most, Now: func() time.Time { return at.Add(time.Minute) }}).Observer()
		for _, f := range []keyset.Fetch{{URL: "https://a", Err: cognito.ErrKeysUnavailable}, {URL: "https://b", SetFetchedAt: at}, {URL: "https://c", SetFetchedAt: at}} {
			observer.KeySetFetched(cognito.KeySetFetch{UserPool: "p", Fetch: f})
		}
		if got := backend.points(t, "cognito.key_set.age"); !maps.Equal(got, want) {
			t.Errorf("%d: %v", most, got)
		}
	}
}
