package faults

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// TestBackOff asks all the time while the address fails, and looks at when it was
// asked: after a time that doubles, up to five minutes, and never exactly that.
func TestBackOff(t *testing.T) {
	for _, held := range []bool{true, false} {
		name := "back-off at a cold start"
		if held {
			name = "back-off with keys held"
		}
		t.Run(name, func(t *testing.T) {
			onSimulatedClock(t, name, func(w *world) { backOff(w, held) })
		})
	}
	t.Run("real clock", func(t *testing.T) {
		t.Parallel()
		onRealClock(t, "back-off with keys held", func(w *world) { backOff(w, true) })
	})
}

func backOff(w *world, held bool) {
	w.hasten()
	recorded := w.record()
	verifier := w.verifier()
	base, longest, span := w.policy.CoolDown, 5*time.Minute, time.Hour
	if held {
		w.warm(verifier, w.mint())
	} else {
		base = time.Second
	}
	if !w.simulated {
		span = 3 * w.policy.Stale
	}
	began := time.Now()
	w.endpoint.breakWith(http.HandlerFunc(hangUp))
	mark := recorded.count()
	f := newForger(w.pool.Issuer())
	n := 0
	w.until(w.policy.CoolDown/100, "the end", func() bool {
		w.ask(w.Context(), verifier, f.next(n), cognito.ErrKeysUnavailable, cognito.ErrKeyNotFound)
		n++
		return time.Since(began) > span
	})
	attempts := recorded.since(mark)
	var gaps []string
	jittered := false
	for n := 1; n < len(attempts); n++ {
		least, gap := min(base<<min(n-1, 20), longest*4/5), attempts[n].sent.Sub(attempts[n-1].sent)
		gaps = append(gaps, gap.Round(time.Second/10).String())
		if gap < least || (w.simulated && gap > least*5/4+w.policy.CoolDown/100) {
			w.Errorf("attempt %d came after %v, must be from %v to %v", n, gap, least, least*5/4)
		}
		jittered = jittered || gap > least+least/100+w.policy.CoolDown/100
	}
	if w.simulated && !jittered {
		w.Errorf("no jitter in %v", gaps)
	}
	w.remark(fmt.Sprintf("between attempts: %v", slices.Compact(gaps)))
}
