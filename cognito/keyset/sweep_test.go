package keyset_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestLeftoversAreSwept: a process that was killed while it wrote the copy leaves a
// file; the next good fetch takes it away, and nothing else.
func TestLeftoversAreSwept(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	files := map[string]struct {
		modified time.Time
		stays    bool
	}{
		".keys.json.123.tmp":  {old, false},
		".keys.json.124.tmp":  {time.Now(), true}, // somebody may be writing it
		".other.json.123.tmp": {old, true},
		"keys.json.123.tmp":   {old, true},
		".keys.json.123":      {old, true},
	}
	for name, file := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, file.modified, file.modified); err != nil {
			t.Fatal(err)
		}
	}
	e := &endpoint{}
	e.serve(setOne())
	source := remote(t, e, func(c *keyset.RemoteConfig) { c.CopyFile = filepath.Join(dir, "keys.json") })
	if err := source.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, file := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); os.IsNotExist(err) == file.stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}
