package route

import (
	"slices"
	"strings"

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

// Find returns the first match that a request fits. host comes from [CanonicalHost], and path
// is one of the readings of a requestpath.Path. ok is false if there is none. Find allocates
// nothing.
func (t *Table) Find(host, method, path string) (found Found, ok bool) {
	s := search{method: method, path: path[1:], best: entry{match: len(t.matches)}}
	s.inPaths(t.any, s.path, true)
	if host != "" {
		s.inHosts(&t.hosts, host, true)
	}
	if s.best.match == len(t.matches) {
		return Found{}, false
	}
	found.Match = s.best.match
	t.bind(&found, host, path[1:], s.best.host)
	return found, true
}

// A search is one call of Find.
type search struct {
	method, path string
	best         entry
}

// inHosts searches the host patterns for what is left of the host. more is false at the end.
func (s *search) inHosts(node *tree[*tree[[]entry]], host string, more bool) {
	switch {
	case node.first >= s.best.match && node.used:
		return
	case !more:
		if node.end != nil {
			s.inPaths(node.end, s.path, true)
		}
		return
	}
	label, rest := host, ""
	dot := strings.LastIndexByte(host, '.')
	if more = dot >= 0; more && host[0] != '[' {
		label, rest = host[dot+1:], host[:dot]
	} else {
		more = false
	}
	if next, ok := node.literal[label]; ok {
		s.inHosts(next, rest, more)
	}
	if node.any != nil && label[0] != '[' {
		s.inHosts(node.any, rest, more)
	}
}

// inPaths searches the path patterns for what is left of the path.
func (s *search) inPaths(node *tree[[]entry], path string, more bool) {
	if !node.used || node.first >= s.best.match {
		return
	}
	s.look(node.rest)
	if !more {
		s.look(node.end)
		return
	}
	segment, rest, more := strings.Cut(path, "/")
	if next, ok := node.literal[segment]; ok {
		s.inPaths(next, rest, more)
	}
	if node.any != nil && segment != "" {
		s.inPaths(node.any, rest, more)
	}
}

// look takes the first entry for the method, if it comes before the best one so far.
func (s *search) look(entries []entry) {
	for n := range entries {
		e := &entries[n]
		if e.match >= s.best.match {
			return
		}
		if e.methods == nil || slices.Contains(e.methods, s.method) {
			s.best = *e
			return
		}
	}
}

// bind sets the values of the variables of a match.
func (t *Table) bind(f *Found, host, path string, alternative int) {
	c := &t.matches[f.Match]
	if f.names = c.variables; len(f.names) == 0 {
		return
	}
	var set [MaxVariables]bool
	take := func(name, value string) {
		n, _ := slices.BinarySearch(f.names, name)
		switch {
		case set[n] && f.values[n] != value:
			f.Conflict = true
		default:
			f.values[n], set[n] = value, true
		}
	}
	for _, p := range c.path.parts {
		segment, rest, _ := strings.Cut(path, "/")
		if path = rest; p.variable != "" {
			take(p.variable, requestpath.Unescape(segment))
		}
	}
	if alternative < 0 {
		return
	}
	for _, p := range c.hosts[alternative].parts {
		dot := strings.LastIndexByte(host, '.')
		if p.variable != "" {
			take(p.variable, host[dot+1:])
		}
		host = host[:max(dot, 0)]
	}
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
