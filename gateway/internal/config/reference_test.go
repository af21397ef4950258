package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/config"
)

var writeReference = flag.Bool("write", false, "write the table of keys into docs/gateway.md")

// The guide has every key of the file, with its kind and its meaning.
func TestReferenceOfKeysIsCurrent(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "gateway.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const start, end = "-args -write -->\n", "\n<!-- end of the table -->"
	before, rest, found := strings.Cut(string(text), start)
	table, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatal("docs/gateway.md has no place for the table")
	}
	want := "\n" + tableOfKeys()
	if *writeReference {
		if err := os.WriteFile(path, []byte(before+start+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Error("the table of keys in docs/gateway.md is not current: go test ./gateway/internal/config -args -write")
	}
}

func tableOfKeys() string {
	var b strings.Builder
	b.WriteString("| key | value | meaning |\n|---|---|---|\n")
	for _, k := range config.Keys() {
		b.WriteString("| `" + k.Path + "` | " + k.Kind + " | " + strings.ReplaceAll(k.About, "|", "\\|") + " |\n")
	}
	return b.String()
}
