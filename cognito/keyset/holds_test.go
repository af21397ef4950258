package keyset_test

import (
	"os"
	"path/filepath"
	"testing"
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
