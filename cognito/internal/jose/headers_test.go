package jose

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
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

// TestHeaderMemoryIsSmall: long headers are not remembered, and what is remembered
// does not keep the token that it came with.
func TestHeaderMemoryIsSmall(t *testing.T) {
	for _, length := range []int{512, 514} {
		parser := new(Parser)
		const around = `{"kid":""}`
		header := encode(`{"kid":"` + strings.Repeat("k", length*3/4-len(around)) + `"}`)
		if len(header) != length {
			t.Fatalf("the header has %d bytes", len(header))
		}
		raw := header + ".e30." + encode("s")
		c, err := parser.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		c.Release()
		h := parser.headers.recall(header)
		if (h != nil) != (length <= 512) {
			t.Errorf("a header of %d bytes: remembered %v", length, h != nil)
		}
		if h != nil && unsafe.StringData(h.encoded) == unsafe.StringData(raw) { //nolint:gosec // where a text is, nothing else tells
			t.Error("the memory keeps the token")
		}
	}
}
