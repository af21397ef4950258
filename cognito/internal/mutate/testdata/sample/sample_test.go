package sample

import (
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, c := range []struct {
		name string
		size int
		end  time.Time
		good bool
	}{
		{"good", 10, now.Add(1), true},
		{"good", 11, now.Add(1), false},
		{"", 1, now.Add(1), false},
		{"none", 1, now.Add(1), false},
		{"good", 1, now, false},
		{"go!", 1, now.Add(1), false},
	} {
		if err := Check(c.name, c.size, now, c.end); (err == nil) != c.good {
			t.Errorf("Check(%q, %d): %v", c.name, c.size, err)
		}
	}
}

func TestShort(t *testing.T) {
	if !short("ab") || short("abcd") {
		t.Error("short")
	}
}

func TestValidate(t *testing.T) {
	for name, want := range map[string]int{"none": 1, "good": 0} {
		var found faults
		if validate(name, &found); len(found) != want {
			t.Errorf("validate(%q): %q", name, found)
		}
	}
}

func TestCount(t *testing.T) {
	if n, ok := count([]string{"a", "", "b"}, 3); n != 2 || !ok {
		t.Errorf("count: %d, %t", n, ok)
	}
	if n, ok := count([]string{"a", "b"}, 1); n != 2 || ok {
		t.Errorf("count: %d, %t", n, ok)
	}
}
