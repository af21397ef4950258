package keyset_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

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
