package alb_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

// TestReplacedKey: a key that another one replaced under its name stops working at the
// first signature under it that does not hold, or within the max age.
func TestReplacedKey(t *testing.T) {
	third := newKey(elliptic.P256())
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		e.put(east+kid, pemOf(&otherP256.PublicKey))
		expect(t, v, token(signedBy(otherP256)), cognito.ErrSignatureInvalid) // in the cool-down
		time.Sleep(10 * time.Second)
		expect(t, v, token(signedBy(third)), cognito.ErrSignatureInvalid) // by neither of the two
		expect(t, v, token(signedBy(otherP256)), "")
		time.Sleep(10 * time.Second)
		expect(t, v, token(), cognito.ErrSignatureInvalid)

		e.put(east+kid, pemOf(&p256.PublicKey))
		time.Sleep(59 * time.Minute)
		expect(t, v, token(signedBy(otherP256)), "") // and refreshes behind that
		synctest.Wait()
		expect(t, v, token(signedBy(otherP256)), cognito.ErrSignatureInvalid)
		expect(t, v, token(), "")
	})
}

// TestTokenOfReplacingKeyIsAccepted at once: it is the one that finds the new key.
func TestTokenOfReplacingKeyIsAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		time.Sleep(10 * time.Second)
		e.put(east+kid, pemOf(&otherP256.PublicKey))
		expect(t, v, token(signedBy(otherP256)), "")
	})
}

// TestBadSignatureWhileTheKeyIsWithdrawn: the signature stays bad. A caller that leaves
// meanwhile has no answer.
func TestBadSignatureWhileTheKeyIsWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		time.Sleep(10 * time.Second)
		e.serve(slow(time.Second))
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if _, err := v.Verify(ctx, token(signedBy(otherP256))); !errors.Is(err, cognito.ErrKeysUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that left got %v", err)
		}
		time.Sleep(20 * time.Second)
		e.serve(respond(404, ""))
		expect(t, v, token(signedBy(otherP256)), cognito.ErrSignatureInvalid)
		expect(t, v, token(), cognito.ErrKeyNotFound)
	})
}

// TestStaleness: a key is refreshed by use, stays through an outage up to the limit, and
// then there is none.
func TestStaleness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		time.Sleep(44 * time.Minute)
		expect(t, v, token(), "")
		synctest.Wait()
		if e.count() != 1 {
			t.Errorf("%d fetches within three quarters of the max age", e.count())
		}
		time.Sleep(11 * time.Minute)
		expect(t, v, token(), "")
		synctest.Wait()
		if e.count() != 2 {
			t.Errorf("%d fetches after nine tenths of it", e.count())
		}
		e.serve(respond(500, ""))
		outage := time.Now()
		for time.Since(outage) < 24*time.Hour-time.Minute {
			expect(t, v, token(), "")
			time.Sleep(time.Minute)
		}
		if n := e.count(); n > 330 {
			t.Errorf("%d attempts in a day", n)
		}
		time.Sleep(time.Minute)
		expect(t, v, token(), cognito.ErrKeysUnavailable)
		e.serve(nil)
		time.Sleep(7 * time.Minute)
		expect(t, v, token(), "")
	})
}

// TestPastMaxAge: after an idle time a key is fetched before it is used, and used
// where that fails, or takes longer than the caller has.
func TestPastMaxAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		time.Sleep(2 * time.Hour)
		e.put(east+kid, pemOf(&otherP256.PublicKey))
		expect(t, v, token(), cognito.ErrSignatureInvalid)
		expect(t, v, token(signedBy(otherP256)), "")

		time.Sleep(2 * time.Hour)
		e.serve(slow(time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := v.Verify(ctx, token(signedBy(otherP256))); err != nil {
			t.Errorf("at its deadline: %v", err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, err := v.Verify(gone, token(signedBy(otherP256))); !errors.Is(err, cognito.ErrKeysUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("who left had %v", err)
		}
		time.Sleep(5 * time.Second)
		start := time.Now()
		expect(t, v, token(signedBy(otherP256)), "")
		if time.Since(start) > 0 {
			t.Error("a time-out was waited for again")
		}
		time.Sleep(2 * time.Second) // from then on another attempt may start
		start = time.Now()
		expect(t, v, token(signedBy(otherP256)), "")
		if time.Since(start) > 0 {
			t.Error("the attempt after a failure was waited for")
		}
		time.Sleep(time.Hour)
	})
}

// TestWithdrawnKey: 404 ends a key at its refresh, 403 at the stale limit only; nor does
// it hold up the keys that come after.
func TestWithdrawnKey(t *testing.T) {
	const next = "00000000-0000-0000-0000-000000000001"
	for status, want := range map[int]cognito.Code{404: cognito.ErrKeyNotFound, 403: ""} {
		synctest.Test(t, func(t *testing.T) {
			e := newEndpoint()
			v := e.verifier(t)
			expect(t, v, token(), "")
			e.serve(func(r *http.Request) (*http.Response, error) {
				if r.URL.String() == east+next {
					return respond(200, pemOf(&otherP256.PublicKey))(r)
				}
				return respond(status, "")(r)
			})
			time.Sleep(55 * time.Minute)
			for range 10 {
				expect(t, v, token(), map[bool]cognito.Code{true: "", false: want}[e.count() == 1])
				synctest.Wait()
			}
			expect(t, v, token(header("kid", next), signedBy(otherP256)), "")
			time.Sleep(24 * time.Hour)
			expect(t, v, token(), cognito.ErrKeyNotFound)
		})
	}
}

// TestBackOff: an address that fails is left alone for longer and longer, by all names.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		e.serve(respond(500, ""))
		v := e.verifier(t)
		var asked []time.Duration
		start := time.Now()
		for n := range 3600 {
			before := e.count()
			expect(t, v, token(unknown(n), unsigned), cognito.ErrKeysUnavailable)
			if e.count() > before {
				asked = append(asked, time.Since(start))
			}
			time.Sleep(time.Second)
		}
		if len(asked) < 12 || len(asked) > 21 {
			t.Errorf("asked after %v", asked)
		}
		for n := 2; n < len(asked); n++ {
			if gap := asked[n] - asked[n-1]; gap > 377*time.Second || (n < 8 && gap < time.Second<<(n-1)) {
				t.Errorf("attempt %d came after %v", n, gap)
			}
		}
		// Retry-After counts where it asks for more.
		e.serve(respond(429, "", "Retry-After", "200"))
		v = e.verifier(t)
		expect(t, v, token(), cognito.ErrKeysUnavailable)
		before := e.count()
		time.Sleep(199 * time.Second)
		expect(t, v, token(), cognito.ErrKeysUnavailable)
		if e.count() != before {
			t.Error("came before the time that was asked for")
		}
		e.serve(nil)
		time.Sleep(52 * time.Second)
		expect(t, v, token(), "")
	})
}

// TestKeyUsedLastIsKept: a new key replaces the one whose last use is longest ago.
func TestKeyUsedLastIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		e.serve(respond(200, pemOf(&p256.PublicKey)))
		v := e.verifier(t, func(c *alb.Config) { c.MaxKeys, c.KeyFetches = 2, 1000 })
		use := func(name, fetches int) {
			t.Helper()
			before := e.count()
			if expect(t, v, token(unknown(name)), ""); e.count()-before != fetches {
				t.Errorf("%d fetches of key %d, want %d", e.count()-before, name, fetches)
			}
		}
		for n := 0; n < 60; n += 3 {
			use(n, 1)
			use(n+1, 1)
			use(n, 0)
			use(n+2, 1) // replaces n+1
			use(n, 0)
			use(n+2, 0)
		}
	})
}

// TestKeyIsUsedWhileItsAddressFails, also by the callers that wait for the failing fetch.
func TestKeyIsUsedWhileItsAddressFails(t *testing.T) {
	for _, status := range []int{403, 500} {
		synctest.Test(t, func(t *testing.T) {
			e := newEndpoint()
			v := e.verifier(t)
			expect(t, v, token(), "")
			time.Sleep(2 * time.Hour)
			e.serve(respond(status, ""))
			for range 10 {
				expect(t, v, token(), "")
				synctest.Wait()
			}
			if e.count() != 2 {
				t.Errorf("status %d: %d fetches", status, e.count())
			}
		})
	}
}

// TestRefreshesShareAFetch: a key that is due is fetched once for all callers.
func TestRefreshesShareAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		time.Sleep(55 * time.Minute)
		e.serve(slow(time.Second))
		for range 5 {
			expect(t, v, token(), "")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if e.count() != 2 {
			t.Errorf("%d fetches", e.count())
		}
	})
}

// TestAnsweringAddressEndsTheBackOff: the pause after a failure is the shortest again
// after a 404, which is an answer.
func TestAnsweringAddressEndsTheBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		fail := func() time.Duration {
			e.serve(respond(500, "", "Retry-After", "200")) // which counts for 429 and 503 alone
			_, err := v.Verify(t.Context(), token())
			refusal, ok := errors.AsType[*cognito.Error](err)
			if !ok {
				t.Fatal(err)
			}
			return refusal.RetryAfter()
		}
		for range 4 {
			time.Sleep(fail())
		}
		e.serve(respond(404, ""))
		expect(t, v, token(unknown(1)), cognito.ErrKeyNotFound)
		time.Sleep(time.Minute)
		if wait := fail(); wait < time.Second || wait > 1250*time.Millisecond {
			t.Errorf("the pause is %v", wait)
		}
		// A number that no one can wait for is the longest pause.
		time.Sleep(time.Minute)
		e.serve(respond(503, "", "Retry-After", "99999999999999999999"))
		_, err := v.Verify(t.Context(), token())
		if refusal, ok := errors.AsType[*cognito.Error](err); !ok || refusal.RetryAfter() < 5*time.Minute {
			t.Errorf("got %v", err)
		}
	})
}

// TestManyKeys: no more keys are held than configured, those that were used last.
func TestManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		e.serve(respond(200, pemOf(&p256.PublicKey)))
		v := e.verifier(t, func(c *alb.Config) { c.MaxKeys, c.KeyFetches = 3, 1000 })
		for n := range 100 {
			expect(t, v, token(), "") // always used
			expect(t, v, token(unknown(n)), "")
		}
		before := e.count()
		expect(t, v, token(), "")
		expect(t, v, token(unknown(99)), "")
		if e.count() != before || before != 101 {
			t.Errorf("%d fetches, then %d", before, e.count()-before)
		}
		expect(t, v, token(unknown(0)), "")
		if e.count() != before+1 {
			t.Error("more keys are held than configured")
		}
	})
}

// TestClockSetBack: nothing waits for a time that was read off a wrong clock.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		clock := &handClock{now: time.Now()}
		v := e.verifier(t, func(c *alb.Config) { c.Clock, c.Now = clock, time.Now })
		clock.advance(1000 * time.Hour)
		expect(t, v, token(), "")
		expect(t, v, token(unknown(1)), cognito.ErrKeyNotFound)
		clock.advance(-900 * time.Hour)
		before := e.count()
		expect(t, v, token(), "")
		synctest.Wait() // for the refresh behind that answer
		if e.count() != before+1 {
			t.Errorf("%d refreshes of a key from the future", e.count()-before)
		}
		before = e.count()
		expect(t, v, token(unknown(1)), cognito.ErrKeyNotFound)
		if e.count() == before {
			t.Error("an absence of the future is believed")
		}
		e.serve(respond(500, ""))
		expect(t, v, token(unknown(2)), cognito.ErrKeysUnavailable)
		clock.advance(-90 * time.Hour)
		expect(t, v, token(unknown(2)), cognito.ErrKeysUnavailable)
		clock.advance(11 * time.Second)
		e.serve(nil)
		expect(t, v, token(unknown(2)), cognito.ErrKeyNotFound)
	})
}

// TestBudgetOfTheFutureIsNotSpent: fetches that a wrong clock dates to the future do not
// count against those of now.
func TestBudgetOfTheFutureIsNotSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		clock := &handClock{now: time.Now()}
		v := e.verifier(t, func(c *alb.Config) { c.Clock, c.Now = clock, time.Now })
		clock.advance(1000 * time.Hour)
		for n := range alb.DefaultKeyFetches {
			expect(t, v, token(unknown(n)), cognito.ErrKeyNotFound)
		}
		expect(t, v, token(unknown(100)), cognito.ErrKeysUnavailable)
		clock.advance(-900 * time.Hour)
		expect(t, v, token(unknown(101)), cognito.ErrKeysUnavailable)
		clock.advance(10 * time.Second)
		expect(t, v, token(unknown(102)), cognito.ErrKeyNotFound)
	})
}

// TestLogSaysWhatHappensToKeys, and why an address failed, without its name twice.
func TestLogSaysWhatHappensToKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		logged := func(parts ...string) {
			t.Helper()
			synctest.Wait()
			for _, part := range parts {
				if !strings.Contains(logs.String(), part) {
					t.Errorf("no %q in the log:\n%s", part, logs.String())
				}
			}
			logs.Reset()
		}
		e := newEndpoint()
		v := e.verifier(t, func(c *alb.Config) {
			c.Logger = slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		e.serve(func(r *http.Request) (*http.Response, error) {
			if got := r.Header.Get("User-Agent"); got != "poolguard-alb" {
				t.Errorf("the user agent is %q", got)
			}
			return nil, errors.New("connection reset")
		})
		expect(t, v, token(), cognito.ErrKeysUnavailable)
		logged("level=WARN", `msg="fetching a key failed"`, "kid="+kid, `error="connection reset"`, "failures=1", "retry_in=1")
		time.Sleep(time.Minute)
		e.serve(slow(time.Hour))
		expect(t, v, token(), cognito.ErrKeysUnavailable)
		logged(`error="no complete answer within 5s"`, "failures=2")
		time.Sleep(time.Minute)
		e.serve(nil)
		expect(t, v, token(), "")
		logged("level=INFO", `msg="fetching keys works again"`, "failures=2")
		expect(t, v, token(unknown(1)), cognito.ErrKeyNotFound)
		logged("level=DEBUG", `msg="there is no such key"`)
		time.Sleep(55 * time.Minute)
		e.serve(respond(404, ""))
		expect(t, v, token(), "")
		logged("level=WARN", `msg="a key was withdrawn"`)
	})
}

// handClock is read by the goroutines of fetches too.
type handClock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (*handClock) AfterFunc(time.Duration, func()) (stop func() bool) {
	return func() bool { return true }
}

// TestTransportThatExits: a fetch whose goroutine ends, or panics, leaves nobody waiting.
func TestTransportThatExits(t *testing.T) {
	for want, misbehave := range map[string]func(){
		"transport ended the goroutine of the fetch": runtime.Goexit,
		"transport panicked":                         func() { panic("a secret") },
	} {
		e := newEndpoint()
		e.serve(func(*http.Request) (*http.Response, error) { misbehave(); return nil, nil })
		_, err := e.verifier(t).Verify(t.Context(), token())
		if cognito.CodeOf(err) != cognito.ErrKeysUnavailable || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestRaces has many verify at once while keys come, go and fail.
func TestRaces(t *testing.T) {
	e := newEndpoint()
	v := e.verifier(t, func(c *alb.Config) {
		c.KeyPolicy.CoolDown, c.KeyPolicy.MaxAge, c.MaxKeys = time.Nanosecond, time.Microsecond, 2
	})
	other := newKey(elliptic.P256())
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 40 {
				switch (n + i) % 5 {
				case 0:
					e.put(east+kid, pemOf(&p256.PublicKey))
				case 1:
					_, _ = v.Verify(t.Context(), token(unknown(i)))
				case 2:
					_, _ = v.Verify(t.Context(), token(signedBy(other)))
				default:
					if identity, err := v.Verify(t.Context(), token()); err == nil && identity.Subject() != subject {
						t.Errorf("read as %v", identity)
					}
				}
			}
		})
	}
	all.Wait()
}
