package keyset

import (
	"testing"
	"time"
)

// TestPolicyBoundsAreExact: each limit may be reached, and none may be passed.
func TestPolicyBoundsAreExact(t *testing.T) {
	for name, test := range map[string]struct {
		policy Policy
		faults int
	}{
		"the zero value":         {Policy{}, 0},
		"max age of a cool-down": {Policy{MaxAge: DefaultCoolDown}, 0},
		"max age below it":       {Policy{MaxAge: DefaultCoolDown - 1}, 1},
		"stale at the max age":   {Policy{Stale: DefaultMaxAge}, 0},
		"stale below it":         {Policy{Stale: DefaultMaxAge - 1}, 1},
		// A negative value is one fault: it is not compared with the others.
		"negative": {Policy{MaxAge: -1}, 1},
	} {
		faults := 0
		if err := test.policy.Validate(); err != nil {
			faults = 1
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				faults = len(joined.Unwrap())
			}
		}
		if faults != test.faults {
			t.Errorf("%s: %d faults, want %d", name, faults, test.faults)
		}
	}
}

// TestBackOffStaysAtItsLimit, after any number of failures.
func TestBackOffStaysAtItsLimit(t *testing.T) {
	policy := Policy{}.WithDefaults()
	for _, failures := range []int{10, 64, 100, 1000} {
		if got := policy.backOff(failures, true, 0); got != longestBackOff*4/5 {
			t.Errorf("after %d failures: %v", failures, got)
		}
		if got := policy.backOff(failures, true, 1); got != longestBackOff {
			t.Errorf("after %d failures, with jitter: %v", failures, got)
		}
	}
	if got := policy.backOff(1, false, 0); got != time.Second {
		t.Errorf("the first one without a set: %v", got)
	}
}
