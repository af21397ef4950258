package random

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// A source of randomness that fails must stop what needs it.
func TestFailure(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	NewSource(iotest.ErrReader(errors.New("broken"))).Bytes(1)
}

func TestString(t *testing.T) {
	t.Parallel()
	const alphabet = "0123456789"
	// 0xFFFF is beyond the last whole multiple of ten, and is skipped.
	s := NewSource(strings.NewReader("\xff\xff\x00\x0c\x00\x03"))
	if got := s.String(2, alphabet); got != "23" {
		t.Errorf("String %q", got)
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	if got, want := NewSource(strings.NewReader(strings.Repeat("\xff", 16))).UUID(), "ffffffff-ffff-4fff-bfff-ffffffffffff"; got != want {
		t.Errorf("UUID %q, want %q", got, want)
	}
	if a, b := DerivedUUID("ab", "c"), DerivedUUID("a", "bc"); a == b || a != DerivedUUID("ab", "c") || len(a) != 36 || a[14] != '8' {
		t.Errorf("DerivedUUID %q and %q", a, b)
	}
}
