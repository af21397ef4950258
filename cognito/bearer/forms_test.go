package bearer

import "testing"

// TestChallengeCharactersAreExact (RFC 6750 §3): %x20-21 / %x23-5B / %x5D-7E.
func TestChallengeCharactersAreExact(t *testing.T) {
	for c := range rune(0x100) {
		want := c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'
		if got := isQuotable(string(c)); got != want {
			t.Errorf("%q: %v", c, got)
		}
		if text := quotable(string(c)); !isQuotable(text) || want && text != string(c) {
			t.Errorf("%q became %q", c, text)
		}
	}
	if got := quotable(`a…b "c" \é`); got != `a...b 'c' ??` {
		t.Errorf("got %q", got)
	}
}
