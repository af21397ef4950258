package gateway_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/poolguard/poolguard/gateway"
)

// The configurations of the guide have no fault and no warning.
func TestConfigurationsOfTheGuideAreGood(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "docs", "gateway-migrating.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) < 3 {
		t.Fatalf("the guide has %d configurations", len(blocks))
	}
	for _, block := range blocks {
		summary, err := gateway.Check(gateway.Config{File: "poolguard.yaml", Text: block[1]})
		if err != nil {
			t.Errorf("%v in\n%s", err, block[1])
			continue
		}
		for _, warning := range summary.Warnings {
			t.Errorf("%s %s in\n%s", warning.Key, warning.Reason, block[1])
		}
	}
}
