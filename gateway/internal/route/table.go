package route

import (
	"slices"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

// A Table finds the first match that a request fits. It is immutable and safe for concurrent
// use.
type Table struct {
	matches []compiled
	hosts   tree[*tree[[]entry]] // for each host pattern, its paths
	any     *tree[[]entry]       // the paths of matches without hosts
}

// An entry is an end of a tree of paths: one alternative of a match.
type entry struct {
	match   int
	methods []string // nil: every method
	host    int      // the index of the host pattern, -1 for a match without hosts
}

// NewTable returns the table of matches, whose indices are the results of [Table.Find]. It
// returns every fault of the matches at once, and no table if there is one.
func NewTable(matches []Match) (*Table, []Fault) {
	t := &Table{any: new(tree[[]entry])}
	var faults []Fault
	for n, m := range matches {
		c := compile(m, func(field, reason string) { faults = append(faults, Fault{n, field, reason}) })
		t.matches = append(t.matches, c)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	for n := range t.matches {
		t.add(n)
	}
	return t, nil
}

func (t *Table) add(match int) {
	c := &t.matches[match]
	if c.hosts == nil {
		addEntry(t.any, c.path, entry{match, c.methods, -1})
	}
	for n, host := range c.hosts {
		paths := t.hosts.at(host, match)
		if *paths == nil {
			*paths = new(tree[[]entry])
		}
		addEntry(*paths, c.path, entry{match, c.methods, n})
	}
}

func addEntry(paths *tree[[]entry], path pattern, e entry) {
	end := paths.at(path, e.match)
	*end = append(*end, e)
}

// A Found match.
type Found struct {
	// Match is its index.
	Match int
	// Conflict is whether a variable that the match has twice has two values.
	Conflict bool

	names  []string
	values [MaxVariables]string
}

// Value returns the value of a variable. ok is false if the match has no such variable.
func (f *Found) Value(name string) (value string, ok bool) {
	n, ok := slices.BinarySearch(f.names, name)
	if !ok {
		return "", false
	}
	return f.values[n], true
}

// SameValues reports whether all variables have the same values in both.
func (f *Found) SameValues(other *Found) bool {
	return f.values == other.values && f.Conflict == other.Conflict
}

// Variables returns the names of the variables of a match, sorted.
func (t *Table) Variables(match int) []string { return slices.Clone(t.matches[match].variables) }

// Class returns the kinds of ambiguity that the path pattern of a match has itself. Requests
// that fit the pattern are of this kind.
func (t *Table) Class(match int) requestpath.Class { return t.matches[match].class }

// Covering returns the first match before match that fits every request that match fits. ok
// is false if there is none. If there is one, [Table.Find] never returns match.
func (t *Table) Covering(match int) (first int, ok bool) {
	for n := range t.matches[:match] {
		if t.matches[n].covers(&t.matches[match]) {
			return n, true
		}
	}
	return 0, false
}

// TakesAll reports whether a match fits every host and every path, for at least one method.
func (t *Table) TakesAll(match int) bool {
	c := &t.matches[match]
	return c.hosts == nil && c.path.rest && len(c.path.parts) == 0
}
