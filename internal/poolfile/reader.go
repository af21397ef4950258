package poolfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A position is in a file, from 1, columns in characters.
type position struct{ line, column int }

// A place is a value of the file with the names that it goes by.
type place struct {
	path  string // here: user_pools[0].clients[1].id
	field string // in userpool.Config: Pools[0].Clients[1].ID
	node  ast.Node
	at    position
}

// member is the place of a value in a mapping, element one in a list.
func (p place) member(key, name string, node ast.Node, at position) place {
	if p.path != "" {
		key, name = p.path+"."+key, p.field+"."+name
	}
	return place{key, name, node, at}
}

func (p place) element(n int, node ast.Node, at position) place {
	return place{fmt.Sprintf("%s[%d]", p.path, n), fmt.Sprintf("%s[%d]", p.field, n), node, at}
}

// A reader goes over one file and gathers its faults.
type reader struct {
	from    Surroundings
	lines   [][]byte
	targets map[*ast.AliasNode]ast.Node
	left    int // of maxValues

	faults  []Fault
	places  map[string]place // by field
	blamed  map[string]bool  // fields with a fault, which need no second one
	above   map[string]bool  // what the blamed fields are parts of
	more    int              // faults beyond maxFaults
	origins map[string]Origin
	secret  map[int]bool // lines with a secret
	conceal bool         // treat every line as if it were one of those
}

// maxFaults is how many faults are told, of which most follow from the first then.
const maxFaults = 100

// add files a fault.
func (r *reader) add(at position, path, message string) {
	if len(r.faults) == maxFaults {
		r.more++
		return
	}
	r.faults = append(r.faults, Fault{Line: at.line, Column: r.visible(at), Path: path, Message: message})
}

// visible is the column from at on where something is to be seen: the parser places a
// value after tabs at the first of them.
func (r *reader) visible(at position) (column int) {
	if at.line > len(r.lines) {
		return at.column
	}
	line := []rune(string(r.lines[at.line-1]))
	if at.column > len(line) || line[at.column-1] != '\t' || strings.TrimSpace(string(line[:at.column])) == "" {
		return at.column // a tab that indents is the fault itself
	}
	for n, c := range line[at.column:] {
		if c != ' ' && c != '\t' {
			return at.column + n + 1
		}
	}
	return at.column
}

// blame files a fault of a value, for which userpool's opinion is not asked then.
func (r *reader) blame(p place, format string, args ...any) {
	r.blameField(p.field)
	r.add(p.at, p.path, fmt.Sprintf(format, args...))
}

func (r *reader) blameField(field string) {
	r.blamed[field] = true
	parts := segments(field)
	for n := range parts {
		r.above[strings.Join(parts[:n], "")] = true
	}
}

// resolve follows anchors and aliases to what they stand for. It returns nil where
// there is nothing more to read; a fault says why.
func (r *reader) resolve(node ast.Node) ast.Node {
	for {
		if r.left--; r.left <= 0 {
			if r.left == 0 {
				r.add(positionOf(node), "", fmt.Sprintf("the file has more than %d values, with aliases written out", maxValues))
			}
			return nil
		}
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			target := r.targets[n]
			if target == nil {
				r.add(positionOf(n), "", "there is no anchor of this name before the alias")
				return nil
			}
			node = target
		case *ast.TagNode:
			r.add(positionOf(n), "", "tags have no meaning here: take it away")
			return nil
		default:
			return node
		}
	}
}

// positionOf is where a reader of the file sees a value begin.
func positionOf(node ast.Node) position {
	switch n := node.(type) {
	case nil:
		return position{1, 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return positionOf(n.Key)
	}
	return tokenAt(node.GetToken())
}

// kind names what a value is, for messages.
func kind(node ast.Node) string {
	switch node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	}
	return "something else"
}

// wrong files that a value is of another kind than it must be.
func (r *reader) wrong(p place, want string) {
	switch p.node.(type) {
	case nil: // there is a fault already
		r.blameField(p.field)
	case *ast.NullNode:
		r.blame(p, "there is no value: give %s, or take the key away", want)
	default:
		r.blame(p, "must be %s, and is %s", want, kind(p.node))
	}
}

// An entry is a key of a mapping with its value.
type entry struct {
	key     string
	keyAt   position
	node    ast.Node // resolved
	valueAt position
	raw     ast.Node
	bare    bool // a key without a colon
}

// mapping returns the entries of a mapping, those that it merges after its own.
func (r *reader) mapping(p place) ([]entry, bool) {
	values, ok := pairs(p.node)
	if !ok {
		r.wrong(p, "a mapping")
		return nil, false
	}
	var own, merged []entry
	for _, v := range values {
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			merged = append(merged, r.merge(p, v.Value)...)
			continue
		}
		e, ok := r.entry(p, v)
		if !ok {
			continue
		}
		if slices.ContainsFunc(own, func(o entry) bool { return o.key == e.key }) {
			r.hide(v)
			r.add(e.keyAt, p.member(e.sayable(), "", nil, position{}).path, "this key is here twice: keep one")
			continue
		}
		own = append(own, e)
	}
	for _, e := range merged {
		if !slices.ContainsFunc(own, func(o entry) bool { return o.key == e.key }) {
			own = append(own, e)
		}
	}
	return own, true
}

func pairs(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func (r *reader) entry(p place, v *ast.MappingValueNode) (entry, bool) {
	key, ok := v.Key.(*ast.StringNode)
	if !ok {
		r.hide(v)
		r.add(positionOf(v.Key), p.path, "a key must be a word, or text in quotes")
		return entry{}, false
	}
	// A colon is the pair's own token; where there is none it is the key.
	e := entry{key: key.Value, keyAt: positionOf(key), raw: v, bare: v.Start == key.Token}
	e.node = r.resolve(v.Value)
	e.valueAt = positionOf(v.Value)
	if _, alias := v.Value.(*ast.AnchorNode); alias && e.node != nil {
		e.valueAt = positionOf(e.node)
	}
	if null, ok := e.node.(*ast.NullNode); ok && null.Token != nil && null.Token.Position.Line != e.keyAt.line {
		e.valueAt = e.keyAt // said by its absence, at the start of some later line
	}
	return e, true
}

// merge reads what << merges: a mapping or a list of such, mostly aliases.
func (r *reader) merge(p place, node ast.Node) []entry {
	at := positionOf(node)
	node = r.resolve(node)
	if list, ok := node.(*ast.SequenceNode); ok {
		var all []entry
		for _, v := range list.Values {
			all = append(all, r.merged(place{p.path, p.field, r.resolve(v), positionOf(v)})...)
		}
		return all
	}
	return r.merged(place{p.path, p.field, node, at})
}

func (r *reader) merged(p place) []entry {
	values, ok := pairs(p.node)
	if !ok {
		r.wrong(p, "a mapping to merge")
		return nil
	}
	var entries []entry
	for _, v := range values {
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			r.add(positionOf(v.Key), p.path, "what is merged cannot merge something itself")
			continue
		}
		if e, ok := r.entry(p, v); ok && !slices.ContainsFunc(entries, func(o entry) bool { return o.key == e.key }) {
			entries = append(entries, e)
		}
	}
	return entries
}
