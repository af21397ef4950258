package yamlfile

import (
	"fmt"
	"regexp"
	"strings"
)

// maxFaults is how many faults an [Error] has. In a file with more of them, most follow
// from the first ones.
const maxFaults = 100

// A Fault is something that is wrong at one place of a file.
type Fault struct {
	Line, Column int // from 1, in characters
	// Path is that of the value, such as "user_pools[0].clients[1].id", or "".
	Path string
	// Message follows the path and a colon. It says what is wrong and, where that helps,
	// what to do. It holds no secret.
	Message string
	// Excerpt is the line, or "" where it holds, or may hold, a secret.
	Excerpt string
}

// String is "line:column: path: message".
func (f Fault) String() string {
	if f.Path == "" {
		return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Message)
	}
	return fmt.Sprintf("%d:%d: %s: %s", f.Line, f.Column, f.Path, f.Message)
}

// Caret is the line to show under the excerpt: spaces and a caret at the column. It
// counts wide characters as one column.
func (f Fault) Caret() string {
	var b strings.Builder
	n := 1
	for _, c := range f.Excerpt {
		if n >= f.Column {
			break
		}
		if c == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
		n++
	}
	return b.String() + "^"
}

// An Error is all that is wrong with a file.
type Error struct {
	Name   string
	Faults []Fault // at least one
	More   int     // how many there are beyond Faults
}

// Error has a line for each fault: "name:line:column: path: message".
func (e *Error) Error() string {
	var lines []string
	for _, f := range e.Faults {
		lines = append(lines, e.Name+":"+f.String())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more", e.Name, e.More))
	}
	return strings.Join(lines, "\n")
}

// secretKey finds names under which secrets are written, and misspelled ones.
var secretKey = regexp.MustCompile(`(?i)(\w*(?:pass|pwd|secret|token|key|credential)\w*)['"]?\s*:`)

// longestExcerpt is the length of the longest line that is shown, in bytes.
const longestExcerpt = 160

// excerpt is a line of the file to show, or "".
func (r *reader) excerpt(line int) string {
	if r.conceal || line < 1 || line > len(r.lines) || r.secret[line] {
		return ""
	}
	text := strings.TrimSuffix(strings.TrimPrefix(string(r.lines[line-1]), "\uFEFF"), "\r")
	if len(text) > longestExcerpt {
		return ""
	}
	for _, found := range secretKey.FindAllStringSubmatch(text, -1) {
		if !r.plainKeys[found[1]] {
			return ""
		}
	}
	return text
}
