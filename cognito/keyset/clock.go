package keyset

import "time"

// A Clock returns the time and waits. A nil Clock in a configuration is the
// system's ([SystemClock]); another one lets tests move time by hand. It must be
// safe for concurrent use.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// AfterFunc calls f once, in a goroutine of its own or in the one that moves
	// the clock, when d has passed, and returns at once. stop prevents the call
	// if it has not begun, and reports whether it did.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// SystemClock returns the clock of package time.
func SystemClock() Clock { return systemClock{} }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}

func orSystem(clock Clock) Clock {
	if clock == nil {
		return SystemClock()
	}
	return clock
}

// wallTime returns the clock's reading without Go's monotonic part. That part does
// not count the time for which a machine or a function's sandbox was suspended,
// and a set must not look fresh because nobody was awake while it aged. The price
// is that the wall clock can be set back, which every comparison must survive.
func wallTime(clock Clock) time.Time { return clock.Now().Round(0) }
