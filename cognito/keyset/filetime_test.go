package keyset_test

import (
	"os"
	"testing"
	"time"
)

// TestFileOfAnotherTimeIsRead: content of the same size, written into the same file,
// shows by its time.
func TestFileOfAnotherTimeIsRead(t *testing.T) {
	path := write(t, setOne())
	source, clock, _ := handFile(t, path)
	put := func(text string, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		modified := clock.Now().Add(-age)
		if err := os.Chtimes(path, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	if len(setOne()) != len(setTwo()) {
		t.Fatal("the sets differ in size")
	}
	put(setOne(), 2*time.Hour)
	mustKey(t, source, "one")
	put(setTwo(), time.Hour)
	clock.move(10 * time.Second)
	mustKey(t, source, "two")
	mustNotFind(t, source, "one")
}
