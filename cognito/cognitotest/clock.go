package cognitotest

import (
	"context"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A Clock shows the same time until the test moves it. An [Issuer] dates its tokens with
// it and, through [Issuer.Config], the verifier checks them with it. It is safe for
// concurrent use. The zero Clock shows the time of its first use.
type Clock struct {
	mu     sync.Mutex // guards all below; never held while a timer's function runs
	now    time.Time
	timers map[*timer]struct{} // nil: the clock was not used yet
	more   chan struct{}       // closed and replaced when a timer is added
}

type timer struct {
	due time.Time
	f   func()
}

var _ keyset.Clock = (*Clock)(nil)

func newClock() *Clock {
	c := &Clock{}
	c.lock()
	c.mu.Unlock()
	return c
}

// lock locks mu, and starts the clock before anything else is done.
func (c *Clock) lock() {
	c.mu.Lock()
	if c.timers == nil {
		// In whole seconds, as times in tokens are, and without the monotonic reading,
		// which a clock that can be set does not have.
		c.now = time.Now().Truncate(time.Second).Round(0)
		c.timers, c.more = map[*timer]struct{}{}, make(chan struct{})
	}
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc implements keyset.Clock: when d has passed, f runs in the goroutine that
// moves the clock. If d is not positive, f runs in a goroutine of its own at once. A nil f
// does nothing.
func (c *Clock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	if f == nil {
		f = func() {}
	}
	if d <= 0 {
		go f()
		return func() bool { return false }
	}
	c.lock()
	defer c.mu.Unlock()
	t := &timer{c.now.Add(d), f}
	c.timers[t] = struct{}{}
	close(c.more)
	c.more = make(chan struct{})
	return func() bool { return c.take(t) }
}

// take removes the timer and reports whether it was still there.
func (c *Clock) take(t *timer) bool {
	c.lock()
	defer c.mu.Unlock()
	_, waiting := c.timers[t]
	delete(c.timers, t)
	return waiting
}

// Advance moves the clock by d. Timers that become due run one after the other, each at
// its own time, including timers that they start. Advance returns after they have
// returned. Calls at the same time, and a call in a timer's function, add up: each of them
// moves the clock by its d. A negative d works as in [Clock.Set].
func (c *Clock) Advance(d time.Duration) {
	c.lock()
	if d < 0 {
		c.setBack(c.now.Add(d))
		c.mu.Unlock()
		return
	}
	for {
		before := c.now
		due := c.runTo(before.Add(d))
		d -= c.now.Sub(before)
		c.mu.Unlock()
		if due == nil {
			return
		}
		due.f()
		c.lock()
	}
}

// Set moves the clock to t. If t is later, the time between passes as in [Clock.Advance].
// If t is earlier, the effect is that of an operator who sets the clock of a machine
// back: timers keep their remaining time. If a timer's function moves the clock beyond t,
// it stays there.
func (c *Clock) Set(t time.Time) {
	t = t.Round(0)
	c.lock()
	if t.Before(c.now) {
		c.setBack(t)
		c.mu.Unlock()
		return
	}
	for {
		due := c.runTo(t)
		c.mu.Unlock()
		if due == nil {
			return
		}
		due.f()
		c.lock()
	}
}

// runTo moves the clock to the first timer that is due at t, takes the timer and returns
// it. Without one it moves the clock to t and returns nil. It never moves the clock back.
// The caller holds mu.
func (c *Clock) runTo(t time.Time) *timer {
	next := c.next(t)
	if next != nil {
		delete(c.timers, next)
		t = next.due
	}
	if t.After(c.now) {
		c.now = t
	}
	return next
}

// setBack sets the clock to an earlier time. The caller holds mu.
func (c *Clock) setBack(t time.Time) {
	back := t.Sub(c.now)
	for waiting := range c.timers {
		waiting.due = waiting.due.Add(back)
	}
	c.now = t
}

// next returns the first timer that is due at t, or nil. The caller holds mu.
func (c *Clock) next(t time.Time) *timer {
	var first *timer
	for waiting := range c.timers {
		if !waiting.due.After(t) && (first == nil || waiting.due.Before(first.due)) {
			first = waiting
		}
	}
	return first
}

// AwaitTimers waits until at least n timers wait for the clock, or until ctx ends. It
// returns the error of ctx. A fetch of a key set is one timer, for its time-out. A slow
// answer ([Pool.SlowKeySet]) is another one.
func (c *Clock) AwaitTimers(ctx context.Context, n int) error {
	for {
		c.lock()
		waiting, more := len(c.timers), c.more
		c.mu.Unlock()
		if waiting >= n {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
