package faults

import (
	"fmt"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// TestRotation: a pool publishes new keys beside its old ones, and later withdraws
// the old ones.
func TestRotation(t *testing.T) {
	onBothClocks(t, "rotation", func(w *world) {
		verifier, old := w.verifier(), w.mint()
		w.warm(verifier, old)
		oldKey := w.pool.AccessKey().ID()

		w.pool.RotateKeys()
		fresh, step := w.mint(), w.policy.CoolDown/20
		accepted := w.until(step, "the new key", func() bool {
			w.ask(w.Context(), verifier, old, "")
			return w.ask(w.Context(), verifier, fresh, "", cognito.ErrKeyNotFound) == ""
		})
		if w.simulated && accepted > w.policy.CoolDown {
			w.Errorf("the new key was accepted after %v", accepted)
		}
		fetches := w.endpoint.count()
		time.Sleep(w.policy.CoolDown)
		w.ask(w.Context(), verifier, old, "") // it was not withdrawn

		w.pool.WithdrawKey(oldKey)
		// Nobody names a key that is unknown: it is the usual refresh that finds out.
		refused := w.until(w.policy.MaxAge/100, "the end of the old key", func() bool {
			w.ask(w.Context(), verifier, fresh, "")
			return w.ask(w.Context(), verifier, old, "", cognito.ErrKeyNotFound) == cognito.ErrKeyNotFound
		})
		if w.simulated && refused > w.policy.MaxAge {
			w.Errorf("the old key was refused after %v", refused)
		}
		for range 20 {
			time.Sleep(step)
			w.ask(w.Context(), verifier, old, cognito.ErrKeyNotFound)
			w.ask(w.Context(), verifier, fresh, "")
		}
		w.remark(fmt.Sprintf("new key accepted after %v (%d fetches), withdrawn one refused after %v",
			accepted.Round(time.Millisecond), fetches, refused.Round(time.Millisecond)))
	})
}

// TestReplacedKey: another key comes under a name that is known. The first signature
// that does not hold has the set fetched, and from then on the old key is good for
// nothing, whatever is remembered of it.
func TestReplacedKey(t *testing.T) {
	onBothClocks(t, "key replaced under its kid", func(w *world) {
		verifier, old := w.verifier(), w.mint()
		w.warm(verifier, old)
		time.Sleep(w.policy.CoolDown)
		before := w.endpoint.count()

		w.pool.ReplaceKey(w.pool.AccessKey().ID())
		if w.simulated {
			w.ask(w.Context(), verifier, old, "") // nobody could know
			if n := w.endpoint.count(); n != before {
				w.Errorf("%d fetches for a token that is known", n-before)
			}
		}
		fresh := w.mint()
		accepted := w.until(w.policy.CoolDown/20, "the new key", func() bool {
			return w.ask(w.Context(), verifier, fresh, "", cognito.ErrSignatureInvalid) == ""
		})
		if w.simulated && (accepted != 0 || w.endpoint.count() != before+1) {
			w.Errorf("the new key was accepted after %v and %d fetches", accepted, w.endpoint.count()-before)
		}
		for range 20 {
			w.ask(w.Context(), verifier, old, cognito.ErrSignatureInvalid)
			w.ask(w.Context(), verifier, fresh, "")
			time.Sleep(w.policy.CoolDown / 20)
		}
		w.remark(fmt.Sprintf("new key accepted after %v, the old one never again", accepted.Round(time.Millisecond)))
	})
}
