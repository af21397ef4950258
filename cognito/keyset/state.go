package keyset

import (
	"fmt"
	"sync"
	"time"
)

// state is what a Remote knows. Everything in it is guarded by mu, which is held
// for a few comparisons at a time: never during input, output or logging, nor
// while anything that was configured is called but the clock's Now.
//
// Joining the fetch under way, and deciding whether one may start, is one critical
// section. With a separate single-flight group there would be a moment between the
// two in which a fetch ends and a late-comer starts a second one.
type state struct {
	mu sync.Mutex

	held *Set // the last good set; nil: none yet
	// seeded is whether held is RemoteConfig.Seed: nothing was fetched yet.
	seeded bool
	// spare is the seed while a copy of CopyFile is held in its place.
	spare spare
	// The ages of held: fetchedAt <= refreshAt <= expiresAt <= staleAt.
	fetchedAt, refreshAt, expiresAt, staleAt time.Time

	flight *flight // the fetch under way; nil: none

	gate // when the next fetch may start

	failures int         // in a row
	lastErr  *fetchError // of the last attempt; nil: it succeeded, or there was none
}

// A flight is one fetch that callers wait for together.
type flight struct {
	began time.Time
	// done is closed when the outcome is in state.
	done chan struct{}
	// written is closed when the copy is on disk too, if there is to be one.
	written chan struct{}
	// asked is whether the address was asked: a copy may do. It is written
	// before done is closed, and read after.
	asked bool
}

// A view is what a lookup of a known name needs: the set, and the span of time
// (until excluded) in which it is the answer with nothing else to be done. It is
// immutable. Outside that span, a clock that was set back included, the lookup
// goes by state.
type view struct {
	set         *Set
	from, until time.Time
}

func (v *view) covers(now time.Time) bool {
	return !now.Before(v.from) && now.Before(v.until)
}

// holds is [Source.Holds]; v may be nil.
func (v *view) holds(key *Key, now time.Time) bool {
	if v == nil || key == nil || !v.covers(now) {
		return false
	}
	return v.set.has(key)
}

// publish derives the view from state. The caller holds mu.
func (r *Remote) publish() {
	s := &r.state
	// Without a set, staleAt is the zero time and the view covers no time.
	v := &view{set: s.held, from: s.latest()}
	switch {
	case s.flight == nil:
		// Nothing is due, or it may not start yet.
		v.until = later(s.refreshAt, s.opensAt())
	case s.lastErr == nil:
		v.until = s.expiresAt // from then on, lookups wait for the flight
	default:
		v.until = s.staleAt
	}
	if v.until.After(s.staleAt) {
		v.until = s.staleAt
	}
	r.current.Store(v)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// latest returns the time before which the clock cannot be, unless it was set back. The
// caller holds mu.
func (s *state) latest() time.Time { return later(s.fetchedAt, s.gateFrom) }

// hold makes set the held one, as fetched at the given time. The caller holds mu.
func (r *Remote) hold(set *Set, fetchedAt time.Time, maxAge time.Duration, jitter float64) {
	s := &r.state
	maxAge = min(maxAge, r.policy.Stale)
	s.held, s.seeded = set, false
	s.fetchedAt = fetchedAt
	s.refreshAt = fetchedAt.Add(refreshAfter(maxAge, jitter))
	s.expiresAt = fetchedAt.Add(maxAge)
	s.staleAt = fetchedAt.Add(r.policy.Stale)
}

// usable reports whether the held set may be used at all. The caller holds mu.
func (s *state) usable(now time.Time) bool {
	return now.Before(s.staleAt) // the zero time without a set
}

// clampClock corrects state after the clock was set back. The age of the set is then
// unknown: the set counts as fetched now, and is due for a refresh. The gate counts
// from now too. It is never shut for longer than its spacing, and two fetches are never
// closer than that. The caller holds mu.
func (r *Remote) clampClock(now time.Time) {
	s := &r.state
	s.spare.clamp(now) // no view depends on it
	//mutate:ignore never: it saves time, and below nothing changes then
	if !now.Before(s.latest()) {
		return
	}
	if now.Before(s.fetchedAt) {
		maxAge, stale := s.expiresAt.Sub(s.fetchedAt), s.staleAt.Sub(s.fetchedAt)
		s.fetchedAt, s.refreshAt = now, now
		s.expiresAt, s.staleAt = now.Add(maxAge), now.Add(stale)
	}
	if now.Before(s.gateFrom) {
		s.gateFrom = now
	}
	r.publish()
}

// unavailable describes why there is no answer. The caller holds mu.
func (r *Remote) unavailable(now time.Time) *UnavailableError {
	s := &r.state
	err := &UnavailableError{retryAfter: soonest, absent: s.absent(), held: s.usable(now)}
	if wait := s.opensAt().Sub(now); s.flight == nil && wait > 0 {
		err.retryAfter = wait
	}
	if s.lastErr != nil {
		err.cause = s.lastErr
	} else {
		err.cause = errTooLate // and gaveUp gives another cause
	}
	switch {
	case s.held == nil:
		err.message = fmt.Sprintf("there is no key set from %s: %v", r.url, err.cause)
	case !s.usable(now):
		err.message = fmt.Sprintf("%s: %v", s.tooOld(r.url, r.policy.Stale), err.cause)
	default:
		err.message = fmt.Sprintf("the key set from %s could not be refreshed: %v", r.url, err.cause)
	}
	return err
}

// absent is [UnavailableError.Absent]. The caller holds mu.
func (s *state) absent() bool {
	return s.held == nil && s.lastErr != nil && (s.lastErr.status == 403 || s.lastErr.status == 404)
}
