package keyset_test

import (
	"os"
	"strings"
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

// TestFormerContentOfAFileIsReadAgain: the file has another content for a short time, and
// then its former content with the former time.
func TestFormerContentOfAFileIsReadAgain(t *testing.T) {
	path := write(t, setOne())
	source, clock, _ := handFile(t, path)
	former := clock.Now().Add(-time.Hour)
	for _, step := range []struct {
		text, id string
		modified time.Time
	}{
		{setOne(), "one", former}, {setTwo(), "two", clock.Now().Add(10 * time.Second)}, {setOne(), "one", former},
	} {
		if err := os.WriteFile(path, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, step.modified, step.modified); err != nil {
			t.Fatal(err)
		}
		mustKey(t, source, step.id)
		clock.move(10 * time.Second)
	}
}

// TestSkippedKeysOfAFileAreLogged as those of an address are.
func TestSkippedKeysOfAFileAreLogged(t *testing.T) {
	path := write(t, jwks(jwk("one", keyOne(), ""), jwk("two", keyTwo(), `,"use":"enc"`)))
	source, _, log := handFile(t, path)
	mustKey(t, source, "one")
	if !strings.Contains(log.String(), "level=DEBUG") || !strings.Contains(log.String(), "kid=two") {
		t.Errorf("the log:\n%s", log)
	}
}
