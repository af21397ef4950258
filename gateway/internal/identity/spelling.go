package identity

import (
	"regexp"
	"slices"
	"strings"
)

// Names returns the name of every identity header, in a fixed order, in the canonical form
// of net/http.
func (h *Headers) Names() []string { return slices.Clone(h.names) }

// Prefix returns the prefix of the headers, "X-Auth-" unless configured.
func (h *Headers) Prefix() string { return h.prefix }

// IsSpelling reports whether a service could read the header called name as one of the
// identity headers. Case does not count, and an underscore or a dot counts as a dash. CGI,
// WSGI and others make one variable of all these names. A name that begins with the prefix
// is always such a name.
func (h *Headers) IsSpelling(name string) bool {
	if hasFoldedPrefix(name, h.prefix) {
		return true
	}
	for _, other := range h.others {
		if len(name) == len(other) && hasFoldedPrefix(name, other) {
			return true
		}
	}
	return false
}

// SpellingPattern returns a regular expression in the common syntax of RE2, PCRE and POSIX
// that matches each name for which [Headers.IsSpelling] is true. It has no anchors and no
// flag for case: proxies write these in different ways.
func (h *Headers) SpellingPattern() string {
	parts := []string{spellings(h.prefix) + ".*"}
	for _, other := range h.others {
		parts = append(parts, spellings(other))
	}
	return strings.Join(parts, "|")
}

// SpellingPatternExcept returns [Headers.SpellingPattern] without these names. Their other
// spellings, with an underscore or a dot, are still matched. It is for headers of the client that
// the gateway decides on. Names that begin with the prefix are always matched.
func (h *Headers) SpellingPatternExcept(names ...string) string {
	parts := []string{spellings(h.prefix) + ".*"}
	for _, other := range h.others {
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, other) }) {
			parts = append(parts, otherSpellings(other)...)
			continue
		}
		parts = append(parts, spellings(other))
	}
	return strings.Join(parts, "|")
}

const anyDash = "[-_.]"

func spellings(name string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(strings.ToLower(name)), "-", anyDash)
}

// otherSpellings returns a pattern for each dash of the name, for the spellings in which that
// dash is the first one to be replaced.
func otherSpellings(name string) (patterns []string) {
	words := strings.Split(strings.ToLower(name), "-")
	for n := 1; n < len(words); n++ {
		patterns = append(patterns, strings.Join(words[:n], "-")+"[_.]"+strings.Join(words[n:], anyDash))
	}
	return patterns
}

// hasFoldedPrefix reports whether name begins with prefix, where case does not count and
// the characters - _ . are equal.
func hasFoldedPrefix(name, prefix string) bool {
	if len(name) < len(prefix) {
		return false
	}
	for n := range len(prefix) {
		if fold(name[n]) != fold(prefix[n]) {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	switch {
	case c == '_' || c == '.':
		return '-'
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	}
	return c
}
