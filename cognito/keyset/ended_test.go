package keyset_test

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A faultyClock calls fault in the goroutines of fetches, from the given reading of them on.
type faultyClock struct {
	keyset.Clock
	readings int
	fault    func()
}

// A faultyHandler calls itself for each line.
type faultyHandler func()

func (faultyHandler) Enabled(context.Context, slog.Level) bool    { return true }
func (h faultyHandler) Handle(context.Context, slog.Record) error { h(); return nil }
func (h faultyHandler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h faultyHandler) WithGroup(string) slog.Handler             { return h }

// isFetch reports whether the caller's goroutine is that of a fetch.
func isFetch() bool {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if filepath.Base(frame.Function) == "keyset.(*Remote).run" {
			return true
		}
		if !more {
			return false
		}
	}
}

func (c *faultyClock) Now() time.Time {
	if isFetch() {
		if c.readings--; c.readings < 0 {
			c.fault()
		}
	}
	return c.Clock.Now()
}

var faults = map[string]func(){"exit": runtime.Goexit, "panic": func() { panic("a secret") }}

// TestObserverThatExits: a call of Fetched that ends its goroutine, as a test's FailNow
// does, ends neither the fetch nor the reports, and the copy is written.
func TestObserverThatExits(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			path := write(t, setOne())
			synctest.Test(t, func(t *testing.T) {
				age(t, path, 2*time.Hour)
				e := &endpoint{}
				e.serve(both())
				reports := 0
				source := remote(t, e, func(c *keyset.RemoteConfig) {
					c.CopyFile = path
					c.Fetched = func(keyset.Fetch) { reports++; fault() }
				})
				mustKey(t, source, "two")
				synctest.Wait()
				if reports != 2 {
					t.Errorf("%d reports, want those of the copy and the fetch", reports)
				}
				if copied, err := os.ReadFile(path); err != nil || string(copied) != both() {
					t.Errorf("the copy: %v", err)
				}
			})
		})
	}
}

// TestClockThatExits: wherever the clock fails in the goroutine of a fetch, the fetch ends,
// and the next one is not made at once.
func TestClockThatExits(t *testing.T) {
	for name, fault := range faults {
		for readings := range 4 {
			t.Run(name, func(t *testing.T) {
				path := write(t, setOne())
				synctest.Test(t, func(t *testing.T) {
					age(t, path, 2*time.Hour)
					e := &endpoint{}
					e.serve(both())
					source := remote(t, e, func(c *keyset.RemoteConfig) {
						c.CopyFile, c.Clock = path, &faultyClock{keyset.SystemClock(), readings, fault}
					})
					mustBeUnavailable(t, source, "two")
					asked := e.count()
					mustBeUnavailable(t, source, "two")
					wantFetches(t, e, asked)
				})
			})
		}
	}
}

// TestJitterThatExits ends the fetch, after its request.
func TestJitterThatExits(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{}
				e.serve(setOne())
				source := remote(t, e, func(c *keyset.RemoteConfig) {
					c.Jitter = func() float64 { fault(); return 0 }
				})
				err := mustBeUnavailable(t, source, "one")
				want := map[string]string{
					"exit":  "keyset: there is no key set from " + address + ": the clock, the jitter or the logger ended the goroutine of the fetch",
					"panic": "keyset: there is no key set from " + address + ": the clock, the jitter or the logger panicked",
				}[name]
				if err.Error() != want {
					t.Errorf("error %q, want %q", err, want)
				}
				for _, wait := range []time.Duration{time.Second, 2 * time.Second} {
					if err.RetryAfter() != wait {
						t.Errorf("RetryAfter %v, want %v", err.RetryAfter(), wait)
					}
					time.Sleep(wait)
					err = mustBeUnavailable(t, source, "one")
				}
				wantFetches(t, e, 3)
			})
		})
	}
}

// TestLoggerThatExits: the set is in use, its copy is written and the fetch is reported.
func TestLoggerThatExits(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			path := write(t, "no key set") // which is logged
			synctest.Test(t, func(t *testing.T) {
				e, reports := &endpoint{}, atomic.Int32{}
				e.serve(setOne())
				source := remote(t, e, func(c *keyset.RemoteConfig) {
					c.CopyFile, c.Logger = path, slog.New(faultyHandler(fault))
					c.Fetched = func(keyset.Fetch) { reports.Add(1) }
				})
				mustBeUnavailable(t, source, "one")
				time.Sleep(time.Minute)
				e.set(func(*http.Request) (*http.Response, error) { return nil, os.ErrClosed })
				mustBeUnavailable(t, source, "one") // logged as well
				time.Sleep(time.Hour)
				e.serve(jwks(jwk("one", keyOne(), ""), `{"kty":"oct","kid":"x"}`))
				mustKey(t, source, "one")
				synctest.Wait()
				if copied, err := os.ReadFile(path); err != nil || string(copied) == "no key set" {
					t.Errorf("the copy: %q, %v", copied, err)
				}
				if got := reports.Load(); got != 2 {
					t.Errorf("%d reports", got)
				}
			})
		})
	}
}
