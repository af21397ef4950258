package inputlines_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/poolguard/poolguard/internal/inputlines"
)

// A byte order mark is one at the very start of standard input only.
func TestByteOrderMarkIsSkippedAtTheStartOnly(t *testing.T) {
	t.Parallel()
	const mark = "\ufeff"
	for input, want := range map[string][]string{
		mark + "a\r\nb":        {"a", "b"},
		mark + "\r\n\r\na":     {"a"},
		mark + " a":            {"a"},
		mark:                   nil,
		mark + mark + "a":      {mark + "a"},
		"a\n" + mark + "b\n":   {"a", mark + "b"},
		" " + mark + "a":       {mark + "a"},
		mark[:2]:               {mark[:2]},
		mark[:2] + "a":         {mark[:2] + "a"},
		"\uff21":               {"\uff21"}, // begins with the same byte
		mark[:1] + "\n" + mark: {mark[:1], mark},
	} {
		var got []string
		for l, err := range inputlines.Read(t.Context(), iotest.OneByteReader(strings.NewReader(input))) {
			if err != nil {
				t.Fatalf("%q: %v", input, err)
			}
			got = append(got, l.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", input, got, want)
		}
	}
}

// Looking for a mark does not hold up a line that is shorter than one.
func TestShortLineIsNotHeldUp(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	defer w.Close()
	go func() { _, _ = io.WriteString(w, "a\n") }()
	for l, err := range inputlines.Read(t.Context(), r) {
		if err != nil || l.Text != "a" {
			t.Errorf("%q, %v", l.Text, err)
		}
		return
	}
}
