package faults

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A wrongClock is the system's, or a bubble's, set forwards or backwards: timers keep
// the time that they had left.
type wrongClock struct{ off atomic.Int64 }

func (c *wrongClock) Now() time.Time {
	return time.Now().Add(time.Duration(c.off.Load())).Round(0)
}

func (c *wrongClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return keyset.SystemClock().AfterFunc(d, f)
}

func (c *wrongClock) set(off time.Duration) { c.off.Store(int64(off)) }

// TestClockJumps: a machine wakes up, or its clock is set. Whatever it says, tokens
// are judged by what is held, fetches are no closer than a cool-down, and nothing
// has to be restarted.
func TestClockJumps(t *testing.T) {
	onBothClocks(t, "clock jumps", func(w *world) {
		clock := &wrongClock{}
		w.config.Clock = clock
		verifier, raw := w.verifier(), w.mint()
		w.warm(verifier, raw)
		flood := newForger(w.pool.Issuer())
		jumps := []time.Duration{
			time.Minute, -time.Minute, -10 * time.Hour, 0, 23 * time.Hour, -200 * 24 * time.Hour, 40 * 24 * time.Hour,
			-time.Second, 25 * time.Hour, 24 * time.Hour, 0,
		}
		for n, off := range jumps {
			clock.set(off)
			began, before := time.Now(), w.endpoint.count()
			w.until(w.policy.CoolDown/10, "that the token is good again", func() bool {
				return w.ask(w.Context(), verifier, raw, "", cognito.ErrKeysUnavailable) == ""
			})
			for i := range 200 {
				w.ask(w.Context(), verifier, flood.next(i), cognito.ErrKeyNotFound)
				time.Sleep(w.policy.CoolDown / 100)
			}
			// One more, for the jump may be later than the next fetch was due.
			if fetches, most := w.endpoint.count()-before, int(time.Since(began)/w.policy.CoolDown)+2; fetches > most {
				w.Errorf("jump %d, to %v: %d fetches in %v", n, off, fetches, time.Since(began))
			}
		}

		// In an outage: beyond the stale limit and back.
		w.endpoint.breakWith(http.HandlerFunc(hangUp))
		clock.set(25 * time.Hour)
		w.ask(w.Context(), verifier, raw, cognito.ErrKeysUnavailable)
		clock.set(w.policy.Stale / 2)
		w.ask(w.Context(), verifier, raw, "")
		w.endpoint.breakWith(nil)
		clock.set(-3 * time.Hour)
		took := w.until(w.policy.CoolDown, "recovery", func() bool {
			return w.ask(w.Context(), verifier, flood.next(0), cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable) == cognito.ErrKeyNotFound
		})
		w.ask(w.Context(), verifier, raw, "")
		w.remark(fmt.Sprintf("%d jumps of up to 200 days, and two in an outage; recovered %v after it", len(jumps), took.Round(time.Millisecond)))
	})
}
