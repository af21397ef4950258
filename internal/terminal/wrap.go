package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// noBreak stands for a space where a line must not be broken. [Escape] never returns
// it, so untrusted text cannot contain it.
const noBreak = '\u00a0'

// Unbroken keeps text on one line, for example a command to paste or a path with
// spaces. The layout functions of this package show it with ordinary spaces.
func Unbroken(text string) string { return strings.ReplaceAll(text, " ", string(noBreak)) }

// spaces shows unbroken text.
func spaces(text string) string { return strings.ReplaceAll(text, string(noBreak), " ") }

// Columns returns how many columns of a terminal text needs. The codes of colours
// need none, an East Asian wide character needs two, and a combining mark needs none.
func Columns(text string) int {
	n := 0
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "\x1b[")
		for _, r := range before {
			n += runeColumns(r)
		}
		if !found {
			break
		}
		_, rest, _ = strings.Cut(after, "m")
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// Wrap breaks text at spaces into lines of at most that many columns. A word that is
// wider stays whole on a line of its own, so that it can be copied.
func Wrap(text string, columns int) []string { return wrap(text, columns, columns) }

// wrap is Wrap with another room for the first line.
func wrap(text string, first, rest int) []string {
	var lines []string
	line, used, room := "", 0, first
	for word := range strings.SplitSeq(text, " ") {
		n := Columns(word)
		switch {
		case line == "":
			line, used = word, n
		case used+1+n > room:
			lines = append(lines, spaces(line))
			line, used, room = word, n, rest
		default:
			line, used = line+" "+word, used+1+n
		}
	}
	return append(lines, spaces(line))
}

// Hang lays text out in lines of the style's width, each with its newline. The first
// line begins with first, the others with rest. paint is applied to each line without
// its beginning; both beginnings may be painted already. A newline in text begins
// another line.
func (s Style) Hang(first, rest, text string, paint func(string) string) string {
	var b strings.Builder
	begin := first
	for paragraph := range strings.SplitSeq(text, "\n") {
		for _, line := range wrap(paragraph, s.width()-Columns(begin), s.width()-Columns(rest)) {
			b.WriteString(strings.TrimRight(begin+paint(line), " ") + "\n")
			begin = rest
		}
	}
	return b.String()
}
