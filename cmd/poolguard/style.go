package main

import (
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// A style says how text looks: which characters and colours there are, and how
// wide a line may be.
type style struct {
	colour, unicode bool
	width           int
}

// The width of lines where that of the terminal is not known, and the bounds
// within which a terminal's is used: longer lines are hard to read.
const usualWidth, leastWidth, mostWidth = 80, 40, 110

func newStyle(out io.Writer, getenv func(string) string) style {
	s := style{unicode: utf8Locale(getenv), width: usualWidth}
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		s.width = min(max(width, leastWidth), mostWidth)
	}
	// https://no-color.org
	s.colour = getenv("NO_COLOR") == "" && getenv("TERM") != "" && getenv("TERM") != "dumb"
	return s
}

// utf8Locale reports whether the locale is one of UTF-8, by the variables that
// decide it in POSIX. Windows has none of them, and Go writes Unicode to its
// console whatever its code page.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}

// The colours are the terminal's own first eight, which people set to what they
// can read on their background, but yellow, which is seldom legible on a light
// one. No meaning is in a colour alone.
func (s style) paint(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) good(text string) string   { return s.paint("32", text) }
func (s style) bad(text string) string    { return s.paint("31", text) }
func (s style) doubt(text string) string  { return s.paint("35", text) }
func (s style) faint(text string) string  { return s.paint("2", text) }
func (s style) strong(text string) string { return s.paint("1", text) }

// sign chooses between a character and its stand-in.
func (s style) sign(unicode, ascii string) string {
	if s.unicode {
		return unicode
	}
	return ascii
}

// escape is the function of this name for this style.
func (s style) escape(text string) string { return escape(text, !s.unicode) }

// wrap breaks text at spaces into lines of at most that many characters. A word
// that is longer stays whole, so that it can be copied.
func wrap(text string, room int) []string {
	var lines []string
	current, width := "", 0
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case current == "":
			current, width = word, n
		case width+1+n > room:
			lines = append(lines, current)
			current, width = word, n
		default:
			current, width = current+" "+word, width+1+n
		}
	}
	return append(lines, current)
}
