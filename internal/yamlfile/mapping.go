package yamlfile

import (
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// An entry is a key of a mapping with its value.
type entry struct {
	key     string
	keyAt   position
	node    ast.Node // resolved
	valueAt position
	raw     ast.Node
	bare    bool // a key without a colon
}

// entries returns the entries of a mapping, those that it merges after its own.
func (v *Value) entries() ([]entry, bool) {
	pairs, ok := pairsOf(v.node)
	if !ok {
		v.wrongKind("a mapping")
		return nil, false
	}
	var own, merged []entry
	for _, pair := range pairs {
		if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
			merged = append(merged, v.merge(pair)...)
			continue
		}
		e, ok := v.entry(pair)
		if !ok {
			continue
		}
		if hasKey(own, e.key) {
			v.r.hide(pair)
			v.r.add(e.keyAt, v.pathOf(e.shownKey()), "this key occurs twice; remove one")
			continue
		}
		own = append(own, e)
	}
	for _, e := range merged {
		if !hasKey(own, e.key) {
			own = append(own, e)
		}
	}
	return own, true
}

func hasKey(entries []entry, key string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.key == key })
}

func pairsOf(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func (v *Value) entry(pair *ast.MappingValueNode) (entry, bool) {
	key, ok := pair.Key.(*ast.StringNode)
	if !ok {
		v.r.hide(pair)
		v.r.add(positionOf(pair.Key), v.path, "a key must be a word, or text in quotes")
		return entry{}, false
	}
	// The token of a pair is its colon. Without a colon it is the key.
	e := entry{key: key.Value, keyAt: positionOf(key), raw: pair, bare: pair.Start == key.Token}
	e.node = v.r.resolve(pair.Value)
	e.valueAt = positionOf(pair.Value)
	if _, anchor := pair.Value.(*ast.AnchorNode); anchor && e.node != nil {
		e.valueAt = positionOf(e.node)
	}
	if null, ok := e.node.(*ast.NullNode); ok && null.Token != nil && null.Token.Position.Line != e.keyAt.line {
		e.valueAt = e.keyAt // the parser places a missing value at the start of a later line
	}
	return e, true
}

// merge reads the value of a << key: a mapping or a list of mappings, mostly aliases.
func (v *Value) merge(pair *ast.MappingValueNode) []entry {
	if v.r.noAliases {
		v.r.noAlias(pair.Key)
		return nil
	}
	node := v.r.resolve(pair.Value)
	if list, ok := node.(*ast.SequenceNode); ok {
		var all []entry
		for _, item := range list.Values {
			all = append(all, v.merged(v.r.resolve(item), positionOf(item))...)
		}
		return all
	}
	return v.merged(node, positionOf(pair.Value))
}

func (v *Value) merged(node ast.Node, at position) []entry {
	from := &Value{r: v.r, path: v.path, field: v.field, node: node, at: at}
	pairs, ok := pairsOf(node)
	if !ok {
		from.wrongKind("a mapping to merge")
		return nil
	}
	var all []entry
	for _, pair := range pairs {
		if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
			v.r.add(positionOf(pair.Key), v.path, "a merged mapping cannot have a merge key")
			continue
		}
		if e, ok := from.entry(pair); ok && !hasKey(all, e.key) {
			all = append(all, e)
		}
	}
	return all
}

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

// shownKey is the key, unless it may be a piece of a secret without quotes: a password
// with a comma, in braces, leaves a key without a value.
func (e *entry) shownKey() string {
	if e.bare || !word.MatchString(e.key) {
		return "(key)"
	}
	return e.key
}

// readObject reads a mapping with these keys.
func readObject[T any](v *Value, fields []Field[T], into *T) {
	entries, _ := v.entries()
	for _, e := range entries {
		n := slices.IndexFunc(fields, func(f Field[T]) bool { return f.Key == e.key })
		if n < 0 {
			v.unknown(e, namesOf(fields))
			continue
		}
		fields[n].Read(v.member(e, fields[n].Name), into)
	}
}
