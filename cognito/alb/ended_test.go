package alb_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A faultyClock calls fault at the use with that number of uses before it.
type faultyClock struct {
	keyset.Clock
	uses  atomic.Int32
	fault func()
}

func (c *faultyClock) use() {
	if c.uses.Add(-1) == -1 {
		c.fault()
	}
}

func (c *faultyClock) Now() time.Time { c.use(); return c.Clock.Now() }

func (c *faultyClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	c.use()
	return c.Clock.AfterFunc(d, f)
}

// TestClockThatExits: a clock that fails in the goroutine of a fetch, before the request or
// after the answer, ends the fetch. The address then has its back-off.
func TestClockThatExits(t *testing.T) {
	for name, fault := range map[string]func(){"panic": func() { panic("a secret") }, "exit": runtime.Goexit} {
		for uses := int32(1); uses <= 3; uses++ { // the first use is in the goroutine of the caller
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := newEndpoint()
					e.serve(respond(http.StatusInternalServerError, ""))
					clock := &faultyClock{Clock: keyset.SystemClock(), fault: fault}
					v := e.verifier(t, func(c *alb.Config) { c.Clock, c.Now = clock, time.Now })
					clock.uses.Store(uses)
					expect(t, v, token(), cognito.ErrKeysUnavailable)
					asked := e.count()
					expect(t, v, token(), cognito.ErrKeysUnavailable)
					if e.count() != asked {
						t.Error("the address was asked again at once")
					}
					time.Sleep(time.Minute)
					e.serve(nil)
					expect(t, v, token(), "")
				})
			})
		}
	}
}

func TestNothingIsLoggedAboutAKeyThatWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		e := newEndpoint()
		v := e.verifier(t, func(c *alb.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		expect(t, v, token(), "")
		synctest.Wait()
		if log.Len() > 0 {
			t.Errorf("the log:\n%s", &log)
		}
	})
}
