package terminal

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// DefaultWidth is the width of a line, in columns, where the width of the terminal is
// not known. Terminals are at least this wide by convention.
const DefaultWidth = 80

// The bounds of the width that is used. Longer lines are hard to read, and a layout
// with columns does not fit into shorter ones.
const minWidth, maxWidth = 40, 110

// A Style says what an output can show. The zero value is an output that is not a
// terminal and shows ASCII only. A Style is safe for concurrent use.
type Style struct {
	// Terminal reports that the output is a terminal. Messages are wrapped only there.
	Terminal bool
	// Colour allows colours. A colour never carries a meaning that the text lacks.
	Colour bool
	// Unicode allows characters beyond ASCII.
	Unicode bool
	// Width is the width of a line in columns. 0 is [DefaultWidth].
	Width int
}

// Detect returns the style of an output. getenv reads the environment, as os.Getenv
// does. There are no colours where NO_COLOR is set (https://no-color.org), where TERM
// is empty or dumb, and where the output is not a terminal. The width is that of the
// terminal, but at least 40 and at most 110 columns.
func Detect(out io.Writer, getenv func(string) string) Style {
	s := Style{Unicode: utf8Locale(getenv), Width: DefaultWidth}
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	s.Terminal = true
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		s.Width = min(max(width, minWidth), maxWidth)
	}
	s.Colour = getenv("NO_COLOR") == "" && getenv("TERM") != "" && getenv("TERM") != "dumb"
	return s
}

// utf8Locale reports whether the locale uses UTF-8. POSIX decides it by these
// variables. Windows has none of them, and Go writes Unicode to its console with any
// code page.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}

func (s Style) width() int {
	if s.Width <= 0 {
		return DefaultWidth
	}
	return s.Width
}

// The colours are among the first eight of the terminal, which users adjust to their
// background. Yellow is not used: it is hard to read on a light background.
func (s Style) paint(code, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Good paints a success.
func (s Style) Good(text string) string { return s.paint("32", text) }

// Bad paints a failure.
func (s Style) Bad(text string) string { return s.paint("31", text) }

// Doubt paints a warning, and a result that is not known.
func (s Style) Doubt(text string) string { return s.paint("35", text) }

// Faint paints what matters less, such as a label.
func (s Style) Faint(text string) string { return s.paint("2", text) }

// Strong paints a heading.
func (s Style) Strong(text string) string { return s.paint("1", text) }

// Plain returns text as it is. It is for parameters that paint.
func Plain(text string) string { return text }

// Sign returns the first argument where the output shows Unicode, and the second one
// elsewhere.
func (s Style) Sign(unicode, ascii string) string {
	if s.Unicode {
		return unicode
	}
	return ascii
}

// Escape is [Escape] for this style.
func (s Style) Escape(text string) string { return Escape(text, !s.Unicode) }
