package requestpath

import (
	"strings"
	"unicode/utf8"
)

// A Path is the path of an accepted target. The zero Path is that of no target, and has no
// text.
//
// Its text has every escape decoded once, except that an escaped slash stays %2F. No other
// part of the text looks like an escape, because [Parse] refuses targets that are escaped
// twice. So each segment between two slashes is what a server finds there.
type Path struct {
	text  string
	class Class
}

// String returns the text of the path, which always begins with a slash. It may have any
// bytes of valid UTF-8, except control characters of ASCII.
func (p Path) String() string { return p.text }

// Class returns the kinds of ambiguity in the path, 0 for most paths.
func (p Path) Class() Class { return p.class }

// A RefusedError is why a target is never accepted. It has no part of the target.
type RefusedError string

// Error implements error: what is wrong, as the end of a sentence that begins with "the
// path".
func (e RefusedError) Error() string { return string(e) }

// The reasons that there are.
const (
	errNoSlash       RefusedError = "does not begin with a slash"
	errEmptySegment  RefusedError = "has two slashes in a row"
	errDotSegment    RefusedError = "has a segment . or .."
	errBackslash     RefusedError = "has a backslash"
	errFragment      RefusedError = "has the character #"
	errControl       RefusedError = "has a control character or a space"
	errInvalidEscape RefusedError = "has a % without two hexadecimal digits after it"
	errDoubleEscape  RefusedError = "is escaped twice"
	errInvalidUTF8   RefusedError = "is not valid UTF-8"
)

// Parse reads a request target in origin-form (RFC 9112 §3.2.1): a path and, after a question
// mark, a query, which it does not read. The text must be the one that the client sent,
// without any change by a proxy. The error is a [RefusedError].
//
// Parse refuses:
//
//   - targets that do not begin with a slash: absolute-form, authority-form, the asterisk;
//   - the segments . and .., and empty segments but the last, as they are written, escaped,
//     or after the readings of an ambiguous path;
//   - backslashes, control characters and #, escaped or not, also in the query where they
//     are not escaped, and spaces that are not escaped;
//   - a % that is no escape, an escaped % before two hexadecimal digits, and text that is
//     not valid UTF-8, such as an overlong form.
//
// Parse allocates nothing for a path without escapes. It is safe for concurrent use.
func Parse(target string) (Path, error) {
	if target == "" || target[0] != '/' {
		return Path{}, errNoSlash
	}
	path, query, _ := strings.Cut(target, "?")
	if refusal := checkQuery(query); refusal != "" {
		return Path{}, refusal
	}
	found, refusal := scan(path)
	if refusal == "" && found.escapes {
		path, refusal = decode(path, &found)
	}
	if refusal == "" && found.class&NonASCII != 0 && !utf8.ValidString(path) {
		refusal = errInvalidUTF8
	}
	if refusal == "" {
		refusal = checkSegments(path)
	}
	p := Path{path, found.class}
	if refusal == "" && p.class&(EncodedSlash|Semicolon) != 0 {
		for _, reading := range p.Readings()[1:] {
			if refusal == "" {
				refusal = checkSegments(reading)
			}
		}
	}
	if refusal != "" {
		return Path{}, refusal
	}
	return p, nil
}

// checkQuery refuses what ends a request line or a URL. Some servers end the target there.
func checkQuery(query string) RefusedError {
	for n := range len(query) {
		switch c := query[n]; {
		case c <= ' ' || c == 0x7f:
			return errControl
		case c == '#':
			return errFragment
		}
	}
	return ""
}

// A finding is what a path has in it.
type finding struct {
	class   Class
	escapes bool
}

// scan looks at each byte of a path as it was sent.
func scan(path string) (found finding, refusal RefusedError) {
	for n := range len(path) {
		switch c := path[n]; c {
		case '%':
			found.escapes = true
		case ' ':
			return found, errControl
		default:
			if refusal := found.note(c); refusal != "" {
				return found, refusal
			}
		}
	}
	return found, ""
}

// note looks at one byte of a path, escaped or not.
func (f *finding) note(c byte) RefusedError {
	switch {
	case c < ' ' || c == 0x7f:
		return errControl
	case c == '\\':
		return errBackslash
	case c == '#':
		return errFragment
	case c == ';':
		f.class |= Semicolon
	case c >= utf8.RuneSelf:
		f.class |= NonASCII
	}
	return ""
}

// encodedSlash is the only escape in the text of a path.
const encodedSlash = "%2F"

// decode decodes the escapes of a path once, and leaves %2F.
func decode(path string, found *finding) (string, RefusedError) {
	text := make([]byte, 0, len(path))
	percent := false // there is a % that was escaped
	for n := 0; n < len(path); n++ {
		if path[n] != '%' {
			text = append(text, path[n])
			continue
		}
		if n+2 >= len(path) || !isHex(path[n+1]) || !isHex(path[n+2]) {
			return "", errInvalidEscape
		}
		c := unhex(path[n+1])<<4 | unhex(path[n+2])
		n += 2
		if refusal := found.note(c); refusal != "" {
			return "", refusal
		}
		if c == '/' {
			found.class |= EncodedSlash
			text = append(text, 0) // no byte of a path is 0
			continue
		}
		percent = percent || c == '%'
		text = append(text, c)
	}
	if percent && hasEscape(text) {
		return "", errDoubleEscape
	}
	return strings.ReplaceAll(string(text), "\x00", encodedSlash), ""
}

// hasEscape reports whether a text that was decoded has an escape again.
func hasEscape(text []byte) bool {
	for n := range len(text) - 2 {
		if text[n] == '%' && isHex(text[n+1]) && isHex(text[n+2]) {
			return true
		}
	}
	return false
}

// checkSegments refuses segments that servers remove or resolve. The last segment may be
// empty.
func checkSegments(path string) RefusedError {
	for rest, more := path[1:], true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		switch {
		case segment == "" && more:
			return errEmptySegment
		case segment == "." || segment == "..":
			return errDotSegment
		}
	}
	return ""
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
