package lambdaauth

import "testing"

// TestEncodedCharacters: one of each class, and the ones beside them.
func TestEncodedCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"\x00\x1f": "%00%1F", " ": " ", "~": "~", "\x7f": "%7F", "\u0080": "\u0080",
		"\u2027\u2028\u2029\u202a": "\u2027%E2%80%A8%E2%80%A9\u202a",
		`%"\{}[],`:                 "%25%22%5C%7B%7D%5B%5D%2C",
		"\xff":                     "%FF", "a\xe2\x80": "a%E2%80", "\ufffd": "\ufffd",
		"\u0122": "\u0122", // its last byte is that of a quote
	} {
		if got := encode(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
