package poolserve

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// Faults words the faults of a configuration file. Each has a line that editors and
// scripts can parse, "FILE:LINE:COLUMN: MESSAGE", and below it the line of the file, with a
// caret under the fault.
func Faults(found *yamlfile.Error, s terminal.Style) string {
	var b strings.Builder
	name := s.Escape(found.Name)
	for _, f := range found.Faults {
		place, text := s.Strong(fmt.Sprintf("%s:%d:%d:", name, f.Line, f.Column)), s.Escape(faultText(f))
		if s.Terminal {
			b.WriteString(s.Hang(place+" ", "  ", text, terminal.Plain))
		} else { // a line each, for editors and scripts
			b.WriteString(place + " " + text + "\n")
		}
		// A caret under characters that were escaped would be in the wrong place.
		plain := strings.ReplaceAll(f.Excerpt, "\t", " ")
		if f.Excerpt == "" || s.Escape(plain) != plain || utf8.RuneCountInString(plain) > s.Width-8 {
			continue
		}
		fmt.Fprintf(&b, "%s %s\n%s %s\n", s.Faint(fmt.Sprintf("%5d |", f.Line)), plain,
			s.Faint("      |"), s.Bad(strings.ReplaceAll(f.Caret(), "\t", " ")))
	}
	if found.More > 0 {
		fmt.Fprintf(&b, "%s: and %d more\n", name, found.More)
	}
	return b.String()
}

func faultText(f yamlfile.Fault) string {
	if f.Path == "" {
		return f.Message
	}
	return f.Path + ": " + f.Message
}
