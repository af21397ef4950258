package keyset_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestPanicOfFetchedIsLoggedByType: the set is in use, its copy is written, and the text
// of the panic is nowhere.
func TestPanicOfFetchedIsLoggedByType(t *testing.T) {
	path := filepath.Join(t.TempDir(), "copy.json")
	synctest.Test(t, func(t *testing.T) {
		e, log := &endpoint{}, &logBuffer{}
		e.serve(setOne())
		source := remote(t, e, func(c *keyset.RemoteConfig) {
			c.CopyFile, c.Logger = path, log.logger()
			c.Fetched = func(keyset.Fetch) { panic("hunter2") }
		})
		if err := source.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		mustKey(t, source, "one")
		if text := log.String(); !strings.Contains(text, "RemoteConfig.Fetched panicked") || !strings.Contains(text, "type=string") || strings.Contains(text, "hunter2") {
			t.Errorf("the log:\n%s", text)
		}
		if copied, err := os.ReadFile(path); err != nil || string(copied) != setOne() {
			t.Errorf("the copy: %v", err)
		}
	})
}

// TestFetchesAreReported: with their address, their times and the number of keys. A copy
// that is past its max age is reported too, and its reading is no part of the fetch. The
// slow observer delays neither the fetch nor the lookup.
func TestFetchesAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, setOne())
		age(t, path, 2*time.Hour)
		e, began := &endpoint{}, time.Now()
		e.set(after(time.Second, respond(200, both())))
		var lock sync.Mutex
		var seen []keyset.Fetch
		source := remote(t, e, func(c *keyset.RemoteConfig) {
			c.CopyFile = path
			c.Fetched = func(f keyset.Fetch) {
				lock.Lock()
				seen = append(seen, f)
				lock.Unlock()
				time.Sleep(time.Minute) // as a slow observer
			}
		})
		mustKey(t, source, "two")
		if waited := time.Since(began); waited != time.Second { // the bubble's clock
			t.Errorf("the lookup took %v", waited)
		}
		time.Sleep(time.Hour)
		e.set(refuse)
		mustKey(t, source, "two")
		synctest.Wait()
		lock.Lock()
		defer lock.Unlock()
		want := []keyset.Fetch{
			{URL: address, StartedAt: began, Copy: true, Keys: 1, SetFetchedAt: began.Add(-2 * time.Hour)},
			{URL: address, StartedAt: began, Duration: time.Second, StatusCode: http.StatusOK, Keys: 2, SetFetchedAt: began},
			{URL: address, StartedAt: began.Add(time.Hour + time.Second), SetFetchedAt: began},
		}
		if len(seen) != 3 || seen[2].Err == nil {
			t.Fatalf("reported %+v", seen)
		}
		seen[2].Err = nil
		for n := range want {
			if seen[n] != want[n] {
				t.Errorf("reported %+v, want %+v", seen[n], want[n])
			}
		}
		time.Sleep(time.Minute)
	})
}

// TestReadingTheCopyIsNoPartOfTheFetch, however long it takes.
func TestReadingTheCopyIsNoPartOfTheFetch(t *testing.T) {
	path := write(t, "no key set")
	synctest.Test(t, func(t *testing.T) {
		e, began := &endpoint{}, time.Now()
		e.serve(setOne())
		var seen []keyset.Fetch
		source := remote(t, e, func(c *keyset.RemoteConfig) {
			c.CopyFile, c.Logger = path, slog.New(faultyHandler(func() { time.Sleep(time.Minute) }))
			c.Fetched = func(f keyset.Fetch) { seen = append(seen, f) }
		})
		mustKey(t, source, "one")
		synctest.Wait()
		if len(seen) != 1 || seen[0].Duration != 0 || !seen[0].StartedAt.Equal(began.Add(time.Minute)) {
			t.Errorf("reported %+v", seen)
		}
	})
}

// TestNothingIsLoggedAboutAFetchThatWorks, where there is no observer of fetches either.
func TestNothingIsLoggedAboutAFetchThatWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, log := &endpoint{}, &logBuffer{}
		e.serve(setOne())
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.Logger = log.logger() })
		mustKey(t, source, "one")
		synctest.Wait()
		if log.String() != "" {
			t.Errorf("the log:\n%s", log)
		}
	})
}
