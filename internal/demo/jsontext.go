package demo

import "strings"

// spaced shows a JSON text with a space after commas and colons, where a line may
// be broken; nothing within strings is touched.
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
