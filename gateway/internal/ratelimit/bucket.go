package ratelimit

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// A bucket counts the forged tokens of a client as a time: by next, counted from the start of
// the limiter, all of them are forgotten.
type bucket struct{ next atomic.Int64 }

// isUsedUp reports whether the next forged token of a client is over the limit.
func (l *Limiter) isUsedUp(client netip.Addr) bool {
	b, ok := l.clients.GetIfPresent(client)
	return ok && l.waitAt(b.next.Load(), l.now()) > 0
}

// take counts a forged token. If it is over the limit, it does not count, and wait is the time
// until one would not be.
func (l *Limiter) take(client netip.Addr) (wait time.Duration) {
	b, ok := l.clients.GetIfPresent(client)
	if !ok {
		b, _ = l.clients.SetIfAbsent(client, &bucket{})
	}
	for {
		next, now := b.next.Load(), l.now()
		if wait := l.waitAt(next, now); wait > 0 {
			return wait
		}
		if b.next.CompareAndSwap(next, max(next, now)+int64(l.interval)) {
			return 0
		}
	}
}

// waitAt returns how long a token must wait that comes at now.
func (l *Limiter) waitAt(next, now int64) time.Duration {
	return time.Duration(max(next, now) + int64(l.interval) - now - int64(l.per))
}

func (l *Limiter) now() int64 { return int64(time.Since(l.start)) }
