package faults

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestFaultyEndpoint: whatever the endpoint does instead of answering, tokens of the
// keys that are held verify until the stale limit and not beyond, nothing else does,
// the address is asked at its back-off, and the service recovers by itself.
func TestFaultyEndpoint(t *testing.T) {
	for _, f := range faultTable {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			onBothClocks(t, "endpoint: "+f.name, func(w *world) { outage(w, f) })
		})
	}
}

func outage(w *world, f fault) {
	w.hasten()
	w.config.KeySetDirectory = w.directory()
	recorded := w.record()
	verifier := w.verifier()
	seen := w.mint()
	from, to := w.warm(verifier, seen)
	keep := w.copies()
	o := &ongoing{world: w, verifier: verifier, seen: seen, forged: w.mint(cognitotest.WrongKey()), stranger: w.stranger(), from: from, to: to}

	w.endpoint.breakWith(f.handler(w))
	good := recorded.count()
	w.until(w.policy.Stale/200, "the end of the outage", o.poll)
	attempts := recorded.since(good)
	w.checkSpacing(f, attempts)
	if n := w.astray.Load(); n != 0 {
		w.Errorf("another origin was asked %d times", n)
	}
	// What is read of a body, and what the sockets between hold.
	if n, most := w.sent.Load(), int64(len(attempts)*8<<20); n > most {
		w.Errorf("%d bytes of an endless body were taken", n)
	}
	if !bytes.Equal(w.copies(), keep) {
		w.Error("the copy of the good set was touched")
	}

	w.endpoint.breakWith(nil)
	took := w.until(w.policy.CoolDown/10, "recovery", func() bool {
		return w.ask(w.Context(), verifier, seen, "", cognito.ErrKeysUnavailable) == ""
	})
	if longest := 5 * time.Minute; w.simulated && took > longest+w.policy.Timeout {
		w.Errorf("recovery took %v", took)
	}
	w.ask(w.Context(), verifier, o.stranger, cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable)
	w.remark(fmt.Sprintf("%d good answers within the stale limit of %v, %d attempts, recovered after %v",
		o.good, w.policy.Stale, len(attempts), took.Round(10*time.Millisecond)))
}

// ongoing is an outage that goes on, since a good fetch between from and to.
type ongoing struct {
	*world
	verifier *cognito.Verifier
	seen     string // a token that was verified before
	forged   string // under the name of a known key
	stranger string // under a name that nobody knows
	from, to time.Time
	good     int
}

// poll asks about tokens of each kind and reports whether the outage has lasted for
// long enough.
func (o *ongoing) poll() bool {
	o.known(o.seen, "")
	o.known(o.mint(), "")
	o.known(o.forged, cognito.ErrSignatureInvalid)
	o.ask(o.Context(), o.verifier, o.stranger, cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable)
	return time.Since(o.from) > o.policy.Stale*5/4
}

// known asks about a token that names a key which is held: the verdict is by that
// key until the stale limit, and that it cannot be known from then on. Where the
// limit passes between two readings of the clock it may be either.
func (o *ongoing) known(raw string, held cognito.Code) {
	o.Helper()
	began := time.Now()
	got := o.verify(o.Context(), o.verifier, raw)
	may := []cognito.Code{held, cognito.ErrKeysUnavailable}
	switch ended := time.Now(); {
	case ended.Sub(o.from) < o.policy.Stale:
		may = may[:1]
		if got == "" {
			o.good++
			if o.simulated && ended.After(began) {
				o.Errorf("a known token waited for %v", ended.Sub(began))
			}
		}
	case began.Sub(o.to) >= o.policy.Stale:
		may = may[1:]
	}
	o.expect(got, may...)
}

// copies returns the files of the directory for copies, names and contents.
func (w *world) copies() []byte {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(w.config.KeySetDirectory, "*"))
	if err != nil || len(files) == 0 {
		w.Fatalf("no copy was written: %v", err)
	}
	var all []byte
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			w.Fatal(err)
		}
		all = append(append(all, filepath.Base(file)...), body...)
	}
	return all
}

// checkSpacing checks the attempts in the time for which the address has failed: between
// two of them was a cool-down that doubles, or the wait that the answer asked for, if the
// client received the answer. Slow machines lengthen these times and never shorten them.
func (w *world) checkSpacing(f fault, attempts []exchange) {
	w.Helper()
	if len(attempts) == 0 || (w.simulated && len(attempts) < 100) {
		w.Errorf("only %d attempts", len(attempts))
	}
	for n := 1; n < len(attempts); n++ {
		least := min(w.policy.CoolDown<<min(n-1, 20), 4*time.Minute) // 4/5 of the longest back-off, which jitter lengthens
		before := attempts[n-1]
		if f.retryAfter != nil && before.askedToWait() {
			least = max(least, f.retryAfter(w))
		}
		if f.retryAfter != nil && w.simulated && !before.askedToWait() {
			w.Errorf("attempt %d had status %d, so no answer asked it to wait", n-1, before.status)
		}
		if gap := attempts[n].sent.Sub(before.sent); gap < least {
			w.Errorf("attempt %d came %v after the one before, less than %v", n, gap, least)
		}
	}
}
