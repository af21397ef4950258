package keyset_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestClockJumps(t *testing.T) {
	start := func(t *testing.T) (*handClock, *endpoint, *keyset.Remote) {
		t.Helper()
		clock := newHandClock()
		e := &endpoint{now: clock.Now}
		e.serve(setOne())
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Clock = clock })
		mustKey(t, source, "one")
		return clock, e, source
	}
	t.Run("back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			clock, e, source := start(t)
			clock.move(-10 * time.Hour)
			mustKey(t, source, "one")
			mustNotFind(t, source, "two")
			// A set of unknown age is refreshed, and the gate opens after one
			// cool-down by the clock as it is now.
			clock.move(10 * time.Second)
			e.serve(both())
			mustKey(t, source, "one")
			synctest.Wait()
			wantFetches(t, e, 2)
			mustKey(t, source, "two")
		})
	})
	t.Run("back while failing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			clock, e, source := start(t)
			e.set(refuse)
			for range 10 * 60 {
				clock.move(time.Minute)
				mustKey(t, source, "one")
				synctest.Wait()
			}
			clock.move(-9 * time.Hour)
			e.serve(both())
			mustKey(t, source, "one")
			clock.move(5 * time.Minute)
			mustKey(t, source, "one")
			synctest.Wait()
			mustKey(t, source, "two")
		})
	})
	t.Run("back within stale of an age that is unknown", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			clock, e, source := start(t)
			clock.move(-1000 * time.Hour)
			e.set(refuse)
			mustKey(t, source, "one")
			clock.move(24 * time.Hour)
			mustBeUnavailable(t, source, "one")
		})
	})
	t.Run("forward", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			clock, e, source := start(t)
			clock.move(200 * 365 * 24 * time.Hour)
			mustKey(t, source, "one")
			wantFetches(t, e, 2)
			clock.move(-200 * 365 * 24 * time.Hour)
			e.serve(both())
			mustKey(t, source, "one")
			clock.move(10 * time.Second)
			mustKey(t, source, "two")
		})
	})
	t.Run("back in the middle of a fetch", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			clock, e, source := start(t)
			clock.move(time.Minute)
			e.set(func(request *http.Request) (*http.Response, error) {
				clock.move(-48 * time.Hour)
				return respond(200, setOne())(request)
			})
			mustNotFind(t, source, "two")
			e.serve(both())
			clock.move(10 * time.Second)
			mustKey(t, source, "two")
		})
	})
	t.Run("forward in the middle of a fetch", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			clock, e, source := start(t)
			clock.move(time.Minute)
			e.set(func(request *http.Request) (*http.Response, error) {
				clock.move(48 * time.Hour) // suspended; the timer fires late
				return respond(200, setOne())(request)
			})
			// What it brought is two days old, and the next may start at once.
			err := mustBeUnavailable(t, source, "two")
			if !strings.HasSuffix(err.Error(), "older than 24h0m0s: that time passed while it was fetched") {
				t.Errorf("error %q", err)
			}
			e.serve(both())
			mustKey(t, source, "two")
		})
	})
}

// All waiting is on the configured clock: time in the bubble would move if
// anything waited by the system's.
func TestAllWaitingIsOnTheConfiguredClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		clock := newHandClock()
		e := &endpoint{now: clock.Now}
		e.set(hang)
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Clock = clock })
		result := make(chan error, 1)
		ask := func() {
			go func() {
				_, err := source.Key(context.Background(), "one")
				result <- err
			}()
			synctest.Wait()
		}
		ask()
		clock.move(5*time.Second - time.Nanosecond)
		synctest.Wait()
		select {
		case err := <-result:
			t.Fatalf("answered before the time-out: %v", err)
		default:
		}
		clock.move(time.Nanosecond)
		err := <-result
		unavailable(t, err)
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v looks as if the caller had given up", err)
		}
		if !strings.Contains(err.Error(), "no complete answer within 5s") {
			t.Errorf("error %q", err)
		}

		clock.move(time.Second) // the back-off
		e.serve(setOne())
		ask()
		if err := <-result; err != nil {
			t.Error(err)
		}
		clock.move(time.Hour - time.Second)
		ask() // in the background
		if err := <-result; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		wantFetches(t, e, 3)
		if clock.pending() != 0 {
			t.Errorf("%d timers are left", clock.pending())
		}
		if passed := time.Since(began); passed != 0 {
			t.Errorf("something waited %v by the system's clock", passed)
		}
	})
}

// TestViewIsCorrectedWithTheClock: once a clock that was set back has caught up, what
// was fresh before is not so again.
func TestViewIsCorrectedWithTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock, e := newHandClock(), &endpoint{}
		e.serve(setOne())
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Clock = clock })
		key := mustKey(t, source, "one")
		clock.move(-30 * time.Hour)
		mustKey(t, source, "one") // counts as fetched now
		e.set(refuse)
		clock.move(30 * time.Hour)
		if source.Holds(key, clock.Now()) {
			t.Error("held, six hours past the stale limit")
		}
		mustBeUnavailable(t, source, "one")
	})
}
