package cognito_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestAbsenceThatIsOutOfDate: one 403 of the updated issuer, while the original one is
// slow, must not outweigh the key set that the updated one gave meanwhile.
func TestAbsenceThatIsOutOfDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		issuer.Pool().SwitchIssuer()
		var asked atomic.Int32
		inProcess := issuer.Client().Transport
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Clock, c.Now = nil, issuer.Clock().Now
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				switch {
				case !strings.HasPrefix(r.URL.Host, "issuer-"):
					time.Sleep(4 * time.Second)
				case asked.Add(1) == 1:
					return forbidden(r), nil
				}
				return inProcess.RoundTrip(r)
			})}
		})
		var all sync.WaitGroup
		all.Go(func() { _, _ = verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()) })
		time.Sleep(2 * time.Second)
		if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
			t.Fatalf("two seconds later: %v", err)
		}
		all.Wait()
		for range 5 {
			if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
				t.Errorf("refused although the key is held: %v", err)
			}
			time.Sleep(time.Minute)
		}
	})
}

// TestGivingUpWhileAskingAgain: who leaves while the updated issuer is asked for the
// second time, after a 403, has found out nothing.
func TestGivingUpWhileAskingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		issuer.Pool().SwitchIssuer()
		var asked atomic.Int32
		inProcess := issuer.Client().Transport
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Clock, c.Now = nil, issuer.Clock().Now
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				switch {
				case !strings.HasPrefix(r.URL.Host, "issuer-"):
					time.Sleep(1500 * time.Millisecond)
				case asked.Add(1) == 1:
					return forbidden(r), nil
				default:
					time.Sleep(time.Second)
				}
				return inProcess.RoundTrip(r)
			})}
		})
		raw := issuer.Pool().AccessToken()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := verifier.VerifyAccessToken(ctx, raw); cognito.CodeOf(err) != cognito.ErrKeysUnavailable {
			t.Errorf("got %v, want keys_unavailable", err)
		}
		time.Sleep(time.Minute)
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	})
}

func forbidden(r *http.Request) *http.Response {
	return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody, Header: http.Header{}, Request: r}
}

// TestOutageAfterAForbiddenUpdatedIssuer: one 403 does not say that there is no such
// issuer where the next answer is an error of another kind.
func TestOutageAfterAForbiddenUpdatedIssuer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		issuer.Pool().SwitchIssuer()
		var asked atomic.Int32
		inProcess := issuer.Client().Transport
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Clock, c.Now = nil, issuer.Clock().Now
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				switch {
				case !strings.HasPrefix(r.URL.Host, "issuer-"):
					time.Sleep(1500 * time.Millisecond)
				case asked.Add(1) == 1:
					return forbidden(r), nil
				default:
					return nil, errors.New("connection reset")
				}
				return inProcess.RoundTrip(r)
			})}
		})
		checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	})
}

// TestForbiddenOriginalIssuer: every pool has a key set there, so that a 403 is
// somebody's on the way, whatever the updated issuer has.
func TestForbiddenOriginalIssuer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	before := pool.AccessToken()
	pool.SwitchIssuer()
	var broken atomic.Bool
	broken.Store(true)
	inProcess := issuer.Client().Transport
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if broken.Load() && !strings.HasPrefix(r.URL.Host, "issuer-") {
				return forbidden(r), nil
			}
			return inProcess.RoundTrip(r)
		})}
	})
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, before, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	broken.Store(false)
	issuer.Clock().Advance(time.Minute)
	checkVerdict(t, verifier, before, cognito.TokenUseAccess, "")
}

// TestAbsenceOfTheUpdatedIssuerIsNoFailureForTheObserver: WarmUp of a healthy pool reports
// one fetch. Other failures of the updated issuer are reported, and its key set too.
func TestAbsenceOfTheUpdatedIssuerIsNoFailureForTheObserver(t *testing.T) {
	for name, test := range map[string]struct {
		status   int // of the updated issuer; 0: its key set
		failures int
		fetches  int
	}{"403": {403, 0, 1}, "404": {404, 0, 1}, "500": {500, 1, 2}, "switched": {0, 0, 2}} {
		issuer := cognitotest.NewIssuer()
		var mu sync.Mutex
		fetches, failures := 0, 0
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.Observer = &cognito.Observer{KeySetFetched: func(f cognito.KeySetFetch) {
				mu.Lock()
				defer mu.Unlock()
				if fetches++; f.Err != nil {
					failures++
				}
			}}
			inProcess := issuer.Client().Transport
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				answer, err := inProcess.RoundTrip(r)
				if err == nil && strings.HasPrefix(r.URL.Host, "issuer-") && test.status != 0 {
					answer.StatusCode = test.status
				}
				return answer, err
			})}
		})
		if test.status == 0 {
			issuer.Pool().SwitchIssuer()
		}
		if err := verifier.WarmUp(t.Context()); err != nil {
			t.Fatal(name, err)
		}
		mu.Lock()
		if fetches != test.fetches || failures != test.failures {
			t.Errorf("%s: %d fetches and %d failures, want %d and %d", name, fetches, failures, test.fetches, test.failures)
		}
		mu.Unlock()
	}
}

// TestWarmUpObeysAbsence: the first warm-up finds out that the pool does not use its
// updated issuer. Those that follow, every nine seconds, do not ask within the ten
// minutes, nor do tokens; the one after them ends the absence.
func TestWarmUpObeysAbsence(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	warm := func() int {
		t.Helper()
		before := pool.KeySetRequests()
		if err := verifier.WarmUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		return pool.KeySetRequests() - before
	}
	if n := warm(); n != 2 {
		t.Errorf("%d requests at first, want one for each issuer", n)
	}
	updated := pool.AccessToken(cognitotest.Claim("iss", pool.UpdatedIssuer()), cognitotest.ExpiresIn(100*time.Hour))
	pool.SwitchIssuer()
	for range 60 {
		issuer.Clock().Advance(9 * time.Second)
		if n := warm(); n != 0 {
			t.Fatalf("%d requests within ten minutes", n)
		}
		checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	}
	issuer.Clock().Advance(time.Minute)
	if n := warm(); n != 1 {
		t.Errorf("%d requests after ten minutes", n)
	}
	n := pool.KeySetRequests()
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, "")
	if pool.KeySetRequests() != n {
		t.Error("the warm-up has not fetched the set")
	}
	// An outage is an outage from now on.
	pool.FailKeySet(http.StatusInternalServerError)
	issuer.Clock().Advance(25 * time.Hour)
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	if err := verifier.WarmUp(t.Context()); !errors.Is(err, cognito.ErrKeysUnavailable) {
		t.Errorf("warm-up in an outage: %v", err)
	}
}

// TestSetWithoutTheKeyEndsAbsence: a set that is there ends it, be the key in it or
// not.
func TestSetWithoutTheKeyEndsAbsence(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier, updated := notSwitched(t, issuer)
	pool.SwitchIssuer()
	issuer.Clock().Advance(11 * time.Minute)
	unknown := pool.AccessToken(cognitotest.UnknownKey())
	checkVerdict(t, verifier, unknown, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	pool.ServeKeySet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "issuer-") {
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(pool.JWKS())
	}))
	issuer.Clock().Advance(25 * time.Hour)
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
}
