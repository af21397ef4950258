package yamlfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Reading any file ends soon and without a panic, and every fault is in the file.
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
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		document, err := schema().Parse("f", text, lookup())
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
		var found *yamlfile.Error
		switch {
		case err == nil && document != nil:
			return
		case !errors.As(err, &found) || document != nil || len(found.Faults) == 0:
			t.Fatalf("got %v, %v", document, err)
		}
		// A carriage return alone ends a line, too (YAML 1.2.2, section 5.4).
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

// A file that is made to keep a parser busy is rejected, or read, in little time.
func TestHostileFileEndsSoon(t *testing.T) {
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
		"merges":      "a: &a {b: c}\nroutes:\n- " + strings.Repeat("<<: *a\n  ", 900),
		"objects":     "routes:\n" + strings.Repeat("- {path: a, key: b}\n", 20_000),
		"texts":       "routes:\n- {path: a, methods: [" + strings.Repeat("a,", n) + "]}",
		"names":       "backends: {" + strings.Repeat("a: {url: b},", 20_000) + "}",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := schema().Parse("f", []byte(text), yamlfile.Lookup{})
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
