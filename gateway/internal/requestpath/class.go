package requestpath

import (
	"slices"
	"strings"
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
