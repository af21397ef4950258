package terminal

import "strings"

// Message lays out a message, such as an error, with its newline at the end. Each line
// of text begins with prefix, and continues after two spaces where a terminal is
// narrower. A line that begins with two spaces is a command or an address to paste: it
// gets no prefix and is never wrapped. Where the output is not a terminal no line is
// wrapped.
//
// Everything in prefix and text that a terminal would obey is escaped.
func (s Style) Message(prefix, text string) string {
	var b strings.Builder
	prefix = escape(prefix, s.keeps)
	for line := range strings.SplitSeq(text, "\n") {
		line = escape(line, s.keeps)
		switch {
		case strings.HasPrefix(line, "  "):
			b.WriteString(spaces(line) + "\n")
		case !s.Terminal:
			b.WriteString(spaces(prefix+line) + "\n")
		default:
			b.WriteString(s.Hang(prefix, "  ", line, Plain))
		}
	}
	return b.String()
}

// keeps reports whether a layout shows r as it is.
func (s Style) keeps(r rune) bool { return r == noBreak || printable(r, !s.Unicode) }
