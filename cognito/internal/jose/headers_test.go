package jose

import (
	"fmt"
	"testing"
)

// TestHeaderMemory reads more headers than are remembered, time and again: each says
// what it says, whichever of them displaced it.
func TestHeaderMemory(t *testing.T) {
	parser := new(Parser)
	for range 3 {
		for n := range 100 {
			header := fmt.Sprintf(`{"kid":"key %d","alg":"RS%d"}`, n, n)
			c, err := parser.Parse(encode(header) + ".e30." + encode("s"))
			if err != nil {
				t.Fatal(err)
			}
			if c.Header != header || c.KeyID != fmt.Sprintf("key %d", n) || c.Algorithm != fmt.Sprintf("RS%d", n) {
				t.Fatalf("%s was read as %+v", header, c)
			}
			c.Release()
		}
	}
}

// TestFaultyHeaderIsNotRemembered: it is refused each time.
func TestFaultyHeaderIsNotRemembered(t *testing.T) {
	parser := new(Parser)
	for range 2 {
		if _, err := parser.Parse(encode(`{"alg":"RS256","kid":"k","crit":[]}`) + ".e30." + encode("s")); err == nil {
			t.Fatal("accepted")
		}
	}
}
