package keyset_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestRefreshInTheBackgroundBeforeMaxAge(t *testing.T) {
	for _, jitter := range []float64{0, 0.5, 1} {
		due := time.Duration((0.75 + 0.15*jitter) * float64(time.Hour)).Round(time.Second)
		synctest.Test(t, func(t *testing.T) {
			e := &endpoint{}
			e.serve(setOne())
			source := remote(t, e, func(c *keyset.RemoteConfig) { c.Jitter = func() float64 { return jitter } })
			mustKey(t, source, "one")
			time.Sleep(due - time.Second)
			mustKey(t, source, "one")
			synctest.Wait()
			wantFetches(t, e, 1)

			// The answer takes long; nobody waits for it.
			e.set(after(3*time.Second, respond(200, both())))
			time.Sleep(2 * time.Second)
			began := time.Now()
			for range 100 {
				mustKey(t, source, "one")
			}
			if took := time.Since(began); took != 0 {
				t.Errorf("lookups waited %v for a background refresh", took)
			}
			time.Sleep(4 * time.Second)
			wantFetches(t, e, 2)
			mustKey(t, source, "two")
			wantFetches(t, e, 2)
		})
	}
}

// Also shows that nothing is left running: synctest waits for every goroutine, and
// time would not stand still for a timer.
func TestNothingHappensWhileNobodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		mustKey(t, source, "one")
		time.Sleep(23 * time.Hour)
		wantFetches(t, e, 1)
	})
}

func TestIdleServiceRefreshesBeforeUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		mustKey(t, source, "one")
		time.Sleep(2 * time.Hour)
		e.set(after(time.Second, respond(200, setTwo())))
		// Nobody is told of a key that was withdrawn long ago, late-comers included.
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				if _, err := source.Key(context.Background(), "one"); err != keyset.ErrKeyNotFound {
					t.Errorf("a key withdrawn long ago: %v", err)
				}
			})
		}
		all.Wait()
		wantFetches(t, e, 2)
	})
}

func TestFailingEndpointSlowsOneLookupOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		key := mustKey(t, source, "one")
		time.Sleep(2 * time.Hour)
		e.set(hang)
		began := time.Now()
		if mustKey(t, source, "one") != key {
			t.Error("another key")
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("the first lookup took %v", took)
		}
		// From now on every lookup answers at once, while attempts go on.
		for range 3600 {
			began := time.Now()
			mustKey(t, source, "one")
			if took := time.Since(began); took != 0 {
				t.Fatalf("a lookup took %v", took)
			}
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if n := e.count(); n < 15 || n > 25 {
			t.Errorf("%d fetches in an hour", n)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
	})
}

func TestStaleLimitAndRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logBuffer
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Logger = log.logger() })
		mustKey(t, source, "one")
		loaded := time.Now()
		e.set(respond(500, "no"))
		for time.Since(loaded) < 24*time.Hour-time.Minute {
			time.Sleep(time.Minute)
			mustKey(t, source, "one")
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		err := mustBeUnavailable(t, source, "one")
		if !strings.Contains(err.Error(), "older than 24h0m0s: the answer has status 500") {
			t.Errorf("error %q", err)
		}
		mustBeUnavailable(t, source, "unknown")
		if err := source.Load(context.Background()); err == nil {
			t.Error("Load is content with a stale set")
		}
		// Recovery needs nothing but time.
		e.serve(setOne())
		time.Sleep(5 * time.Minute)
		mustKey(t, source, "one")
		synctest.Wait() // for what is logged after the answer
		for _, line := range []string{"level=WARN msg=\"fetching the key set failed\"", "failures=1 retry_in=10s", "works again", address} {
			if !strings.Contains(log.String(), line) {
				t.Errorf("the log does not say %q", line)
			}
		}
	})
}

func TestMaxAgeFromCacheControl(t *testing.T) {
	tests := []struct {
		header string
		want   time.Duration // max age; the refresh is due at three quarters
	}{
		{"", time.Hour},
		{"public, max-age=7200", 2 * time.Hour},
		{`Max-Age="7200"`, 2 * time.Hour},
		{"max-age=0", 5 * time.Minute},
		{"max-age=31536000", 24 * time.Hour},
		{"max-age=99999999999999999999", 24 * time.Hour},
		{"max-age=-1", time.Hour},
		{"max-age", time.Hour},
		{"s-maxage=7200", time.Hour},
		{"no-store", time.Hour},
	}
	for _, test := range tests {
		t.Run(test.header, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{}
				e.serve(setOne(), "Cache-Control", test.header)
				source := remote(t, e, func(c *keyset.RemoteConfig) { c.Policy.Stale = 48 * time.Hour })
				mustKey(t, source, "one")
				time.Sleep(test.want*3/4 - time.Millisecond)
				mustKey(t, source, "one")
				synctest.Wait()
				wantFetches(t, e, 1)
				time.Sleep(time.Millisecond)
				mustKey(t, source, "one")
				synctest.Wait()
				wantFetches(t, e, 2)
			})
		})
	}
}

// A longer Cache-Control than the stale limit must not extend it.
func TestStaleLimitBoundsCacheControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne(), "Cache-Control", "max-age=86400")
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Policy.Stale = 2 * time.Hour })
		mustKey(t, source, "one")
		time.Sleep(90 * time.Minute)
		mustKey(t, source, "one")
		synctest.Wait()
		wantFetches(t, e, 2) // three quarters of the limit
		e.set(refuse)
		time.Sleep(2 * time.Hour)
		mustBeUnavailable(t, source, "one")
	})
}

func TestUnknownNamesRefreshOncePerCoolDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		mustKey(t, source, "one")
		mustNotFind(t, source, "two") // the set was fetched just now
		wantFetches(t, e, 1)
		time.Sleep(10*time.Second - time.Nanosecond)
		mustNotFind(t, source, "two")
		wantFetches(t, e, 1)
		time.Sleep(time.Nanosecond)
		mustNotFind(t, source, "two")
		mustNotFind(t, source, "three")
		wantFetches(t, e, 2)

		e.serve(both())
		time.Sleep(10 * time.Second)
		mustKey(t, source, "two")
		wantFetches(t, e, 3)

		// When it could not be found out, it is nobody's fault.
		e.set(refuse)
		time.Sleep(10 * time.Second)
		err := mustBeUnavailable(t, source, "three")
		if !strings.Contains(err.Error(), "could not be refreshed: connection refused") || err.Absent() {
			t.Errorf("error %q", err)
		}
		if err.RetryAfter() != 10*time.Second {
			t.Errorf("retry after %v", err.RetryAfter())
		}
		mustBeUnavailable(t, source, "three")
		mustKey(t, source, "one")
		wantFetches(t, e, 4)
		e.serve(both())
		time.Sleep(10 * time.Second)
		mustNotFind(t, source, "three")
		wantFetches(t, e, 5)
	})
}

func TestMillionUnknownNames(t *testing.T) {
	million := 1_000_000
	if testing.Short() {
		million /= 10
	}
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"good endpoint": nil, "failing endpoint": refuse,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{}
				e.serve(setOne())
				source := remote(t, e)
				key := mustKey(t, source, "one")
				began := time.Now()
				if answer != nil {
					e.set(answer)
				}
				ctx := context.Background()
				for i := range million {
					if _, err := source.Key(ctx, fmt.Sprint("unknown ", i)); err == nil {
						t.Fatal("found")
					}
					if i%1000 == 0 {
						time.Sleep(100 * time.Millisecond)
						waited := time.Now()
						if known, err := source.Key(ctx, "one"); known != key || err != nil || time.Since(waited) != 0 {
							t.Fatalf("a known key among them: %v, %v", known, err)
						}
					}
				}
				most := int(time.Since(began)/(10*time.Second)) + 1
				if n := e.count(); n > most {
					t.Errorf("%d fetches in %v", n, time.Since(began))
				}
				t.Logf("%d unknown names in %v: %d fetches", million, time.Since(began), e.count())
			})
		})
	}
}

// Where the cool-down is longer than the max age that the answer asks for, the
// cool-down wins, and nobody waits for it.
func TestCoolDownOutlastsCacheControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne(), "Cache-Control", "max-age=300")
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Policy.CoolDown = 20 * time.Minute })
		mustKey(t, source, "one")
		time.Sleep(10 * time.Minute)
		mustKey(t, source, "one")
		mustNotFind(t, source, "two")
		wantFetches(t, e, 1)
		time.Sleep(10 * time.Minute)
		mustKey(t, source, "one")
		wantFetches(t, e, 2)
	})
}

func TestSkippedKeysAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logBuffer
		e := &endpoint{}
		e.serve(jwks(jwk("one", keyOne(), ""), jwk("two", keyTwo(), `,"use":"enc"`)))
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Logger = log.logger() })
		mustKey(t, source, "one")
		synctest.Wait()
		if !strings.Contains(log.String(), "level=DEBUG") || !strings.Contains(log.String(), "kid=two") {
			t.Errorf("log: %s", &log)
		}
	})
}
