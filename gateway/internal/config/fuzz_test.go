package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Reading any file ends without a panic, every fault is in the file, and a file without a
// fault can be run.
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
	f.Add([]byte(config.Example()))
	f.Fuzz(func(t *testing.T, text []byte) {
		document, err := config.Parse("f", text, lookup())
		if err == nil {
			canRun(t, document)
			return
		}
		var found *yamlfile.Error
		if !errors.As(err, &found) || document != nil || len(found.Faults) == 0 {
			t.Fatalf("got %v, %v", document, err)
		}
		// A carriage return alone ends a line, too (YAML 1.2.2, section 5.4).
		lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 2
		for _, fault := range found.Faults {
			if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Message == "" {
				t.Errorf("got %+v in %d lines", fault, lines)
			}
			if strings.Contains(fault.Path+fault.Excerpt+fault.Message, hidden) && !strings.Contains(string(text), hidden) {
				t.Errorf("the environment's secret is in %+v", fault)
			}
		}
	})
}

// canRun makes what the gateway runs with.
func canRun(t *testing.T, d *config.Document) {
	t.Helper()
	verifier, err := d.Verifier(config.Process{})
	balancers, more := d.Balancers(config.Process{})
	_, policy := d.Policy(verifier, balancers)
	_, headers := d.IdentityHeaders()
	_, callers := d.Callers()
	if err := errors.Join(err, more, policy, headers, callers); err != nil {
		t.Errorf("a file without a fault cannot be run: %v", err)
	}
}
