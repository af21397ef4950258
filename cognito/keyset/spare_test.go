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

// copied writes a copy with the key "two" that was fetched at the given time.
func copied(t *testing.T, written time.Time) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "copy.json")
	if err := os.WriteFile(path, []byte(setTwo()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, written, written); err != nil {
		t.Fatal(err)
	}
	return path
}

const seedTime = 30 * 24 * time.Hour

// TestStaleCopyGivesWayToTheSeed: without a network, a copy of 23.5 hours takes the place of
// a seed for 30 days. The seed is used again after it, for the rest of its time.
func TestStaleCopyGivesWayToTheSeed(t *testing.T) {
	for name, network := range map[string]bool{"refused": true, "hanging": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{}
				if e.set(hang); network {
					e.set(refuse)
				}
				path := copied(t, time.Now().Add(30*time.Minute-keyset.DefaultStale))
				source := seeded(t, e, func(c *keyset.RemoteConfig) { c.CopyFile, c.Seed.UsableFor = path, seedTime })
				start := time.Now()
				mustKey(t, source, "one") // the copy is read behind it
				synctest.Wait()
				old := mustKey(t, source, "two")
				time.Sleep(time.Until(start.Add(30*time.Minute - 1)))
				mustKey(t, source, "two")
				time.Sleep(time.Until(start.Add(30 * time.Minute)))
				key := mustKey(t, source, "one")
				if !source.Holds(key, time.Now()) || source.Holds(old, time.Now()) {
					t.Error("the source does not hold exactly the seed")
				}
				if err := source.Load(t.Context()); err != nil {
					t.Error(err)
				}
				mustBeUnavailable(t, source, "two")
				time.Sleep(time.Until(start.Add(seedTime - 1)))
				mustKey(t, source, "one")
				time.Sleep(time.Until(start.Add(seedTime)))
				if found := mustBeUnavailable(t, source, "one"); !strings.Contains(found.Error(), "seed") {
					t.Error(found)
				}
				time.Sleep(keyset.DefaultTimeout) // the fetch ends
			})
		})
	}
}

// TestFetchAfterTheCopyEndsTheSeed: the seed does not come back in a later outage.
func TestFetchAfterTheCopyEndsTheSeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(refuse)
		path := copied(t, time.Now().Add(-2*time.Hour))
		source := seeded(t, e, func(c *keyset.RemoteConfig) { c.CopyFile, c.Seed.UsableFor = path, seedTime })
		mustKey(t, source, "one")
		synctest.Wait()
		mustKey(t, source, "two")
		e.serve(setTwo())
		time.Sleep(10 * time.Minute)
		mustKey(t, source, "two")
		synctest.Wait()
		e.set(refuse)
		time.Sleep(keyset.DefaultStale + time.Hour)
		mustBeUnavailable(t, source, "two")
		mustBeUnavailable(t, source, "one")
	})
}

// TestCopyGoesStaleWhileACallerWaits: a caller that runs out of time gets the seed.
func TestCopyGoesStaleWhileACallerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(hang)
		path := copied(t, time.Now().Add(time.Second-keyset.DefaultStale))
		source := seeded(t, e, func(c *keyset.RemoteConfig) { c.CopyFile, c.Seed.UsableFor = path, seedTime })
		mustKey(t, source, "one")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if key, err := source.Key(ctx, "one"); key == nil {
			t.Errorf("no key: %v", err)
		}
		time.Sleep(keyset.DefaultTimeout) // the fetch ends
	})
}

// TestSpareSeedSurvivesClockJumps: its time does not become longer when the clock was ahead at
// the start, and begins again as that of every seed.
func TestSpareSeedSurvivesClockJumps(t *testing.T) {
	e, clock := &endpoint{}, newHandClock()
	e.set(refuse)
	e.now = clock.Now
	path := copied(t, clock.Now().Add(-time.Hour))
	source := seeded(t, e, func(c *keyset.RemoteConfig) { c.Clock, c.CopyFile, c.Seed.UsableFor = clock, path, seedTime })
	if err := source.Load(t.Context()); err != nil {
		t.Error(err)
	}
	for { // the copy is read behind the first lookup
		if _, err := source.Key(t.Context(), "two"); err == nil {
			break
		}
	}
	clock.move(-366 * 24 * time.Hour)
	mustKey(t, source, "two")
	clock.move(seedTime - 1)
	mustKey(t, source, "one")
	clock.move(1)
	mustBeUnavailable(t, source, "one")
}
