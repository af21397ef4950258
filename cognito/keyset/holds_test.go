package keyset_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestHolds checks of each kind of source that it holds the keys that it gives, and
// neither those of another set, though they be equal, nor any at a time when it
// would look again.
func TestHolds(t *testing.T) {
	now := time.Now()
	static, err := keyset.NewStatic([]byte(setOne()))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(path, []byte(setOne()), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := keyset.NewFile(keyset.FileConfig{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := keyset.NewStatic([]byte(setOne()))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := elsewhere.Key(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]keyset.Source{"static": static, "file": file} {
		if name == "file" && source.Holds(foreign, now) {
			t.Error("a file that was never read holds a key")
		}
		key, err := source.Key(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		if !source.Holds(key, time.Now()) || source.Holds(nil, now) || source.Holds(foreign, now) {
			t.Errorf("%s: a key is held by the set that it came from, and by no other", name)
		}
		if later := source.Holds(key, now.Add(time.Hour)); later != (name == "static") {
			t.Errorf("%s: held an hour later: %v", name, later)
		}
		if n := testing.AllocsPerRun(100, func() { source.Holds(key, now) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestNoSetHoldsTheNilKey, also not one that is so large that it is looked into by name.
func TestNoSetHoldsTheNilKey(t *testing.T) {
	members := make([]string, 20)
	for n := range members {
		members[n] = jwk(strings.Repeat("k", n+1), keyOne(), "")
	}
	static, err := keyset.NewStatic([]byte(jwks(members...)))
	if err != nil {
		t.Fatal(err)
	}
	if key := mustKey(t, static, "kk"); !static.Holds(key, time.Now()) || static.Holds(nil, time.Now()) {
		t.Error("the static set does not hold its keys alone")
	}
	e := &endpoint{}
	e.serve(jwks(members...))
	source := remote(t, e)
	if key := mustKey(t, source, "kk"); !source.Holds(key, time.Now()) || source.Holds(nil, time.Now()) {
		t.Error("the remote set does not hold its keys alone")
	}
}

// TestRemoteHoldsKeysUntilItHasToLook: from the moment of the fetch to the next time
// when something is due.
func TestRemoteHoldsKeysUntilItHasToLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		fetched := time.Now()
		key := mustKey(t, source, "one")
		if !source.Holds(key, fetched) || source.Holds(key, fetched.Add(-1)) {
			t.Error("the key is held from the moment of its fetch")
		}
		// A refresh that is due fails. Until the next attempt there is nothing to do.
		e.set(refuse)
		time.Sleep(time.Hour)
		mustKey(t, source, "one")
		synctest.Wait()
		wantFetches(t, e, 2)
		if !source.Holds(key, time.Now()) {
			t.Error("the key is not held, and no attempt may start")
		}
		if source.Holds(key, time.Now().Add(time.Hour)) {
			t.Error("the key is held, and an attempt is due")
		}
	})
}

// TestRemoteHoldsKeysDuringARefresh: until the set reaches its max age, from when on lookups
// wait for the refresh. While refreshes fail, until the set is stale.
func TestRemoteHoldsKeysDuringARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.serve(setOne())
		source := remote(t, e)
		fetched := time.Now()
		key := mustKey(t, source, "one")
		check := func(limit time.Duration) {
			t.Helper()
			if now := time.Now(); !source.Holds(key, now) {
				t.Error("the key is not held")
			}
			if !source.Holds(key, fetched.Add(limit-1)) || source.Holds(key, fetched.Add(limit)) {
				t.Errorf("the key is not held for exactly %v", limit)
			}
		}
		e.set(hang)
		time.Sleep(50 * time.Minute)
		mustKey(t, source, "one")
		synctest.Wait()
		wantFetches(t, e, 2)
		check(keyset.DefaultMaxAge)
		time.Sleep(time.Hour) // the refresh has failed long ago
		mustKey(t, source, "one")
		synctest.Wait()
		wantFetches(t, e, 3)
		check(keyset.DefaultStale)
		time.Sleep(time.Minute)
	})
}
