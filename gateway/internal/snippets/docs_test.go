package snippets_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/gateway/internal/snippets"
)

func TestDocumentHasTheSnippets(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "gateway-proxies.md")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)(<!-- snippet: ([a-z-]+) -->\n```[a-z]+\n).*?(```\n)")
	count := 0
	after := block.ReplaceAllFunc(before, func(found []byte) []byte {
		count++
		parts := block.FindSubmatch(found)
		return []byte(string(parts[1]) + render(t, string(parts[2]), snippets.Options{}) + string(parts[3]))
	})
	if *update {
		if err := os.WriteFile(path, after, 0o644); err != nil {
			t.Fatal(err)
		}
		before = after
	}
	if diff := cmp.Diff(string(after), string(before)); diff != "" {
		t.Errorf("run `go test ./gateway/internal/snippets -update`\n%s", diff)
	}
	if count != 5 {
		t.Errorf("the document has %d snippets", count)
	}
}
