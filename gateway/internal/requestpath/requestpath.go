package requestpath

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Class is a set of kinds of ambiguous paths. Proxies and servers read such a path in
// different ways, so a rule must name each kind that it accepts.
type Class uint8

// The kinds.
const (
	// EncodedSlash is an escaped slash, %2F. Some servers decode it, and then it separates
	// segments.
	EncodedSlash Class = 1 << iota
	// Semicolon is ; or %3B. Some servers remove it, and all that follows it in the segment
	// (path parameters, RFC 3986 §3.3).
	Semicolon
	// NonASCII is a byte from 0x80 on, escaped or not. Servers differ in the encoding that
	// they expect, and in how they normalize letters.
	NonASCII
)

// classNames are the words of configuration files, in the order of the constants.
var classNames = [...]string{"encoded_slash", "semicolon", "non_ascii"}

// ClassNames returns the names that [ParseClass] reads.
func ClassNames() []string { return slices.Clone(classNames[:]) }

// ParseClass returns the kind with this name, such as "encoded_slash".
func ParseClass(name string) (class Class, ok bool) {
	n := slices.Index(classNames[:], name)
	if n < 0 {
		return 0, false
	}
	return 1 << n, true
}

// Has reports whether every kind of other is in c.
func (c Class) Has(other Class) bool { return c&other == other }

// String returns the names of the kinds with commas between them, "" for none.
func (c Class) String() string {
	var names []string
	for n, name := range classNames {
		if c.Has(1 << n) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

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
// bytes of valid UTF-8, except errControl characters of ASCII.
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
	errBackslash     RefusedError = "has a errBackslash"
	errFragment      RefusedError = "has the character #"
	errControl       RefusedError = "has a errControl character or a space"
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
//   - backslashes, errControl characters and #, escaped or not, also in the query where they
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

// Readings returns the texts that servers may find in the path, without repetitions. The
// first one is [Path.String]. In the others, an escaped slash separates segments, the path
// parameters of each segment are removed, or both. None has a segment . or .., so none
// changes when a server resolves those.
func (p Path) Readings() []string {
	readings := []string{p.text}
	add := func(text string) {
		if !slices.Contains(readings, text) {
			readings = append(readings, text)
		}
	}
	if p.class.Has(EncodedSlash) {
		add(decodeSlashes(p.text))
	}
	if p.class.Has(Semicolon) {
		for _, text := range slices.Clone(readings) {
			add(removeParameters(text))
		}
		// First the parameters, then the slashes.
		add(decodeSlashes(removeParameters(p.text)))
	}
	return readings
}

func decodeSlashes(text string) string { return strings.ReplaceAll(text, encodedSlash, "/") }

// removeParameters removes from each segment the first semicolon and all that follows it.
func removeParameters(text string) string {
	segments := strings.Split(text, "/")
	for n, segment := range segments {
		segments[n], _, _ = strings.Cut(segment, ";")
	}
	return strings.Join(segments, "/")
}

// Unescape returns the value of a part of a path's text, such as a segment, with the last
// escapes decoded.
func Unescape(part string) string { return decodeSlashes(part) }
