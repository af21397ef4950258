package directory

import (
	"regexp"
	"unicode"
	"unicode/utf8"
)

// The API's shapes bound the length of names in their patterns. Compiled with the
// bound, such a pattern takes megabytes and milliseconds of every start of every
// program that links this; so the length is checked beside it.

// GoodName reports whether s has shortest to longest characters of the kind that
// names have: letters, marks, symbols, numbers and punctuation, no white space.
func GoodName(s string, shortest, longest int) bool {
	if n := utf8.RuneCountInString(s); n < shortest || n > longest || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P) {
			return false
		}
	}
	return true
}

// bounded is a pattern of ASCII characters with the length that it may have.
type bounded struct {
	pattern *regexp.Regexp
	longest int
}

func (b bounded) MatchString(s string) bool { return len(s) <= b.longest && b.pattern.MatchString(s) }
