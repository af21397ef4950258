package poolfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/poolfile"
)

// Whatever a file holds, reading it ends soon, without a panic, and with faults that
// are in the file.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "faults", "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(poolfile.Example()))
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		file, err := poolfile.Parse("f", text, surroundings())
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
		var found *poolfile.Error
		switch {
		case err == nil && file != nil:
			return
		case !errors.As(err, &found) || file != nil || len(found.Faults) == 0:
			t.Fatalf("got %v, %v", file, err)
		}
		// A carriage return by itself ends a line too (YAML 1.2.2 §5.4).
		lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 2
		for _, fault := range found.Faults {
			if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Message == "" || !utf8.ValidString(fault.Excerpt) {
				t.Errorf("got %+v in %d lines", fault, lines)
			}
			if strings.Contains(fault.Path+fault.Excerpt, hidden) && !strings.Contains(string(text), hidden) {
				t.Errorf("the environment's secret is in %+v", fault)
			}
		}
	})
}

// Files that are made to keep a parser busy are refused, or read, in little time.
func TestBusyFiles(t *testing.T) {
	t.Parallel()
	const n = 50_000
	for name, text := range map[string]string{
		"keys":        strings.Repeat("a: 1\n", n),
		"comments":    strings.Repeat("a: b #c\n", n),
		"documents":   strings.Repeat("---\na: b\n", n),
		"headers":     strings.Repeat("---\n", n),
		"list":        strings.Repeat("- a: b\n  c: d\n", n),
		"brackets":    strings.Repeat("[", n),
		"dashes":      strings.Repeat("- ", n),
		"questions":   strings.Repeat("? ", n),
		"colons":      strings.Repeat(": ", n),
		"flow":        "[" + strings.Repeat("1,", n) + "]",
		"flow map":    "{" + strings.Repeat("a: 1,", n) + "}",
		"flow colons": "[" + strings.Repeat("a: ", n) + "]",
		"anchors":     "[" + strings.Repeat("&a ", n) + "]",
		"tags":        "[" + strings.Repeat("!a ", n) + "]",
		"tag lines":   strings.Repeat("!a\n", n),
		"anchor line": strings.Repeat("&a\n", n),
		"stairs":      stairs(500),
		"commas":      "[" + strings.Repeat(",", n) + "]",
		"merges":      "a: &a {b: c}\nuser_pools:\n- " + strings.Repeat("<<: *a\n  ", 900),
		"clients":     "user_pools:\n- id: us-east-1_A\n  clients:\n" + strings.Repeat("  - {id: a, secret: b}\n", 20_000),
		"users":       "user_pools:\n- id: us-east-1_A\n  users:\n" + strings.Repeat("  - {username: a, password: b}\n", 20_000),
		"scopes":      "user_pools:\n- id: us-east-1_A\n  clients:\n  - {id: a, scopes: [" + strings.Repeat("a,", n) + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := poolfile.Parse("f", []byte(text), poolfile.Surroundings{})
			if err == nil {
				t.Error("no fault was found")
			}
			took := time.Since(start)
			t.Logf("%d KiB took %v", len(text)>>10, took)
			if took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func stairs(steps int) string {
	var b strings.Builder
	for n := range steps {
		b.WriteString(strings.Repeat(" ", n) + "a:\n")
	}
	return b.String()
}
