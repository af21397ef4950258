package cognitotest_test

import (
	"context"
	"errors"
	"slices"
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
