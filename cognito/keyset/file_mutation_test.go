package keyset_test

import (
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// TestFileOfAnotherSizeIsRead: what was written into the same file, and given the same
// time, shows by its size.
func TestFileOfAnotherSizeIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := write(t, setOne())
		age(t, path, time.Hour)
		source := file(t, path)
		mustKey(t, source, "one")
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(both()), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		mustKey(t, source, "two")
	})
}
