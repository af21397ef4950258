package cognito_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A seededWorld is an issuer, a network that can be cut, and what the verifier needs of
// both. It is for a bubble.
type seededWorld struct {
	*cognitotest.Issuer
	cut  atomic.Bool
	asks atomic.Int32
}

// seededVerifier returns a verifier with the current key set of the pool as the seed of
// the named issuers.
func (w *seededWorld) seededVerifier(t *testing.T, issuers ...string) *cognito.Verifier {
	t.Helper()
	seeds := map[string]keyset.Seed{}
	for _, name := range issuers {
		seeds[name] = keyset.Seed{JWKS: w.Pool().JWKS(), UsableFor: 6 * time.Hour}
	}
	inProcess := w.Client().Transport
	return newVerifier(t, w.Issuer, func(c *cognito.Config) {
		c.Clock = nil
		c.UserPools[0].Seeds = seeds
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			w.asks.Add(1)
			if w.cut.Load() {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return inProcess.RoundTrip(r)
		})}
	})
}

func inSeededWorld(t *testing.T, test func(t *testing.T, w *seededWorld)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, &seededWorld{Issuer: cognitotest.NewIssuer()})
		time.Sleep(keyset.DefaultTimeout) // a fetch may still be running
	})
}

func (w *seededWorld) token(options ...cognitotest.TokenOption) string {
	return w.Pool().AccessToken(append([]cognitotest.TokenOption{cognitotest.ExpiresIn(100 * time.Hour)}, options...)...)
}

func wantVerdict(t *testing.T, verifier *cognito.Verifier, raw string, want cognito.Code) {
	t.Helper()
	if _, err := verifier.VerifyAccessToken(t.Context(), raw); cognito.CodeOf(err) != want {
		t.Errorf("got %v, want %q", err, string(want))
	}
}

// TestColdStartWithoutNetworkUsesTheSeed: a VPC without egress. No token waits, until the
// seed may not be used any longer.
func TestColdStartWithoutNetworkUsesTheSeed(t *testing.T) {
	inSeededWorld(t, func(t *testing.T, w *seededWorld) {
		t.Helper()
		w.cut.Store(true)
		verifier, began := w.seededVerifier(t, w.Pool().OriginalIssuer()), time.Now()
		raw := w.token()
		if err := verifier.WarmUp(t.Context()); err != nil {
			// The updated issuer has no seed, which is no reason to be unready.
			t.Error(err)
		}
		wantVerdict(t, verifier, raw, "")
		wantVerdict(t, verifier, w.token(), "")
		for time.Since(began) < 6*time.Hour-time.Minute {
			wantVerdict(t, verifier, raw, "")
			wantVerdict(t, verifier, w.token(cognitotest.WrongKey()), cognito.ErrSignatureInvalid)
			time.Sleep(10 * time.Minute)
		}
		time.Sleep(6*time.Hour - time.Since(began))
		wantVerdict(t, verifier, raw, cognito.ErrKeysUnavailable)
		w.cut.Store(false)
		time.Sleep(5 * time.Minute)
		wantVerdict(t, verifier, raw, "")
	})
}

// TestFirstTokenDoesNotWaitWithASeed, although the address is slow.
func TestFirstTokenDoesNotWaitWithASeed(t *testing.T) {
	inSeededWorld(t, func(t *testing.T, w *seededWorld) {
		t.Helper()
		w.cut.Store(true)
		began := time.Now()
		wantVerdict(t, w.seededVerifier(t, w.Pool().OriginalIssuer()), w.token(), "")
		if waited := time.Since(began); waited != 0 { // the bubble's clock
			t.Errorf("the token waited for %v", waited)
		}
		synctest.Wait()
		if n := w.asks.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestRotationReachesASeededVerifier: keys that are newer than the program are accepted,
// and those that were withdrawn since are not, once the first fetch has succeeded.
func TestRotationReachesASeededVerifier(t *testing.T) {
	inSeededWorld(t, func(t *testing.T, w *seededWorld) {
		t.Helper()
		verifier, old := w.seededVerifier(t, w.Pool().OriginalIssuer()), w.token()
		withdrawn := w.Pool().AccessKey().ID()
		w.Pool().RotateKeys()
		w.Pool().WithdrawKey(withdrawn)
		wantVerdict(t, verifier, w.token(), "") // waits for the first fetch
		wantVerdict(t, verifier, old, cognito.ErrKeyNotFound)

		// The same by time alone, with the token in the cache.
		current := w.token()
		verifier = w.seededVerifier(t, w.Pool().OriginalIssuer())
		withdrawn = w.Pool().AccessKey().ID()
		w.Pool().RotateKeys()
		w.Pool().WithdrawKey(withdrawn)
		wantVerdict(t, verifier, current, "")
		synctest.Wait()
		wantVerdict(t, verifier, current, cognito.ErrKeyNotFound)
	})
}

// TestSeedIsOfOneIssuer: the seed of the original issuer verifies no token of the updated
// one, and the other way round.
func TestSeedIsOfOneIssuer(t *testing.T) {
	inSeededWorld(t, func(t *testing.T, w *seededWorld) {
		t.Helper()
		w.cut.Store(true)
		pool := w.Pool()
		original, updated := w.token(), w.token(cognitotest.Claim("iss", pool.UpdatedIssuer()))
		for _, test := range []struct {
			issuers               []string
			ofOriginal, ofUpdated cognito.Code
		}{
			{nil, cognito.ErrKeysUnavailable, cognito.ErrKeysUnavailable},
			{[]string{pool.OriginalIssuer()}, "", cognito.ErrKeysUnavailable},
			{[]string{pool.UpdatedIssuer()}, cognito.ErrKeysUnavailable, ""},
			{[]string{pool.OriginalIssuer(), pool.UpdatedIssuer()}, "", ""},
		} {
			verifier := w.seededVerifier(t, test.issuers...)
			wantVerdict(t, verifier, original, test.ofOriginal)
			wantVerdict(t, verifier, updated, test.ofUpdated)
		}
	})
}

// TestSeedDoesNotMakeTheOtherIssuerAbsent: a proxy answers 403 for everything. The seed of
// the original issuer does not prove that the 403 of the updated one is Cognito's.
func TestSeedDoesNotMakeTheOtherIssuerAbsent(t *testing.T) {
	inSeededWorld(t, func(t *testing.T, w *seededWorld) {
		t.Helper()
		w.Pool().FailKeySet(http.StatusForbidden)
		w.Pool().SwitchIssuer()
		verifier, raw := w.seededVerifier(t, w.Pool().OriginalIssuer()), w.token()
		wantVerdict(t, verifier, raw, cognito.ErrKeysUnavailable)
		time.Sleep(time.Minute)
		wantVerdict(t, verifier, raw, cognito.ErrKeysUnavailable)
		w.Pool().RestoreKeySet()
		time.Sleep(time.Minute)
		wantVerdict(t, verifier, raw, "")
	})
	// Where the original issuer was fetched, it does.
	inSeededWorld(t, func(t *testing.T, w *seededWorld) {
		t.Helper()
		verifier := w.seededVerifier(t, w.Pool().OriginalIssuer())
		raw := w.token(cognitotest.Claim("iss", w.Pool().UpdatedIssuer()))
		wantVerdict(t, verifier, raw, cognito.ErrKeyNotFound)
	})
}

// TestSeedsOfResolvedPools are used, and kept while Resolve returns the same.
func TestSeedsOfResolvedPools(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		pool := issuer.Pool()
		config := issuer.Config()
		up := config.UserPools[0]
		config.UserPools, config.Clock = nil, nil
		config.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no network") })}
		jwks := pool.JWKS()
		config.Resolve = func(context.Context, string) (*cognito.UserPool, error) {
			answer := up
			answer.Seeds = map[string]keyset.Seed{pool.OriginalIssuer(): {JWKS: jwks, UsableFor: time.Hour}}
			return &answer, nil
		}
		verifier, err := cognito.New(config)
		if err != nil {
			t.Fatal(err)
		}
		raw := pool.AccessToken(cognitotest.ExpiresIn(100 * time.Hour))
		for range 11 {
			wantVerdict(t, verifier, raw, "")
			time.Sleep(cognito.DefaultResolveMaxAge)
		}
		time.Sleep(cognito.DefaultResolveMaxAge)
		wantVerdict(t, verifier, raw, cognito.ErrKeysUnavailable)
	})
}

func TestFaultySeedsAreConfigErrors(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, other := issuer.Pool(), issuer.AddPool("eu-west-1_Other0001")
	good := keyset.Seed{JWKS: pool.JWKS(), UsableFor: time.Hour}
	of := func(name string, seed keyset.Seed) map[string]keyset.Seed { return map[string]keyset.Seed{name: seed} }
	first := `Config.UserPools[0].Seeds["` + pool.OriginalIssuer() + `"]`
	for name, test := range map[string]struct {
		change func(*cognito.Config)
		fields []string
		says   string
	}{
		"good": {func(c *cognito.Config) { c.UserPools[0].Seeds = of(pool.UpdatedIssuer(), good) }, nil, ""},
		"no time": {func(c *cognito.Config) {
			c.UserPools[0].Seeds = of(pool.OriginalIssuer(), keyset.Seed{JWKS: pool.JWKS()})
		}, []string{first + ".UsableFor"}, "not set"},
		"no set":  {func(c *cognito.Config) { c.UserPools[0].Seeds = of(pool.OriginalIssuer(), keyset.Seed{UsableFor: 1}) }, []string{first + ".JWKS"}, "empty"},
		"nothing": {func(c *cognito.Config) { c.UserPools[0].Seeds = of(pool.OriginalIssuer(), keyset.Seed{}) }, []string{first}, "empty"},
		"broken": {func(c *cognito.Config) {
			c.UserPools[0].Seeds = of(pool.OriginalIssuer(), keyset.Seed{JWKS: []byte("<html>"), UsableFor: 1})
		}, []string{first + ".JWKS"}, "strict JSON"},
		"another pool's name": {func(c *cognito.Config) { c.UserPools[0].Seeds = of(other.OriginalIssuer(), good) }, []string{`Config.UserPools[0].Seeds["` + other.OriginalIssuer() + `"]`}, pool.UpdatedIssuer()},
		"the address": {func(c *cognito.Config) {
			c.UserPools[0].Seeds = of(pool.OriginalIssuer()+"/.well-known/jwks.json", good)
		}, []string{`Config.UserPools[0].Seeds["` + pool.OriginalIssuer() + `/.well-known/jwks.json"]`}, "not for an issuer"},
		"the pool's ID": {func(c *cognito.Config) { c.UserPools[0].Seeds = of(pool.ID(), good) }, []string{`Config.UserPools[0].Seeds["` + pool.ID() + `"]`}, "not for an issuer"},
		"a custom issuer": {func(c *cognito.Config) {
			c.UserPools[0].Issuer, c.UserPools[0].Seeds = "https://pool.example.com", of("https://pool.example.com", good)
		}, nil, ""},
		"not the custom issuer": {func(c *cognito.Config) {
			c.UserPools[0].Issuer, c.UserPools[0].Seeds = "https://pool.example.com", of(pool.OriginalIssuer(), good)
		}, []string{first}, "https://pool.example.com"},
		"of a pool with an invalid ID": {func(c *cognito.Config) {
			c.UserPools[0].ID, c.UserPools[0].Seeds = "x", of(pool.OriginalIssuer(), good)
		}, []string{"Config.UserPools[0].ID"}, ""},
		"beside a key set": {func(c *cognito.Config) {
			c.UserPools[0].KeySet, c.UserPools[0].Seeds = static(t, pool.JWKS()), of(pool.OriginalIssuer(), good)
		}, []string{"Config.UserPools[0].Seeds"}, "KeySet"},
		"of another pool": {func(c *cognito.Config) {
			c.UserPools[0].Seeds, c.UserPools[1].Seeds = of(pool.OriginalIssuer(), good), of(other.OriginalIssuer(), good)
		}, []string{"Config.UserPools[1].Seeds"}, "UserPools[0]"},
		"of both issuers": {func(c *cognito.Config) {
			c.UserPools[0].Seeds = map[string]keyset.Seed{pool.OriginalIssuer(): good, pool.UpdatedIssuer(): good}
			c.UserPools[1].Seeds = of(other.OriginalIssuer(), keyset.Seed{JWKS: other.JWKS(), UsableFor: 1})
		}, nil, ""},
	} {
		config := issuer.Config()
		test.change(&config)
		_, err := cognito.New(config)
		var fields []string
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, each := range joined.Unwrap() {
				var fault *cognito.ConfigError
				if errors.As(each, &fault) {
					fields = append(fields, fault.Field)
				}
			}
		}
		if strings.Join(fields, " ") != strings.Join(test.fields, " ") || (err != nil && !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func static(t *testing.T, jwks []byte) keyset.Source {
	t.Helper()
	source, err := keyset.NewStatic(jwks)
	if err != nil {
		t.Fatal(err)
	}
	return source
}
