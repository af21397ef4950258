package cognito_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A faultyClock calls fault once, at its next use after it is armed.
type faultyClock struct {
	keyset.Clock
	armed atomic.Bool
	fault func()
}

func (c *faultyClock) use() {
	if c.armed.CompareAndSwap(true, false) {
		c.fault()
	}
}

func (c *faultyClock) Now() time.Time { c.use(); return c.Clock.Now() }

func (c *faultyClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	c.use()
	return c.Clock.AfterFunc(d, f)
}

// A timerClock is armed before each timer.
type timerClock struct{ *faultyClock }

func (c timerClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	c.armed.Store(true)
	return c.faultyClock.AfterFunc(d, f)
}

// TestClockThatExitsBesideResolve: the call of Resolve ends, and so does the verification.
func TestClockThatExitsBesideResolve(t *testing.T) {
	for name, fault := range map[string]func(){"panic": func() { panic("a secret") }, "exit": runtime.Goexit} {
		for _, early := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				_, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
					clock := &faultyClock{Clock: c.Clock, fault: fault}
					c.Clock = clock
					if early {
						c.Clock = timerClock{clock}
						return
					}
					resolve := c.Resolve
					c.Resolve = func(ctx context.Context, issuer string) (*cognito.UserPool, error) {
						clock.armed.Store(true)
						return resolve(ctx, issuer)
					}
				})
				for range 2 {
					err := checkCode(t, verifier, pool.AccessToken(), cognito.ErrCheckUnavailable)
					want := map[string]string{"panic": "Config.Resolve panicked with a value of type string", "exit": "the goroutine of Config.Resolve ended"}[name]
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("error %v", err)
					}
				}
			})
		}
	}
}

// loadingSource is a source whose Load does what a test says.
type loadingSource struct {
	keyset.Source
	load func()
}

func (s loadingSource) Load(context.Context) error {
	s.load()
	return nil
}

// TestWarmUpOfASourceThatMisbehaves: WarmUp asks in goroutines of its own, in which a panic
// would end the program, and the end of a goroutine is no success.
func TestWarmUpOfASourceThatMisbehaves(t *testing.T) {
	for name, load := range map[string]func(){"panic": func() { panic("a secret") }, "exit": runtime.Goexit} {
		issuer := cognitotest.NewIssuer()
		verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.UserPools[0].KeySet = loadingSource{load: load} })
		want := map[string]string{"panic": "source panicked with a value of type string", "exit": "source ended the goroutine"}[name]
		err := verifier.WarmUp(t.Context())
		if !errors.Is(err, cognito.ErrKeysUnavailable) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
