package keyset_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// withCopy returns a source on e with a copy file, and what it logs.
func withCopy(t *testing.T, e *endpoint, path string) (*keyset.Remote, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	return remote(t, e, func(c *keyset.RemoteConfig) {
		c.CopyFile = path
		c.Logger = log.logger()
	}), log
}

// age makes the file look as if written that long ago by the bubble's clock.
func age(t *testing.T, path string, age time.Duration) {
	t.Helper()
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func mustHold(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the directory holds %q, want %q", got, names)
	}
}

func TestCopyIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "jwks.json")
		e := &endpoint{}
		e.serve(setOne())
		source, log := withCopy(t, e, path)
		if err := source.Load(context.Background()); err != nil {
			t.Fatal(err)
		}
		// Load waits for the copy, so that a short-lived program leaves one.
		if mustRead(t, path) != setOne() {
			t.Error("the copy is not the answer")
		}
		mustHold(t, filepath.Dir(path), "jwks.json")
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if !info.ModTime().Equal(time.Now()) {
			t.Errorf("the copy is of %v, it is %v", info.ModTime(), time.Now())
		}
		if info.Mode().Perm()&0o022 != 0 {
			t.Errorf("others may write the copy: %v", info.Mode())
		}

		// A bad answer leaves it, a good one replaces it.
		e.set(respond(200, "{}"))
		time.Sleep(10 * time.Second)
		mustBeUnavailable(t, source, "two")
		synctest.Wait()
		if mustRead(t, path) != setOne() {
			t.Error("a bad answer reached the copy")
		}
		e.serve(both())
		time.Sleep(10 * time.Second)
		mustKey(t, source, "two")
		synctest.Wait()
		if mustRead(t, path) != both() {
			t.Error("the copy is not the newest answer")
		}
		if strings.Contains(log.String(), "copy") {
			t.Errorf("log: %s", log)
		}
	})
}

func TestCopyAtStart(t *testing.T) {
	tests := map[string]struct {
		content string
		age     time.Duration
		online  bool // the address then serves setTwo
		key     string
		fetches int
		log     string
	}{
		"fresh, online":            {setOne(), time.Minute, true, "one", 0, ""},
		"fresh, offline":           {setOne(), time.Minute, false, "one", 0, ""},
		"from the future, online":  {setOne(), -48 * time.Hour, true, "two", 1, ""},
		"from the future, offline": {setOne(), -48 * time.Hour, false, "one", 1, "fetching the key set failed"},
		"past max age, online":     {setOne(), 2 * time.Hour, true, "two", 1, ""},
		"past max age, offline":    {setOne(), 2 * time.Hour, false, "one", 1, "fetching the key set failed"},
		"stale, online":            {setOne(), 24 * time.Hour, true, "two", 1, "too old"},
		"stale, offline":           {setOne(), 24 * time.Hour, false, "", 1, "too old"},
		"partial, online":          {setOne()[:100], time.Minute, true, "two", 1, "not a complete JSON object"},
		"partial, offline":         {setOne()[:100], time.Minute, false, "", 1, "not a complete JSON object"},
		"empty, offline":           {"", time.Minute, false, "", 1, "not a complete JSON object"},
		"no usable key, offline":   {`{"keys":[]}`, time.Minute, false, "", 1, "no usable key"},
		"too large, offline":       {setOne() + strings.Repeat(" ", keyset.MaxBytes), time.Minute, false, "", 1, "larger"},
		"for the refresh, offline": {setOne(), 50 * time.Minute, false, "one", 1, "fetching the key set failed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := write(t, test.content)
				age(t, path, test.age)
				e := &endpoint{}
				e.set(refuse)
				if test.online {
					e.serve(setTwo())
				}
				source, log := withCopy(t, e, path)
				if test.online && test.fetches == 1 {
					mustNotFind(t, source, "one") // nobody is told of it before the address is asked
				}
				if test.key == "" {
					mustBeUnavailable(t, source, "one")
				} else {
					mustKey(t, source, test.key)
				}
				synctest.Wait() // for what is fetched, logged and written after the answer
				wantFetches(t, e, test.fetches)
				if !strings.Contains(log.String(), test.log) {
					t.Errorf("the log does not say %q: %s", test.log, log)
				}
				// Only a good answer overwrites, a broken copy too.
				want := test.content
				if test.online && test.fetches == 1 {
					want = setTwo()
				}
				if mustRead(t, path) != want {
					t.Error("the copy is not what it should be")
				}
			})
		})
	}
}

// TestSkippedKeysOfACopyAreLogged, with the file.
func TestSkippedKeysOfACopyAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, jwks(jwk("one", keyOne(), ""), jwk("two", keyTwo(), `,"use":"enc"`)))
		age(t, path, time.Minute)
		source, log := withCopy(t, &endpoint{}, path)
		mustKey(t, source, "one")
		for _, want := range []string{"level=DEBUG", "kid=two", "file=" + path} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q: %s", want, log)
			}
		}
	})
}

// The copy's age counts from when it was fetched, not from this start.
func TestCopyAges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, setOne())
		age(t, path, 23*time.Hour)
		e := &endpoint{}
		e.set(respond(403, ""))
		source, _ := withCopy(t, e, path)
		mustKey(t, source, "one")
		time.Sleep(time.Hour)
		if err := mustBeUnavailable(t, source, "one"); err.Absent() {
			t.Error("absent, though there is a copy of an earlier set")
		}
	})
}

func TestUnknownNameWithFreshCopyIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, setOne())
		age(t, path, time.Minute)
		e := &endpoint{}
		e.serve(both())
		source, _ := withCopy(t, e, path)
		mustKey(t, source, "two")
		wantFetches(t, e, 1)
		mustNotFind(t, source, "three")
		wantFetches(t, e, 1)
	})
}

func TestCopyCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source, log := withCopy(t, e, filepath.Join(t.TempDir(), "missing", "jwks.json"))
		if err := source.Load(context.Background()); err != nil {
			t.Error(err)
		}
		mustKey(t, source, "one")
		if !strings.Contains(log.String(), "could not be written") {
			t.Errorf("log: %s", log)
		}
	})
	// Renaming fails: nothing may be left of the attempt.
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "jwks.json")
		if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		e := &endpoint{}
		e.serve(setOne())
		source, log := withCopy(t, e, path)
		if err := source.Load(context.Background()); err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), "not a regular file") || !strings.Contains(log.String(), "could not be written") {
			t.Errorf("log: %s", log)
		}
		mustHold(t, filepath.Dir(path), "jwks.json")
	})
}

// A program that was killed while it wrote leaves a part of a temporary file, and
// the copy as it was before.
func TestKilledWhileWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, setOne())
		age(t, path, time.Minute)
		left := filepath.Join(filepath.Dir(path), ".jwks.json.1234.tmp")
		if err := os.WriteFile(left, []byte(setTwo()[:50]), 0o600); err != nil {
			t.Fatal(err)
		}
		e := &endpoint{}
		e.set(refuse)
		source, _ := withCopy(t, e, path)
		mustKey(t, source, "one")
		e.serve(both())
		time.Sleep(time.Hour)
		mustKey(t, source, "two")
		synctest.Wait()
		if mustRead(t, path) != both() {
			t.Error("the copy was not replaced")
		}
	})
}

// A set that takes long to write must not overwrite one that came after it.
func TestCopiesAreWrittenInTurn(t *testing.T) {
	padding := strings.Repeat(" ", keyset.MaxBytes-len(setOne()))
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			path, clock, e := filepath.Join(t.TempDir(), "jwks.json"), newHandClock(), &endpoint{}
			e.serve(setOne() + padding)
			source := remote(t, e, func(c *keyset.RemoteConfig) { c.CopyFile, c.Clock = path, clock })
			mustKey(t, source, "one")
			e.serve(setTwo())
			clock.move(10 * time.Second)
			mustKey(t, source, "two")
			synctest.Wait()
			if mustRead(t, path) != setTwo() {
				t.Error("the first set overwrote the second")
			}
		})
	}
}
