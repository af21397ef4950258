package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a job that takes 2.5 ms of simulated time for ten verifications.
func slow() job {
	return job{10, func() error { time.Sleep(2500 * time.Microsecond); return nil }}
}

func mustMeter(t *testing.T, jobs ...job) throughput {
	t.Helper()
	got, err := meter(t.Context(), 101*time.Millisecond, jobs...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestIndependentJobsTakeHalfTheTimeOnTwoCores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := mustMeter(t, slow()), mustMeter(t, slow(), slow())
		if want := (throughput{400, 101 * time.Millisecond}); one != want {
			t.Errorf("one job: got %v, want %v", one, want)
		}
		if want := (throughput{800, 101 * time.Millisecond}); two != want {
			t.Errorf("two jobs: got %v, want %v", two, want)
		}
		if speedup := one.nanoseconds() / two.nanoseconds(); speedup != 2 {
			t.Errorf("speedup: got %v, want 2", speedup)
		}
	})
}

func TestJobsThatWaitForEachOtherGainNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := make(chan struct{}, 1)
		shared := job{10, func() error {
			turn <- struct{}{}
			time.Sleep(2500 * time.Microsecond)
			<-turn
			return nil
		}}
		one, two := mustMeter(t, shared), mustMeter(t, shared, shared)
		if one.verifications != two.verifications {
			t.Errorf("verifications: got %d with one job and %d with two, want the same", one.verifications, two.verifications)
		}
	})
}

func TestWindowBeginsAfterEveryJobRan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := false
		late := job{10, func() error {
			if !started {
				time.Sleep(time.Second)
				started = true
			}
			time.Sleep(2500 * time.Microsecond)
			return nil
		}}
		if got, want := mustMeter(t, late), (throughput{400, 101 * time.Millisecond}); got != want {
			t.Errorf("a job with a slow start: got %v, want %v", got, want)
		}
	})
}

func TestFailedJobEndsTheMeasurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := errors.New("token is refused")
		for _, calls := range []int{0, 3} {
			n := 0
			failing := job{10, func() error {
				time.Sleep(time.Millisecond)
				if n++; n > calls {
					return fault
				}
				return nil
			}}
			if _, err := meter(t.Context(), time.Hour, slow(), failing); !errors.Is(err, fault) {
				t.Errorf("a job that fails after %d calls: got error %v", calls, err)
			}
		}
	})
}

func TestCanceledMeasurementIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := meter(ctx, time.Hour, slow()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after the deadline: got error %v", err)
		}
	})
}

func TestWindowIsLongerUntilEveryJobEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verySlow := job{10, func() error { time.Sleep(301 * time.Millisecond); return nil }}
		got := mustMeter(t, slow(), verySlow)
		if got.took < 301*time.Millisecond || got.verifications <= 1200 {
			t.Errorf("got %v, want a window in which both jobs end", got)
		}
	})
}
