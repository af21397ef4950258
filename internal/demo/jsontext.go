package demo

import "strings"

// spaced adds a space after each comma and colon of a JSON text, so that its lines can be
// wrapped there. It does not change strings.
func spaced(text []byte) string {
	var b strings.Builder
	inString, escaped := false, false
	for _, c := range strings.TrimSpace(string(text)) {
		b.WriteRune(c)
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = inString
		case c == '"':
			inString = !inString
		case !inString && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return b.String()
}
