package cognito

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

// A Set is an immutable list of names: the groups or scopes of a token, in the
// token's order. The zero Set is empty.
type Set struct{ names []string }

// Has reports whether name is in the set, compared byte by byte.
func (s Set) Has(name string) bool { return slices.Contains(s.names, name) }

// HasAll reports whether every one of names is in the set. With no names it is
// true.
func (s Set) HasAll(names ...string) bool {
	for _, name := range names {
		if !s.Has(name) {
			return false
		}
	}
	return true
}

// HasAny reports whether at least one of names is in the set. With no names it is
// false.
func (s Set) HasAny(names ...string) bool { return slices.ContainsFunc(names, s.Has) }

// Len returns how many names the set has.
func (s Set) Len() int { return len(s.names) }

// All iterates over the names.
func (s Set) All() iter.Seq[string] { return slices.Values(s.names) }

// Slice returns a copy of the names, never nil.
func (s Set) Slice() []string { return append([]string{}, s.names...) }

// String returns the names separated by spaces.
func (s Set) String() string { return strings.Join(s.names, " ") }

// MarshalJSON returns the names as a JSON array, never null.
func (s Set) MarshalJSON() ([]byte, error) { return json.Marshal(s.Slice()) }
