package demo

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/terminal"
)

// A line that the terminal wraps is hard to copy.
func TestNextStepsFitIn80Columns(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newSetup("http://127.0.0.1:65534", "http://127.0.0.1:65535", "go run ./cmd/poolguard")
	s.issuer = s.poolURL + "/" + s.pool.ID
	p := newPrinter(&out, terminal.Style{}, nil)
	defer p.close()
	p.nextSteps(s)
	if !strings.Contains(out.String(), "--client-id") {
		t.Fatalf("no lines to paste in\n%s", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
