package cognitotest_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestClockRunsTimersInTheirOrder(t *testing.T) {
	clock := cognitotest.NewIssuer().Clock()
	start := clock.Now()
	var fired []time.Duration
	note := func() { fired = append(fired, clock.Now().Sub(start)) }
	clock.AfterFunc(3*time.Second, note)
	clock.AfterFunc(time.Second, func() {
		note()
		clock.AfterFunc(time.Second, note) // due within the same move
	})
	stop := clock.AfterFunc(time.Second, note)
	if !stop() || stop() {
		t.Error("stop does not say whether it stopped the timer")
	}
	clock.Advance(2 * time.Second)
	if want := []time.Duration{time.Second, 2 * time.Second}; !slices.Equal(fired, want) {
		t.Errorf("fired at %v, want %v", fired, want)
	}
	clock.Set(start) // set back: a second is left for the last one
	clock.Advance(time.Second - 1)
	if len(fired) != 2 {
		t.Error("a timer ran early after the clock was set back")
	}
	clock.Advance(1)
	if len(fired) != 3 {
		t.Error("a timer did not keep the time that it had left")
	}
	done := make(chan struct{})
	if stop := clock.AfterFunc(0, func() { close(done) }); stop() {
		t.Error("a timer that was due at once was stopped")
	}
	<-done
}

func TestAwaitTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := cognitotest.NewIssuer().Clock()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := clock.AwaitTimers(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a timer: %v", err)
		}
		time.AfterFunc(time.Hour, func() { clock.AfterFunc(time.Second, func() {}) })
		if err := clock.AwaitTimers(t.Context(), 1); err != nil {
			t.Error(err)
		}
	})
}

// Within a bubble of testing/synctest an issuer works as outside, and the bubble's
// time can take the place of its clock.
func TestInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := cognitotest.NewIssuer()
		config := issuer.Config()
		config.Clock = nil
		verifier, err := cognito.New(config)
		if err != nil {
			t.Fatal(err)
		}
		raw := issuer.Pool().AccessToken()
		for _, want := range []cognito.Code{"", cognito.ErrTokenExpired} {
			if got := verify(t, verifier, raw); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestAdvanceWithinAdvanceNeverGoesBack: a timer's function moves the clock, for example
// because it answers a request that is slow.
func TestAdvanceWithinAdvanceNeverGoesBack(t *testing.T) {
	clock := cognitotest.NewIssuer().Clock()
	start := clock.Now()
	var seen []time.Duration
	note := func() { seen = append(seen, clock.Now().Sub(start)) }
	clock.AfterFunc(10*time.Minute, func() {
		clock.Advance(2 * time.Hour)
		note()
	})
	clock.AfterFunc(40*time.Minute, note)
	clock.AfterFunc(135*time.Minute, note)
	clock.Advance(30 * time.Minute)
	note()
	want := []time.Duration{40 * time.Minute, 130 * time.Minute, 135 * time.Minute, 150 * time.Minute}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %v, want %v", seen, want)
	}

	clock.AfterFunc(time.Minute, func() { clock.Set(start.Add(24 * time.Hour)) })
	clock.Set(start.Add(3 * time.Hour))
	if got := clock.Now().Sub(start); got != 24*time.Hour {
		t.Errorf("after a Set within a Set: %v", got)
	}
}

// TestAdvancesAtTheSameTimeAddUp, with timers that run between them.
func TestAdvancesAtTheSameTimeAddUp(t *testing.T) {
	clock := cognitotest.NewIssuer().Clock()
	start := clock.Now()
	var again func()
	again = func() { clock.AfterFunc(time.Second, again) }
	again()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 50 {
				before := clock.Now()
				clock.Advance(time.Minute)
				if after := clock.Now(); after.Before(before.Add(time.Minute)) {
					t.Errorf("advanced from %v to %v", before, after)
				}
			}
		})
	}
	all.Wait()
	if got := clock.Now().Sub(start); got != 1000*time.Minute {
		t.Errorf("the clock moved by %v, want %v", got, 1000*time.Minute)
	}
}

func TestNegativeAdvanceSetsTheClockBack(t *testing.T) {
	clock := cognitotest.NewIssuer().Clock()
	start, fired := clock.Now(), false
	clock.AfterFunc(time.Minute, func() { fired = true })
	clock.Advance(-time.Hour)
	if !clock.Now().Equal(start.Add(-time.Hour)) {
		t.Errorf("the clock is at %v", clock.Now())
	}
	if clock.Advance(time.Minute - 1); fired {
		t.Error("a timer ran early")
	}
	if clock.Advance(1); !fired {
		t.Error("a timer did not keep its remaining time")
	}
}
