package yamlfile

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// A Shape describes the values that a field takes, in the words of JSON Schema. The
// functions that make fields set it. A field with a Read function of its own sets it for
// [Schema.JSONSchema] and [Schema.Keys].
type Shape struct {
	Kind string `json:"-"` // for people: "text", "list of texts"

	Description string            `json:"description,omitempty"`
	Type        ShapeTypes        `json:"type,omitempty"`
	Enum        []any             `json:"enum,omitempty"`
	Pattern     string            `json:"pattern,omitempty"`
	MinLength   int               `json:"minLength,omitempty"`
	Items       *Shape            `json:"items,omitempty"`
	Properties  map[string]*Shape `json:"properties,omitempty"`
	// Additional is false where no other keys are allowed, or the Shape of their values.
	Additional any      `json:"additionalProperties,omitempty"`
	AnyOf      []*Shape `json:"anyOf,omitempty"`

	keys []Key // of a mapping, in the order of the schema
}

// ShapeTypes are the JSON types of a value: "string", "object". Several are alternatives.
type ShapeTypes []string

// MarshalJSON writes one type as a text and several as a list.
func (t ShapeTypes) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// A Key is a key of a file with its values, for a reference of the file.
type Key struct {
	Path  string // "user_pools[].id"; "<name>" is a name that the file chooses
	Kind  string // of its values, for people: "text", "list of texts"
	About string // as [Field.About] has it
}

func textShape() *Shape { return &Shape{Kind: "text", Type: ShapeTypes{"string"}} }

func nonEmptyShape() *Shape { return &Shape{Kind: "text", Type: ShapeTypes{"string"}, MinLength: 1} }

func listShape(kind string, of *Shape) *Shape {
	return &Shape{Kind: kind, Type: ShapeTypes{"array"}, Items: of}
}

// unitShape is that of a text with a unit, or of 0.
func unitShape(kind, pattern string) *Shape {
	return &Shape{Kind: kind, AnyOf: []*Shape{{Type: ShapeTypes{"string"}, Pattern: pattern}, {Enum: []any{0}}}}
}

func wordsShape[S ~string](words []S) *Shape {
	s := &Shape{}
	shown := make([]string, len(words))
	for n, w := range words {
		shown[n] = strings.ToLower(string(w))
		s.Enum = append(s.Enum, string(w))
		if shown[n] != string(w) {
			s.Enum = append(s.Enum, shown[n])
		}
	}
	s.Kind = strings.Join(shown, ", ")
	return s
}

// objectShape is that of a mapping with these keys and no others.
func objectShape[T any](fields []Field[T]) *Shape {
	s := &Shape{Kind: "mapping", Type: ShapeTypes{"object"}, Properties: map[string]*Shape{}, Additional: false}
	for _, f := range fields {
		if f.refused {
			continue
		}
		value := Shape{Kind: "any value"}
		if f.Shape != nil {
			value = *f.Shape
		}
		value.Description = f.about
		s.Properties[f.Key] = &value
		s.keys = append(s.keys, Key{f.Key, value.Kind, f.about})
		s.keys = append(s.keys, value.below(f.Key)...)
	}
	return s
}

// below returns the keys in a value, under the path of the value.
func (s *Shape) below(path string) (keys []Key) {
	prefix, inner := path+".", s
	switch more, _ := s.Additional.(*Shape); {
	case s.Items != nil:
		prefix, inner = path+"[].", s.Items
	case more != nil:
		prefix, inner = path+".<name>.", more
	}
	for _, k := range inner.keys {
		k.Path = prefix + k.Path
		keys = append(keys, k)
	}
	return keys
}

// namesShape is that of a mapping from names to values.
func namesShape(kind string, values *Shape) *Shape {
	return &Shape{Kind: kind, Type: ShapeTypes{"object"}, Additional: values}
}

func secretShape(literal bool) *Shape {
	s := &Shape{Kind: "secret"}
	if literal {
		s.AnyOf = append(s.AnyOf, nonEmptyShape())
	}
	for _, key := range []string{"env", "file"} {
		s.AnyOf = append(s.AnyOf, &Shape{
			Type: ShapeTypes{"object"}, Properties: map[string]*Shape{key: nonEmptyShape()}, Additional: false,
		})
	}
	return s
}

// Keys returns every key of the file, in the order of the schema. A key comes before
// those below it.
func (s *Schema[T]) Keys() []Key { return slices.Clone(objectShape(s.Fields).keys) }

// JSONSchema returns a JSON Schema (draft 2020-12) of the file, for editors. The same
// schema gives the same bytes. It accepts every file that Parse accepts, but for a key
// without a value, words in unusual letter case, negative durations and merge keys.
func (s *Schema[T]) JSONSchema(title string) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Schema string `json:"$schema"`
		Title  string `json:"title"`
		*Shape
	}{"https://json-schema.org/draft/2020-12/schema", title, objectShape(s.Fields)})
	return b.Bytes(), err
}
