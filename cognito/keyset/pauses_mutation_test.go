package keyset_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestPauseAfterAHangingFetch: the back-off counts from the end of a failure. From
// its start, an address that hangs would be asked without a pause.
func TestPauseAfterAHangingFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(hang)
		source := remote(t, e)
		mustBeUnavailable(t, source, "one") // five seconds later
		if err := mustBeUnavailable(t, source, "one"); err.RetryAfter() != time.Second {
			t.Errorf("retry after %v", err.RetryAfter())
		}
		wantFetches(t, e, 1)
		time.Sleep(time.Second)
		mustBeUnavailable(t, source, "one")
		wantFetches(t, e, 2)
	})
}

// TestOlderSetDoesNotOverwriteANewerCopy: what is late in writing its copy, here
// because somebody's log is slow, must not bring a withdrawn key back for the next
// start.
func TestOlderSetDoesNotOverwriteANewerCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(refuse)
		stuck := &stuckLog{release: make(chan struct{})}
		path := filepath.Join(t.TempDir(), "jwks.json")
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.CopyFile, c.Logger = path, slog.New(stuck) })
		mustBeUnavailable(t, source, "one")
		e.serve(setOne())
		time.Sleep(time.Minute)
		mustKey(t, source, "one") // and now it is stuck in telling that fetching works again
		synctest.Wait()
		e.serve(setTwo())
		time.Sleep(10 * time.Second)
		mustKey(t, source, "two")
		synctest.Wait()
		if mustRead(t, path) != setTwo() {
			t.Fatal("the second set was not written")
		}
		close(stuck.release)
		synctest.Wait()
		if mustRead(t, path) != setTwo() {
			t.Error("the first set overwrote the second")
		}
	})
}

// A stuckLog keeps whoever tells it of recovery until it is released.
type stuckLog struct{ release chan struct{} }

func (*stuckLog) Enabled(context.Context, slog.Level) bool { return true }

func (l *stuckLog) Handle(_ context.Context, record slog.Record) error {
	if strings.Contains(record.Message, "works again") {
		<-l.release
	}
	return nil
}

func (l *stuckLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l *stuckLog) WithGroup(string) slog.Handler      { return l }

// TestShortPatienceHasTheUsableSet: while the refresh of a set past its max age hangs,
// who runs out of time is answered by that set, fetched or from a copy; but not about
// names that it does not have, not when it is stale, and not who only went away.
func TestShortPatienceHasTheUsableSet(t *testing.T) {
	for name, copied := range map[string]bool{"a set that was fetched": false, "a copy": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, path := &endpoint{}, write(t, setOne())
				source := remote(t, e, func(c *keyset.RemoteConfig) {
					if copied {
						c.CopyFile = path
					}
				})
				if age(t, path, 2*time.Hour); !copied {
					e.serve(setOne())
					mustKey(t, source, "one")
					time.Sleep(2 * time.Hour)
				}
				e.set(hang)
				ask := func(id string) error {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					_, err := source.Key(ctx, id)
					return err
				}
				if err := ask("one"); err != nil {
					t.Errorf("a known name: %v", err)
				}
				if err := ask("two"); !errors.Is(unavailable(t, err), context.DeadlineExceeded) {
					t.Errorf("an unknown name: %v", err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if _, err := source.Key(ctx, "one"); !errors.Is(unavailable(t, err), context.Canceled) {
					t.Errorf("cancelled: %v", err)
				}
				time.Sleep(24 * time.Hour)
				if err := ask("one"); !errors.Is(unavailable(t, err), context.DeadlineExceeded) {
					t.Errorf("stale: %v", err)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}
