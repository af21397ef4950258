package describe

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// pathOf writes a pointer as people do, as far as it leads through members that t
// has; cut says that it leads on. If t is nil, it names all members.
func pathOf(p jsontext.Pointer, t reflect.Type) (path string, cut bool) {
	const deepest, longest = 16, 64
	var b strings.Builder
	at, all := place{t: t}, t == nil
	n := 0
	for token := range p.Tokens() {
		if n++; n > deepest {
			return b.String(), true
		}
		index := token != "" && strings.Trim(token, "0123456789") == ""
		if !all {
			var known bool
			if at, index, known = at.next(token); !known {
				return b.String(), true
			}
		}
		switch {
		case index:
			b.WriteString("[" + shown(shortenTo(token, longest)) + "]")
		case n > 1:
			b.WriteString("." + shown(shortenTo(token, longest)))
		default:
			b.WriteString(shown(shortenTo(token, longest)))
		}
	}
	return b.String(), false
}

// place is where a path has come to: a type, or a shape of what is kept as it came.
type place struct {
	t reflect.Type
	s *shape
}

// next takes a step, which is an index of a list or the name of a known member.
func (p place) next(token string) (at place, index, known bool) {
	if p.s != nil {
		switch {
		case p.s.kind == '[':
			return place{s: p.s.each}, true, true
		case p.s.members[token] != nil:
			return place{s: p.s.members[token]}, false, true
		}
		return place{}, false, false
	}
	if p.t == nil {
		return place{}, false, false
	}
	t := p.t
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice:
		return place{t: t.Elem()}, true, true
	case reflect.Struct:
		field := memberOf(t, token)
		if field != nil && field != reflect.TypeFor[json.RawMessage]() {
			return place{t: field}, false, true
		}
		s := shapeOf(token)
		return place{s: s}, false, field != nil || s != nil
	default:
		return place{}, false, false
	}
}

// memberOf is the type of a struct's field of that name in JSON, or nil.
func memberOf(t reflect.Type, name string) reflect.Type {
	for field := range t.Fields() {
		if field.Anonymous && field.Tag.Get("json") == "" && field.Type.Kind() == reflect.Struct {
			if found := memberOf(field.Type, name); found != nil {
				return found
			}
			continue
		}
		if field.IsExported() && nameOf(field) == name {
			return field.Type
		}
	}
	return nil
}

func nameOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "" {
		return field.Name
	}
	return name
}

// shapeOf finds the shape of what is kept as it came, or nil.
func shapeOf(name string) *shape {
	for _, t := range []map[string]*shape{poolShapes, clientShapes, actionShapes} {
		if s := t[name]; s != nil {
			return s
		}
	}
	return nil
}
