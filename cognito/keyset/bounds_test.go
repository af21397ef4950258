package keyset

import (
	"math"
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

// TestEndlessCoolDownIsNoCoolDownOfZero: the sums of the longest Duration stay positive.
func TestEndlessCoolDownIsNoCoolDownOfZero(t *testing.T) {
	policy := Policy{CoolDown: math.MaxInt64, MaxAge: math.MaxInt64, Stale: math.MaxInt64}.WithDefaults()
	for failures := 1; failures < 100; failures++ {
		if got := policy.backOff(failures, true, 1); got != math.MaxInt64 {
			t.Fatalf("after %d failures: %v", failures, got)
		}
		if got := policy.backOff(failures, false, 1); got < time.Second || failures > 63 && got < math.MaxInt64/5*4 {
			t.Fatalf("without a set, after %d failures: %v", failures, got)
		}
	}
}

// TestOddJitter: what is no number from 0 to 1 counts as the nearest one, and NaN as 0.
func TestOddJitter(t *testing.T) {
	for jitter, want := range map[float64]float64{-1: 0, 0: 0, 0.5: 0.5, 1: 1, 2: 1, math.Inf(1): 1, math.Inf(-1): 0, math.NaN(): 0} {
		remote := &Remote{jitter: func() float64 { return jitter }}
		if got := remote.spread(); got != want {
			t.Errorf("%v: %v, want %v", jitter, got, want)
		}
	}
}
