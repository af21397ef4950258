package keyset_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func write(t testing.TB, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "jwks.json")
	rewrite(t, path, content)
	return path
}

func rewrite(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func file(t testing.TB, path string, edit ...func(*keyset.FileConfig)) *keyset.File {
	t.Helper()
	config := keyset.FileConfig{Path: path}
	for _, edit := range edit {
		edit(&config)
	}
	source, err := keyset.NewFile(config)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// handFile returns a source on path with a clock of its own, and what it logs.
func handFile(t *testing.T, path string) (*keyset.File, *handClock, *logBuffer) {
	t.Helper()
	clock, log := newHandClock(), &logBuffer{}
	return file(t, path, func(c *keyset.FileConfig) {
		c.Clock = clock
		c.Logger = log.logger()
	}), clock, log
}

func TestNewFileRefusesFaultyConfig(t *testing.T) {
	_, err := keyset.NewFile(keyset.FileConfig{CoolDown: -1})
	if err == nil || !strings.Contains(err.Error(), "FileConfig.Path is") || !strings.Contains(err.Error(), "FileConfig.CoolDown is") {
		t.Errorf("error %v", err)
	}
}

func TestFileIsReadAgainWhenChanged(t *testing.T) {
	path := write(t, setOne())
	source, clock, _ := handFile(t, path)
	mustNotFind(t, source, "")
	one := mustKey(t, source, "one")
	rewrite(t, path, both())
	mustNotFind(t, source, "two") // within the cool-down
	clock.move(10 * time.Second)
	mustKey(t, source, "two")
	if mustKey(t, source, "one") != one {
		t.Error("a key that stayed has another pointer")
	}
	// A known name notices too.
	rewrite(t, path, setTwo())
	clock.move(10 * time.Second)
	mustNotFind(t, source, "one")
	// There is no limit of age.
	clock.move(1000 * time.Hour)
	mustKey(t, source, "two")
}

// Same size, same time stamp: only a second look at the content tells.
func TestFileChangedWithinOneTick(t *testing.T) {
	one, other := jwks(jwk("one", keyOne(), "")), jwks(jwk("two", keyOne(), ""))
	path := write(t, one)
	clock := newHandClock()
	at := clock.Now().Add(-time.Second)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	source := file(t, path, func(c *keyset.FileConfig) { c.Clock = clock })
	mustKey(t, source, "one")
	rewrite(t, path, other)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	clock.move(10 * time.Second)
	mustKey(t, source, "two")
}

func TestFileReplacedByRenaming(t *testing.T) {
	path := write(t, jwks(jwk("one", keyOne(), "")))
	clock := newHandClock()
	at := clock.Now().Add(-time.Hour)
	other := filepath.Join(filepath.Dir(path), "new")
	rewrite(t, other, jwks(jwk("two", keyOne(), "")))
	for _, p := range []string{path, other} {
		if err := os.Chtimes(p, at, at); err != nil {
			t.Fatal(err)
		}
	}
	source := file(t, path, func(c *keyset.FileConfig) { c.Clock = clock })
	mustKey(t, source, "one")
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	clock.move(10 * time.Second)
	mustKey(t, source, "two")
}

func TestBrokenFileKeepsTheLastGoodSet(t *testing.T) {
	path := write(t, setOne())
	source, clock, log := handFile(t, path)
	one := mustKey(t, source, "one")
	for _, content := range []string{"", setTwo()[:100], `{"keys":[]}`, "<html>", setTwo() + strings.Repeat(" ", keyset.MaxBytes)} {
		rewrite(t, path, content)
		clock.move(10 * time.Second)
		if mustKey(t, source, "one") != one {
			t.Error("the held key was replaced")
		}
		if err := mustBeUnavailable(t, source, "two"); !strings.Contains(err.Error(), path) || err.Absent() {
			t.Errorf("error %q", err)
		}
		if again, err := source.Replacement(context.Background(), one); again != nil || err != nil {
			t.Errorf("Replacement = %v, %v", again, err)
		}
		if err := source.Load(context.Background()); err != nil {
			t.Errorf("Load: %v", err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	clock.move(10 * time.Second)
	mustKey(t, source, "one")
	for range 100 {
		clock.move(10 * time.Second)
		mustKey(t, source, "one")
	}
	if n := strings.Count(log.String(), "cannot be used"); n != 5 {
		// The first two contents have one reason, each other one its own.
		t.Errorf("%d warnings: %s", n, log)
	}
	rewrite(t, path, both())
	clock.move(10 * time.Second)
	mustKey(t, source, "two")
	if !strings.Contains(log.String(), "can be used again") {
		t.Errorf("log: %s", log)
	}
}

func TestFileThatWasNeverGood(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ path, reason string }{
		"missing":   {filepath.Join(dir, "missing"), "missing"},
		"directory": {dir, "not a regular file"},
		"broken":    {write(t, setOne()[:100]), "not a complete JSON object"},
		"no key":    {write(t, `{"keys":[]}`), "no usable key"},
	} {
		t.Run(name, func(t *testing.T) {
			source, clock, _ := handFile(t, test.path)
			err := source.Load(context.Background())
			if found := unavailable(t, err); !strings.Contains(err.Error(), test.reason) || found.RetryAfter() != 10*time.Second {
				t.Errorf("error %q, retry after %v", err, found.RetryAfter())
			}
			if name == "missing" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error %v does not wrap its cause", err)
			}
			if name == "no key" && !errors.Is(err, keyset.ErrNoUsableKey) {
				t.Errorf("error %v does not wrap its cause", err)
			}
			mustBeUnavailable(t, source, "one")
			_, err = source.Replacement(context.Background(), staticKey(t))
			unavailable(t, err)
			if name == "directory" {
				return
			}
			rewrite(t, test.path, setOne())
			mustBeUnavailable(t, source, "one") // within the cool-down
			clock.move(10 * time.Second)
			mustKey(t, source, "one")
		})
	}
}

func staticKey(t *testing.T) *keyset.Key {
	t.Helper()
	source, err := keyset.NewStatic([]byte(jwks(jwk("one", keyTwo(), ""))))
	if err != nil {
		t.Fatal(err)
	}
	return mustKey(t, source, "one")
}

func TestFileReplacementUnderTheSameName(t *testing.T) {
	path := write(t, setOne())
	source, clock, _ := handFile(t, path)
	old := mustKey(t, source, "one")
	rewrite(t, path, jwks(jwk("one", keyTwo(), "")))
	if key, err := source.Replacement(context.Background(), old); key != nil || err != nil {
		t.Errorf("within the cool-down: %v, %v", key, err)
	}
	clock.move(10 * time.Second)
	key, err := source.Replacement(context.Background(), old)
	if err != nil || key == nil || key != mustKey(t, source, "one") {
		t.Errorf("Replacement = %v, %v", key, err)
	}
	if again, err := source.Replacement(context.Background(), nil); again != nil || err != nil {
		t.Errorf("Replacement(nil) = %v, %v", again, err)
	}
}

func TestFileClockSetBack(t *testing.T) {
	path := write(t, setOne())
	source, clock, _ := handFile(t, path)
	mustKey(t, source, "one")
	clock.move(-10 * time.Hour)
	rewrite(t, path, both())
	mustKey(t, source, "two")
}

func TestFileConcurrentUse(t *testing.T) {
	path := write(t, setOne())
	source, clock, _ := handFile(t, path)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				if _, err := source.Key(context.Background(), "one"); err != nil {
					t.Error(err)
				}
				source.Key(context.Background(), "two")
				if n%20 == 0 {
					clock.move(3 * time.Second)
				}
				if i == 0 && n == 100 {
					// As good programs write it: whole, under its final name.
					rewrite(t, path+".new", both())
					if err := os.Rename(path+".new", path); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	clock.move(10 * time.Second)
	mustKey(t, source, "two")
}

// A slowClock stops whoever asks for the time while it is told to.
type slowClock struct {
	*handClock
	slow atomic.Bool
	stop chan struct{}
}

func (c *slowClock) Now() time.Time {
	if c.slow.CompareAndSwap(true, false) {
		c.stop <- struct{}{} // arrived
		<-c.stop             // may go on
	}
	return c.handClock.Now()
}

func TestWaitingForAnotherReaderOfTheFile(t *testing.T) {
	clock := &slowClock{handClock: newHandClock(), stop: make(chan struct{})}
	source := file(t, write(t, setOne()), func(c *keyset.FileConfig) { c.Clock = clock })
	mustKey(t, source, "one")
	clock.move(10 * time.Second)
	clock.slow.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		source.Key(context.Background(), "two")
	}()
	<-clock.stop
	mustKey(t, source, "one") // does not wait
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := source.Key(ctx, "two")
	if unavailable(t, err); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	clock.stop <- struct{}{}
	<-done
}
