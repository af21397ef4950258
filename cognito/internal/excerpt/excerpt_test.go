package excerpt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/excerpt"
)

func Example() {
	fmt.Println(excerpt.Quote("a\x1b[2J\nb", 100))
	fmt.Println(excerpt.Quote(strings.Repeat("a", 1000), 4))
	// Output:
	// "a\x1b[2J\nb"
	// "aaaa"… (1000 bytes)
}

func TestTextIsCutAtTheLimit(t *testing.T) {
	for text, want := range map[string]string{"": `""`, "abcd": `"abcd"`, "abcde": `"abcd"… (5 bytes)`, "abcé": `"abc\xc3"… (5 bytes)`} {
		if got := excerpt.Quote(text, 4); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
