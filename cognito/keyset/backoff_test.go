package keyset_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestAttemptsAreSpaced(t *testing.T) {
	spacings := func(e *endpoint) (list []time.Duration) {
		times := e.times()
		for i := 1; i < len(times); i++ {
			list = append(list, times[i].Sub(times[i-1]))
		}
		return list
	}
	check := func(t *testing.T, jitter float64, held bool, want []time.Duration) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			e := &endpoint{}
			e.serve(setOne())
			source := remote(t, e, func(c *keyset.RemoteConfig) { c.Jitter = func() float64 { return jitter } })
			if held {
				mustKey(t, source, "one")
				time.Sleep(time.Minute)
			}
			e.set(refuse)
			e.asked = nil
			for range 20_000 {
				if err := mustBeUnavailable(t, source, "unknown"); err.RetryAfter() > 5*time.Minute {
					t.Fatalf("retry after %v", err.RetryAfter())
				}
				time.Sleep(125 * time.Millisecond)
			}
			got := spacings(e)
			if len(got) < len(want) {
				t.Fatalf("spacings %v", got)
			}
			for i, d := range want {
				if got[i].Round(time.Second) != d.Round(time.Second) || got[i] < d {
					t.Fatalf("spacings %v, want %v", got, want)
				}
			}
		})
	}
	s := time.Second
	t.Run("no set", func(t *testing.T) {
		check(t, 0, false, []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, 128 * s, 240 * s, 240 * s})
	})
	t.Run("a set held", func(t *testing.T) {
		check(t, 0, true, []time.Duration{10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 240 * s, 240 * s})
	})
	t.Run("most jitter", func(t *testing.T) {
		check(t, 1, true, []time.Duration{12500 * time.Millisecond, 25 * s, 50 * s, 100 * s, 200 * s, 300 * s, 300 * s})
	})
}

// Jitter lengthens what was asked for too, so that a fleet which was told the same
// time does not come back in step, nor before that time.
func TestRetryAfterIsJittered(t *testing.T) {
	for header, want := range map[string]time.Duration{"60": 75 * time.Second, "300": 375 * time.Second, "3600": 375 * time.Second} {
		e := &endpoint{}
		e.set(respond(503, "", "Retry-After", header))
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Jitter = func() float64 { return 1 } })
		err := mustBeUnavailable(t, source, "one")
		if err.RetryAfter().Round(time.Second) != want {
			t.Errorf("%s: retry after %v, want %v", header, err.RetryAfter(), want)
		}
	}
}

// A stale set is of no more use than none.
func TestBackOffWithStaleSetIsThatOfAColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		mustKey(t, source, "one")
		time.Sleep(48 * time.Hour)
		e.set(refuse)
		if err := mustBeUnavailable(t, source, "one"); err.RetryAfter() != time.Second {
			t.Errorf("retry after %v", err.RetryAfter())
		}
	})
}

func TestRetryAfterIsHeeded(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where synctest begins
	tests := []struct {
		status int
		header string
		want   time.Duration
	}{
		{429, "60", time.Minute},
		{503, "60", time.Minute},
		{503, now.Add(2 * time.Minute).Format(http.TimeFormat), 2 * time.Minute},
		{429, "86400", 5 * time.Minute},
		{429, "99999999999999999999999", 5 * time.Minute},
		{503, now.Add(time.Hour).Format(http.TimeFormat), 5 * time.Minute},
		{429, "0", time.Second},
		{429, "-5", time.Second},
		{429, "soon", time.Second},
		{503, now.Add(-time.Hour).Format(http.TimeFormat), time.Second},
		{500, "60", time.Second}, // has no meaning there
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.status, test.header), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{}
				e.set(respond(test.status, "", "Retry-After", test.header))
				source := remote(t, e)
				if err := mustBeUnavailable(t, source, "one"); err.RetryAfter() != test.want {
					t.Errorf("retry after %v, want %v", err.RetryAfter(), test.want)
				}
				e.serve(setOne())
				time.Sleep(test.want - time.Millisecond)
				mustBeUnavailable(t, source, "one")
				time.Sleep(time.Millisecond)
				mustKey(t, source, "one")
				wantFetches(t, e, 2)
			})
		})
	}
}
