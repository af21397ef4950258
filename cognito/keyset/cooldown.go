package keyset

import (
	"math"
	"time"
)

// A gate decides when the next fetch may start: not before gateFrom + spacing. After a
// success gateFrom is the time at which that fetch started: a machine that was suspended
// during a fetch must not wait longer for the next one. After a failure it is the time at
// which the fetch ended. The zero value is open.
type gate struct {
	gateFrom time.Time
	spacing  time.Duration
}

// opensAt returns the time from which the next fetch may start.
func (g *gate) opensAt() time.Time { return g.gateFrom.Add(g.spacing) }

// mayFetch reports whether a fetch may start now.
func (g *gate) mayFetch(now time.Time) bool { return !now.Before(g.opensAt()) }

// closeAfterSuccess closes the gate after a success, from the start of that fetch. The
// caller holds mu.
func (s *state) closeAfterSuccess(p Policy, started time.Time) {
	s.gateFrom, s.spacing = started, p.CoolDown
}

// closeAfterFailure closes the gate after a failure, which is counted already. The server's
// Retry-After can only lengthen the wait. The caller holds mu.
func (s *state) closeAfterFailure(p Policy, now time.Time, jitter float64) {
	s.gateFrom = now
	s.spacing = max(p.backOff(s.failures, s.usable(now), jitter), lengthen(s.lastErr.retryAfter, jitter))
}

// consider answers as obtain does, or returns the flight to wait for first. waited
// says that the caller has waited for a fetch already, and that whatever is known
// now has to do.
func (r *Remote) consider(satisfied func(*Set) bool, waited bool) (*Set, *flight, error) {
	s := &r.state
	s.mu.Lock()
	defer s.mu.Unlock()
	now := wallTime(r.clock)
	r.clampClock(now)
	r.useSpare(now)

	usable := s.usable(now)
	satisfies := usable && satisfied(s.held)
	// Past its max age a set is refreshed before it is used. But when the last
	// attempt failed, waiting for the next would slow every caller by a time-out.
	if satisfies && (now.Before(s.expiresAt) || s.lastErr != nil) {
		if !now.Before(s.refreshAt) {
			r.start(now)
		}
		return s.held, nil, nil
	}
	if !waited {
		if flight := r.start(now); flight != nil {
			return nil, flight, nil
		}
	}
	switch {
	case satisfies:
		return s.held, nil, nil
	case !usable:
		return nil, nil, r.unavailable(now)
	case s.lastErr != nil:
		return s.held, nil, r.unavailable(now)
	}
	return s.held, nil, nil
}

// start returns the flight under way, or a new one where one may start, else nil.
// The caller holds mu.
func (r *Remote) start(now time.Time) *flight {
	s := &r.state
	if s.flight == nil && s.mayFetch(now) {
		s.flight = &flight{began: now, done: make(chan struct{}), written: make(chan struct{})}
		r.publish()
		go r.run(s.flight)
	}
	return s.flight
}

// backOff returns the time until the attempt after so many failures in a row.
// Jitter (0 to 1) only lengthens it, so that attempts are never closer than base,
// and stays under the longest so that a fleet does not fall into step there.
func (p Policy) backOff(failures int, held bool, jitter float64) time.Duration {
	base, longest := p.CoolDown, max(longestBackOff, p.CoolDown)
	if !held {
		base = min(coldBackOff, p.CoolDown)
	}
	d := base
	for range failures - 1 {
		if d >= longest/2 {
			d = longest
			break
		}
		d *= 2
	}
	d = max(base, min(d, longest/5*4))
	return min(lengthen(d, jitter), longest)
}

// lengthen adds up to a quarter to d. The longest Duration stays as it is, and does not become
// a negative one, which would be no wait at all.
func lengthen(d time.Duration, jitter float64) time.Duration {
	return d + min(time.Duration(float64(d/4)*jitter), math.MaxInt64-d)
}

// spread returns a number from 0 to 1, whatever RemoteConfig.Jitter returns. That may be NaN,
// which is neither less nor more than any other number.
func (r *Remote) spread() float64 {
	if jitter := r.jitter(); jitter > 0 {
		return min(jitter, 1)
	}
	return 0
}
