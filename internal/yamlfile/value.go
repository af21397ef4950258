package yamlfile

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// A Value is a value of a file, for the Read function of a [Field]. Each method that
// finds the wrong kind of value adds a fault and returns false. A Value is not safe for
// concurrent use.
type Value struct {
	r     *reader
	path  string   // in the file: user_pools[0].clients[1].id
	field string   // of the struct: Pools[0].Clients[1].ID
	node  ast.Node // resolved; nil where a fault says why
	at    position
	key   *entry // that it is the value of, if it is one
}

func (v *Value) pathOf(key string) string {
	if v.path == "" {
		return key
	}
	return v.path + "." + key
}

func (v *Value) fieldOf(name string) string {
	if v.field == "" {
		return name
	}
	return v.field + "." + name
}

// member is the value of a key that the schema knows.
func (v *Value) member(e entry, name string) *Value {
	return v.r.record(&Value{v.r, v.pathOf(e.key), v.fieldOf(name), e.node, e.valueAt, &e})
}

var plainKey = regexp.MustCompile(`^[A-Za-z][\w:-]*$`)

// item is the value of a key of any form.
func (v *Value) item(e entry) *Value {
	path := fmt.Sprintf("%s[%q]", v.path, e.key)
	if plainKey.MatchString(e.key) && utf8.RuneCountInString(e.key) <= 64 {
		path = v.pathOf(e.key)
	}
	return v.r.record(&Value{v.r, path, fmt.Sprintf("%s[%q]", v.field, e.key), e.node, e.valueAt, &e})
}

// record notes the place of a field, for faults of the schema's check.
func (r *reader) record(v *Value) *Value {
	r.values[v.field] = v
	return v
}

// Fault adds a fault of the value. The message continues a sentence that begins with
// the value's path. It must not hold a secret.
func (v *Value) Fault(format string, args ...any) {
	v.r.markFaulty(v.field)
	v.r.add(v.at, v.path, fmt.Sprintf(format, args...))
}

// KeyFault adds a fault of the key that v is the value of, and keeps the line out of
// excerpts. The message begins with the key, or with "this key" where the key may be
// something else that was put there by mistake.
func (v *Value) KeyFault(parent *Value, reason string) {
	key := "this key"
	if !v.key.bare && len(v.key.key) <= 40 {
		key = strconv.QuoteToASCII(v.key.key)
	}
	v.r.hide(v.key.raw)
	v.r.markFaulty(v.field)
	v.r.add(v.key.keyAt, parent.path, key+" "+reason)
}

// wrongKind adds the fault of a value that is of another kind than it must be.
func (v *Value) wrongKind(want string) {
	switch v.node.(type) {
	case nil: // there is a fault already
		v.r.markFaulty(v.field)
	case *ast.NullNode:
		v.Fault("has no value; give %s, or remove the key", want)
	default:
		v.Fault("got %s, want %s", kindOf(v.node), want)
	}
}

// kindOf names the kind of a value, for messages.
func kindOf(node ast.Node) string {
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

// IsNull reports whether there is a key without a value.
func (v *Value) IsNull() bool {
	_, null := v.node.(*ast.NullNode)
	return null
}

// Text returns a text.
func (v *Value) Text() (string, bool) {
	if s, ok := textOf(v.node); ok {
		return s, true
	}
	switch v.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		v.Fault("got %s, want text; put it in quotes", kindOf(v.node))
	default:
		v.wrongKind("text")
	}
	return "", false
}

// NonEmptyText returns a text that is not empty.
func (v *Value) NonEmptyText() (string, bool) {
	s, ok := v.Text()
	if ok && s == "" {
		v.Fault("is empty; give text")
	}
	return s, ok && s != ""
}

// textOrTexts returns a list of texts, or a single text as a list of one.
func (v *Value) textOrTexts() []string {
	if _, ok := v.node.(*ast.SequenceNode); !ok {
		if s, ok := v.NonEmptyText(); ok {
			return []string{s}
		}
		return nil
	}
	list := []string{}
	v.List(func(element *Value) {
		s, _ := element.NonEmptyText()
		list = append(list, s)
	})
	return list
}

func textOf(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value != nil {
			return n.Value.Value, true
		}
	}
	return "", false
}

// Scalar returns a text, or true, false or a number as the file writes it.
func (v *Value) Scalar() (string, bool) {
	switch n := v.node.(type) {
	case *ast.BoolNode:
		return strconv.FormatBool(n.Value), true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return v.Text()
}

// Bool returns true or false.
func (v *Value) Bool() (value, ok bool) {
	if b, ok := v.node.(*ast.BoolNode); ok {
		return b.Value, true
	}
	v.wrongKind("true or false")
	return false, false
}

// Int returns a whole number.
func (v *Value) Int() (int, bool) {
	n, ok := v.node.(*ast.IntegerNode)
	if _, fraction := v.node.(*ast.FloatNode); fraction {
		v.Fault("got a fraction, want a whole number")
		return 0, false
	}
	if !ok {
		v.wrongKind("a whole number")
		return 0, false
	}
	value, err := strconv.Atoi(fmt.Sprint(n.Value))
	if err != nil {
		v.Fault("the number is too large")
	}
	return value, err == nil
}

// List calls each with the elements of a list.
func (v *Value) List(each func(element *Value)) bool {
	list, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.wrongKind("a list")
		return false
	}
	for n, item := range list.Values {
		node := v.r.resolve(item)
		at := positionOf(item)
		if _, anchor := item.(*ast.AnchorNode); anchor && node != nil {
			at = positionOf(node)
		}
		index := fmt.Sprintf("[%d]", n)
		each(v.r.record(&Value{v.r, v.path + index, v.field + index, node, at, nil}))
		if v.r.left <= 0 {
			break
		}
	}
	return true
}

// Map calls each with the keys and values of a mapping whose keys the schema does not
// know.
func (v *Value) Map(each func(key string, value *Value)) bool {
	entries, ok := v.entries()
	for _, e := range entries {
		each(e.key, v.item(e))
	}
	return ok
}

// maxJSONDepth is the nesting of a JSON value. Aliases can make more of it than the
// file shows.
const maxJSONDepth = 32

// jsonNumber finds the numbers that JSON writes in the same way. Their digits stay as
// they are.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

// JSON returns any value that JSON can hold, as package encoding/json represents it,
// with numbers as [json.Number].
func (v *Value) JSON() any { return v.json(0) }

func (v *Value) json(depth int) any {
	if depth > maxJSONDepth {
		v.Fault("is nested more than %d levels deep", maxJSONDepth)
		return nil
	}
	switch n := v.node.(type) {
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
	case *ast.NullNode, nil:
		return nil
	case *ast.SequenceNode:
		list := []any{}
		v.List(func(element *Value) { list = append(list, element.json(depth+1)) })
		return list
	case *ast.MappingNode, *ast.MappingValueNode:
		all := map[string]any{}
		v.Map(func(key string, value *Value) { all[key] = value.json(depth + 1) })
		return all
	}
	v.Fault("cannot be written in JSON")
	return nil
}
