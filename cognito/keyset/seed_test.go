package keyset_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// seeded returns a source with a seed for an hour.
func seeded(t testing.TB, e *endpoint, edit ...func(*keyset.RemoteConfig)) *keyset.Remote {
	t.Helper()
	edit = append([]func(*keyset.RemoteConfig){func(c *keyset.RemoteConfig) {
		c.Seed = keyset.Seed{JWKS: []byte(setOne()), UsableFor: time.Hour}
	}}, edit...)
	return remote(t, e, edit...)
}

// TestSeedIsUsedFromTheFirstLookup: without a network, without a wait, and the lookup
// starts a fetch.
func TestSeedIsUsedFromTheFirstLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(hang)
		source, began := seeded(t, e), time.Now()
		wantFetches(t, e, 0)
		if err := source.Load(t.Context()); err != nil {
			t.Error(err)
		}
		mustKey(t, source, "one")
		if waited := time.Since(began); waited != 0 {
			t.Errorf("the first lookups waited for %v", waited)
		}
		synctest.Wait()
		wantFetches(t, e, 1)
		time.Sleep(keyset.DefaultTimeout + time.Second)
		mustKey(t, source, "one")
	})
}

// TestFirstFetchReplacesTheSeed: a key that was withdrawn since the program was built is no
// longer accepted, and an outage later does not bring it back.
func TestFirstFetchReplacesTheSeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setTwo())
		source := seeded(t, e, func(c *keyset.RemoteConfig) { c.Seed.UsableFor = 1000 * time.Hour })
		withdrawn := mustKey(t, source, "one")
		synctest.Wait()
		mustNotFind(t, source, "one")
		mustKey(t, source, "two")
		if source.Holds(withdrawn, time.Now()) {
			t.Error("a key of the seed is held after it was replaced")
		}
		e.set(refuse)
		time.Sleep(keyset.DefaultStale + time.Hour)
		mustBeUnavailable(t, source, "one")
		mustBeUnavailable(t, source, "two")
	})
}

// TestSeedKeyThatStaysKeepsItsPointer, on which a cache of verified tokens relies.
func TestSeedKeyThatStaysKeepsItsPointer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(both())
		source := seeded(t, e)
		before := mustKey(t, source, "one")
		synctest.Wait()
		if after := mustKey(t, source, "one"); after != before || !source.Holds(before, time.Now()) {
			t.Error("an unchanged key has another pointer")
		}
	})
}

// TestUnknownKeyIsFetchedDespiteTheSeed: it waits for the first fetch, which other
// lookups share.
func TestUnknownKeyIsFetchedDespiteTheSeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(after(time.Second, respond(200, both())))
		source := seeded(t, e)
		mustKey(t, source, "one")
		mustKey(t, source, "two")
		mustNotFind(t, source, "three")
		wantFetches(t, e, 1)

		// With an address that fails, it is unknown whether there is such a key.
		e = &endpoint{}
		e.set(refuse)
		source = seeded(t, e)
		mustBeUnavailable(t, source, "two")
		wantFetches(t, e, 1)
		mustKey(t, source, "one")
	})
}

// TestReplacedKeyOfASeedStopsWorking: the address has another key under its name.
func TestReplacedKeyOfASeedStopsWorking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(jwks(jwk("one", keyTwo(), "")))
		source := seeded(t, e)
		old := mustKey(t, source, "one")
		key, err := source.Replacement(t.Context(), old)
		if err != nil || key == nil || key == old {
			t.Errorf("Replacement = %v, %v", key, err)
		}
	})
}

// TestSeedIsUsableForItsTimeOnly: fetches fail all the time, with their back-off.
func TestSeedIsUsableForItsTimeOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(refuse)
		source := seeded(t, e)
		for range 59 {
			mustKey(t, source, "one")
			time.Sleep(time.Minute)
		}
		if n := e.count(); n < 10 || n > 25 {
			t.Errorf("%d fetches in an hour", n)
		}
		time.Sleep(time.Minute - 1)
		key := mustKey(t, source, "one")
		if !source.Holds(key, time.Now()) {
			t.Error("the key is not held")
		}
		time.Sleep(time.Nanosecond)
		found := mustBeUnavailable(t, source, "one")
		if source.Holds(key, time.Now()) || !strings.Contains(found.Error(), "seed") || found.Absent() {
			t.Errorf("%v", found)
		}
		if err := source.Load(t.Context()); err == nil {
			t.Error("Load has keys")
		}
		e.serve(setOne())
		time.Sleep(10 * time.Minute)
		mustKey(t, source, "one")
	})
}

// TestSeedOfAnOldProcessIsUsableForItsTime: the time counts from NewRemote and not from
// the first lookup.
func TestSeedOfAnOldProcessIsUsableForItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(refuse)
		source := seeded(t, e)
		time.Sleep(time.Hour)
		mustBeUnavailable(t, source, "one")
	})
}

// TestSeedSurvivesClockJumps in both directions.
func TestSeedSurvivesClockJumps(t *testing.T) {
	e, clock := &endpoint{}, newHandClock()
	e.set(refuse)
	e.now = clock.Now
	source := seeded(t, e, func(c *keyset.RemoteConfig) { c.Clock = clock })
	look := func(want bool) {
		t.Helper()
		_, err := source.Key(context.Background(), "one")
		if (err == nil) != want {
			t.Errorf("%v, want a key: %t", err, want)
		}
	}
	look(true)
	clock.move(366 * 24 * time.Hour)
	look(false)
	clock.move(-366 * 24 * time.Hour)
	look(true)
	// Its age is unknown after the clock was set back before the start: it counts from now.
	clock.move(-time.Hour)
	look(true)
	clock.move(time.Hour - 1)
	look(true)
	clock.move(1)
	look(false)
}

// TestCopyReplacesTheSeed where it is not too old.
func TestCopyReplacesTheSeed(t *testing.T) {
	for name, test := range map[string]struct {
		age  time.Duration
		want string
	}{
		"fresh": {time.Minute, "two"}, "past its max age": {2 * time.Hour, "two"}, "too old": {48 * time.Hour, "one"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.json")
			if err := os.WriteFile(path, []byte(setTwo()), 0o600); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				written := time.Now().Add(-test.age)
				if err := os.Chtimes(path, written, written); err != nil {
					t.Fatal(err)
				}
				e := &endpoint{}
				e.set(refuse)
				source := seeded(t, e, func(c *keyset.RemoteConfig) { c.CopyFile = path })
				mustKey(t, source, "one") // the copy is read behind it
				synctest.Wait()
				mustKey(t, source, test.want)
				for _, other := range []string{"one", "two"} {
					if _, err := source.Key(t.Context(), other); other != test.want && err == nil {
						t.Errorf("the key %s is accepted too", other)
					}
				}
			})
		})
	}
}

// TestCopyReplacesTheSeedBeforeTheFetchEnds: a key that the newer set does not have is no
// longer accepted while the address does not answer.
func TestCopyReplacesTheSeedBeforeTheFetchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, setTwo())
		age(t, path, 2*time.Hour)
		e := &endpoint{}
		e.set(hang)
		source := seeded(t, e, func(c *keyset.RemoteConfig) { c.CopyFile = path })
		key := mustKey(t, source, "one") // the copy is read behind it
		synctest.Wait()
		if source.Holds(key, time.Now()) {
			t.Error("a key of the seed is held")
		}
		mustBeUnavailable(t, source, "one")
	})
}

// TestFetchesReportTheSeed: no set was fetched, as long as the seed is in use.
func TestFetchesReportTheSeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(refuse)
		var seen []keyset.Fetch
		source := seeded(t, e, func(c *keyset.RemoteConfig) { c.Fetched = func(f keyset.Fetch) { seen = append(seen, f) } })
		mustKey(t, source, "one")
		synctest.Wait()
		e.serve(setOne())
		time.Sleep(time.Minute)
		mustKey(t, source, "one")
		synctest.Wait()
		if len(seen) != 2 || !seen[0].SetFetchedAt.IsZero() || seen[0].Err == nil || !seen[1].SetFetchedAt.Equal(time.Now()) {
			t.Errorf("reported %+v", seen)
		}
	})
}

func TestFaultySeedsAreRefused(t *testing.T) {
	good := []byte(setOne())
	for name, test := range map[string]struct {
		seed keyset.Seed
		want []string
	}{
		"none":            {keyset.Seed{}, nil},
		"good":            {keyset.Seed{JWKS: good, UsableFor: time.Hour}, nil},
		"no time":         {keyset.Seed{JWKS: good}, []string{"UsableFor"}},
		"no set":          {keyset.Seed{UsableFor: time.Hour}, []string{"JWKS"}},
		"an empty file":   {keyset.Seed{JWKS: []byte{}, UsableFor: time.Hour}, []string{"JWKS"}},
		"a negative time": {keyset.Seed{JWKS: good, UsableFor: -1}, []string{"UsableFor"}},
		"broken":          {keyset.Seed{JWKS: good[1:], UsableFor: time.Hour}, []string{"JWKS"}},
		"no key":          {keyset.Seed{JWKS: []byte(`{"keys":[]}`), UsableFor: time.Hour}, []string{"JWKS"}},
		"all at once":     {keyset.Seed{JWKS: []byte("<html>")}, []string{"UsableFor", "JWKS"}},
	} {
		_, err := keyset.NewRemote(keyset.RemoteConfig{URL: address, Seed: test.seed})
		if got := faultFields(err, "RemoteConfig.Seed."); !slices.Equal(got, test.want) {
			t.Errorf("%s: NewRemote: %v", name, err)
		}
		if got := faultFields(test.seed.Validate(), "Seed."); !slices.Equal(got, test.want) {
			t.Errorf("%s: Validate: %v", name, err)
		}
	}
}

// faultFields returns the fields of the ConfigErrors in err, without the prefix.
func faultFields(err error, prefix string) (fields []string) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, each := range joined.Unwrap() {
		fault, ok := errors.AsType[*keyset.ConfigError](each)
		if !ok {
			return []string{each.Error()}
		}
		fields = append(fields, strings.TrimPrefix(fault.Field, prefix))
	}
	return fields
}
