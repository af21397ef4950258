package poolfile

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/goccy/go-yaml/ast"
)

// maxClaimDepth bounds the nesting of a claim, of which aliases can make more than
// the file shows.
const maxClaimDepth = 32

// claims reads claims, which are any JSON.
func claims[T any](key, name string, get func(*T) *map[string]any) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		entries, ok := r.mapping(p)
		if !ok {
			return
		}
		all := map[string]any{}
		for _, e := range entries {
			at := p.quoted(e)
			r.places[at.field] = at
			all[e.key] = r.value(at, 0)
		}
		*get(into) = all
	}}
}

// number finds those that JSON writes alike, whose digits stay as they are.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

// value reads any JSON.
func (r *reader) value(p place, depth int) any {
	if depth > maxClaimDepth {
		r.blame(p, "is nested more than %d deep", maxClaimDepth)
		return nil
	}
	switch n := p.node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		s, _ := textOf(n)
		return s
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		if s := n.GetToken().Value; jsonNumber.MatchString(s) {
			return json.Number(s)
		}
		return json.Number(fmt.Sprint(n.Value))
	case *ast.FloatNode:
		if s := n.GetToken().Value; jsonNumber.MatchString(s) {
			return json.Number(s)
		}
		return n.Value
	case *ast.NullNode:
		return nil
	case *ast.SequenceNode:
		list := []any{}
		r.list(p, func(at place) { list = append(list, r.value(at, depth+1)) })
		return list
	case *ast.MappingNode, *ast.MappingValueNode:
		all := map[string]any{}
		entries, _ := r.mapping(p)
		for _, e := range entries {
			all[e.key] = r.value(p.quoted(e), depth+1)
		}
		return all
	case nil:
		return nil
	}
	r.blame(p, "cannot be said in JSON")
	return nil
}
