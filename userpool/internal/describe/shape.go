package describe

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	strict "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shape is what the API takes for a member that the records keep as it came. Clients
// of typed languages read such members back: one of another kind breaks them.
type shape struct {
	kind    jsontext.Kind     // 't' is true and false
	members map[string]*shape // of a structure
	each    *shape            // of a list's members, and of a map's
}

var (
	text   = &shape{kind: '"'}
	flag   = &shape{kind: 't'}
	number = &shape{kind: '0'} // a whole one of 32 bits: the API has no others
)

func list(each *shape) *shape { return &shape{kind: '[', each: each} }

func table(each *shape) *shape { return &shape{kind: '{', each: each} }

func object(members map[string]*shape) *shape { return &shape{kind: '{', members: members} }

// texts is a structure of strings.
func texts(names ...string) *shape {
	members := map[string]*shape{}
	for _, name := range names {
		members[name] = text
	}
	return object(members)
}

// with adds a member to a structure.
func (s *shape) with(name string, member *shape) *shape {
	s.members[name] = member
	return s
}

// clean returns a value that is of the shape without its nulls, or says where it is
// of another. Members that the shape does not have are for keep to keep.
func (s *shape) clean(value jsontext.Value, at jsontext.Pointer, keep bool) (jsontext.Value, error) {
	kind := value.Kind()
	if kind == 'f' {
		kind = 't'
	}
	wrong := &strict.SemanticError{JSONPointer: at, JSONKind: kind}
	if kind != s.kind {
		return nil, wrong
	}
	switch kind {
	case '[':
		return s.cleanList(value, at, keep)
	case '{':
		return s.cleanObject(value, at, keep)
	case '0':
		if _, err := strconv.ParseInt(string(value), 10, 32); err != nil {
			wrong.GoType = reflect.TypeFor[int]()
			return nil, wrong
		}
		return value, nil
	default:
		return value, nil
	}
}

func (s *shape) cleanList(value jsontext.Value, at jsontext.Pointer, keep bool) (jsontext.Value, error) {
	var given []jsontext.Value
	if err := strict.Unmarshal(value, &given); err != nil {
		return nil, err
	}
	taken := []json.RawMessage{}
	for i, v := range given {
		if v.Kind() == 'n' {
			continue
		}
		v, err := s.each.clean(v, at.AppendToken(strconv.Itoa(i)), keep)
		if err != nil {
			return nil, err
		}
		taken = append(taken, json.RawMessage(v))
	}
	return written(taken), nil
}

func (s *shape) cleanObject(value jsontext.Value, at jsontext.Pointer, keep bool) (jsontext.Value, error) {
	var given map[string]jsontext.Value
	if err := strict.Unmarshal(value, &given); err != nil {
		return nil, err
	}
	taken := map[string]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		v, of := given[name], s.each
		if of == nil {
			of = s.members[name]
		}
		switch {
		case v.Kind() == 'n', of == nil && !keep:
		case of == nil:
			taken[name] = json.RawMessage(v)
		default:
			v, err := of.clean(v, at.AppendToken(name), keep)
			if err != nil {
				return nil, err
			}
			taken[name] = json.RawMessage(v)
		}
	}
	return written(taken), nil
}

func written(v any) jsontext.Value {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("describe: what was read does not encode: %w", err)) // it is JSON
	}
	return b
}
