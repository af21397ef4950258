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
	f.Add([]byte(poolfile.Example()))
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		file, err := poolfile.Parse("f", text, lookup())
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
		var found *yamlfile.Error
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

// A large file ends soon, whatever package userpool has to say about its content.
func TestHostileFileEndsSoon(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"merges":  "a: &a {b: c}\nuser_pools:\n- " + strings.Repeat("<<: *a\n  ", 900),
		"clients": "user_pools:\n- id: us-east-1_A\n  clients:\n" + strings.Repeat("  - {id: a, secret: b}\n", 20_000),
		"users":   "user_pools:\n- id: us-east-1_A\n  users:\n" + strings.Repeat("  - {username: a, password: b}\n", 20_000),
		"scopes":  "user_pools:\n- id: us-east-1_A\n  clients:\n  - {id: a, scopes: [" + strings.Repeat("a,", 50_000) + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := poolfile.Parse("f", []byte(text), yamlfile.Lookup{})
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
