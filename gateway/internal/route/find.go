package route

import (
	"slices"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

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
