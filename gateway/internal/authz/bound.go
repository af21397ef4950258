package authz

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A Bound is a context that ends after the time for a decision, or with its parent. It has no
// timer until something waits for it: most decisions wait for nothing, and a timer costs more
// than many of them. Make one with [Within]. It is safe for concurrent use.
type Bound struct {
	context.Context //nolint:containedctx // the parent; this is a context itself
	at              time.Time
	once            sync.Once
	timed           atomic.Pointer[timedContext] // nil until something waits
}

type timedContext struct {
	context.Context //nolint:containedctx // with what ends it
	cancel          context.CancelFunc
}

// Within returns a context for a decision that takes at most d. [Bound.Release] must be called
// after the decision.
func Within(ctx context.Context, d time.Duration) *Bound {
	return &Bound{Context: ctx, at: time.Now().Add(d)}
}

// Release ends the context for those that wait for it.
func (b *Bound) Release() {
	if t := b.timed.Load(); t != nil {
		t.cancel()
	}
}

// start returns the context with the timer.
func (b *Bound) start() *timedContext {
	b.once.Do(func() {
		ctx, cancel := context.WithDeadline(b.Context, b.at)
		b.timed.Store(&timedContext{ctx, cancel})
	})
	return b.timed.Load()
}

// Deadline implements [context.Context].
func (b *Bound) Deadline() (time.Time, bool) {
	if at, ok := b.Context.Deadline(); ok && at.Before(b.at) {
		return at, true
	}
	return b.at, true
}

// Done implements [context.Context].
func (b *Bound) Done() <-chan struct{} { return b.start().Done() }

// Err implements [context.Context].
func (b *Bound) Err() error {
	if b.timed.Load() == nil && b.Context.Err() == nil && time.Now().Before(b.at) {
		return nil
	}
	return b.start().Err()
}

// Value implements [context.Context].
func (b *Bound) Value(key any) any {
	if t := b.timed.Load(); t != nil {
		return t.Value(key) // contexts that are made of this one find the one that ends
	}
	return b.Context.Value(key)
}
