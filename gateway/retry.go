package gateway

import (
	"context"
	"sync/atomic"
)

// A missingKeysError is why a reload was refused that may succeed later: the keys of a user
// pool are unavailable.
type missingKeysError struct{ cause error }

func (e *missingKeysError) Error() string {
	return "the keys of a user pool are unavailable: " + e.cause.Error()
}
func (e *missingKeysError) Unwrap() error { return e.cause }

// retries repeat reloads that may succeed later.
type retries struct {
	due  *atomic.Bool  // the last reload is to be repeated
	wake chan struct{} // has an element after due was set
}

func newRetries() retries { return retries{new(atomic.Bool), make(chan struct{}, 1)} }

// set says after each reload whether it is to be repeated.
func (r retries) set(due bool) {
	r.due.Store(due)
	if !due {
		return
	}
	select {
	case r.wake <- struct{}{}:
	default: // it is awake
	}
}

// run calls reload, with growing waits, for as long as it is due, until ctx ends.
func (r retries) run(ctx context.Context, reload func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
		for wait := firstWait; r.due.Load(); wait = min(2*wait, lastWait) {
			if !sleep(ctx, wait) {
				return
			}
			if r.due.Load() {
				reload()
			}
		}
	}
}
