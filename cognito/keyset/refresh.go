package keyset

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

var (
	errTooLate   = errors.New("that time passed while it was fetched")
	errNoOutcome = errors.New("the HTTP client's transport ended the goroutine of the fetch")
	errPanicked  = errors.New("the HTTP client's transport panicked") // with what is not said: it may hold anything
	errEnded     = errors.New("the clock, the jitter or the logger ended the goroutine of the fetch")
	errFaulty    = errors.New("the clock, the jitter or the logger panicked")
)

// obtain returns the set to answer from: one that satisfies the question, or else
// as fresh as it can be had now. With both a set and an error, the set is usable
// and does not satisfy, and it could not be found out whether a newer one would.
// It waits where a fetch is needed for the answer, as long as ctx allows, and for
// the copy on disk where written is set.
func (r *Remote) obtain(ctx context.Context, satisfied func(*Set) bool, written bool) (*Set, error) {
	waited := false
	for {
		//nolint:contextcheck // a fetch belongs to no caller, and must not end with one's context
		set, flight, err := r.consider(satisfied, waited)
		if flight == nil {
			return set, err
		}
		if !waitFor(ctx, flight.done) {
			return r.gaveUp(satisfied, ctx.Err())
		}
		if written {
			waitFor(ctx, flight.written)
		}
		// A flight may have found a fresh copy and asked nobody. That can happen
		// once in a Remote's life, so this ends.
		waited = flight.asked
	}
}

func waitFor(ctx context.Context, c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	case <-ctx.Done():
	}
	// Where both have come to pass, the outcome is what the caller wants.
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// gaveUp answers a caller whose context ended while it waited. One that ran out of
// time has what is answered while fetches fail: a usable set past its max age. One
// that was cancelled wants no answer; where a client's leaving cancels it, whoever has
// a key that was withdrawn must not gain by that.
func (r *Remote) gaveUp(satisfied func(*Set) bool, cause error) (*Set, error) {
	s := &r.state
	s.mu.Lock()
	defer s.mu.Unlock()
	now := wallTime(r.clock)
	r.useSpare(now)
	if errors.Is(cause, context.DeadlineExceeded) && s.usable(now) && satisfied(s.held) {
		return s.held, nil
	}
	err := r.unavailable(now)
	last := s.lastErr
	err.held = err.held && !satisfied(s.held)
	err.cause = cause
	err.message = fmt.Sprintf("gave up waiting for the key set from %s: %v", r.url, cause)
	if last != nil {
		err.cause = errors.Join(cause, last)
		err.message += fmt.Sprintf(" (the last attempt: %v)", last)
	}
	return nil, err
}

// run is the goroutine of one flight. At most one is running until done is closed.
//
// Each function that was configured may panic or end the goroutine, as a test's FailNow
// does. Callers wait for the flight, so it ends all the same, and Fetched is called only
// after that.
func (r *Remote) run(f *flight) {
	defer close(f.written)
	var reports []Fetch
	defer func() { r.reportAll(reports) }()
	defer r.abandon(f)
	started := wallTime(r.clock)
	recalled, fresh := r.recall()
	//mutate:ignore it reports the copy and decides nothing
	if recalled != nil {
		reports = append(reports, r.complete(Fetch{StartedAt: started, Duration: wallTime(r.clock).Sub(started), Copy: true, Keys: len(recalled.keys)}))
	}
	if fresh {
		r.state.mu.Lock()
		r.finish(f)
		r.state.mu.Unlock()
		return
	}
	f.asked = true
	started = wallTime(r.clock)
	got := fetched{err: &fetchError{cause: errNoOutcome}}
	defer func() {
		if recover() != nil {
			got = fetched{err: &fetchError{cause: errPanicked}}
		}
		now := r.settle(f, started, &got)
		reports = append(reports, r.complete(got.report(started, now.at)))
		defer r.keepCopy(&got, started) // deferred: a logger may end the goroutine
		r.logOutcome(&got, now)
	}()
	got = r.fetch(started)
}

// abandon ends a flight whose goroutine ended before its outcome was in state: a clock, a
// jitter or a logger panicked or ended it. It is deferred, and recovers the panic, whose
// value may hold anything.
func (r *Remote) abandon(f *flight) {
	cause := errEnded
	if recover() != nil {
		cause = errFaulty
	}
	s := &r.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != f {
		return
	}
	s.failures++
	s.lastErr = &fetchError{cause: cause}
	s.closeAfterFailure(r.policy, f.began, 0) // the clock and the jitter may be the cause
	r.finish(f)
}

// An outcome is what a fetch changed, for the log.
type outcome struct {
	at       time.Time
	failures int           // in a row before the fetch
	retryIn  time.Duration // the time until the next one may start
	level    slog.Level    // of the line about a failure
}

// settle puts the outcome of a fetch into state.
func (r *Remote) settle(f *flight, started time.Time, got *fetched) outcome {
	jitter := r.spread()
	s := &r.state
	s.mu.Lock()
	defer s.mu.Unlock()
	now := outcome{at: wallTime(r.clock), failures: s.failures, level: slog.LevelWarn}
	if got.err == nil {
		got.set.adopt(s.held)
		maxAge := r.policy.MaxAge
		if got.maxAge > 0 {
			maxAge = got.maxAge
		}
		r.hold(got.set, started, maxAge, jitter)
		s.failures, s.lastErr, s.spare = 0, nil, spare{}
		s.closeAfterSuccess(r.policy, started)
	} else {
		s.failures++
		s.lastErr = got.err
		s.closeAfterFailure(r.policy, now.at, jitter)
	}
	now.retryIn = s.spacing
	if s.absent() {
		now.level = r.absent
	}
	r.finish(f)
	return now
}

func (r *Remote) logOutcome(got *fetched, now outcome) {
	switch {
	case got.err != nil:
		r.log.Log(context.Background(), now.level, "fetching the key set failed", "error", got.err.Error(), "failures", now.failures+1, "retry_in", now.retryIn)
		return
	case now.failures > 0:
		r.log.Info("fetching the key set works again", "failures", now.failures)
	}
	logSkipped(r.log, got.set)
}

// finish ends a flight. The caller holds mu.
func (r *Remote) finish(f *flight) {
	r.state.flight = nil
	r.publish()
	close(f.done)
}

func logSkipped(log *slog.Logger, set *Set) {
	for _, s := range set.skipped {
		log.Debug("a key of the set is not used", "index", s.Index, "kid", s.KeyID, "reason", s.Reason)
	}
}
