package yamlfile

import (
	"strings"
	"time"
)

// Text reads a text.
func Text[T any, S ~string](key, name string, get func(*T) *S) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: textShape(), Read: func(v *Value, into *T) {
		if s, ok := v.Text(); ok {
			*get(into) = S(s)
		}
	}}
}

// NonEmptyText reads a text. An empty text is a fault.
func NonEmptyText[T any, S ~string](key, name string, get func(*T) *S) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: nonEmptyShape(), Read: func(v *Value, into *T) {
		if s, ok := v.NonEmptyText(); ok {
			*get(into) = S(s)
		}
	}}
}

// Choice reads one of some words, in any letter case. The field gets the word as it is
// written in words.
func Choice[T any, S ~string](key, name string, get func(*T) *S, words ...S) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: wordsShape(words), Read: func(v *Value, into *T) {
		if w, ok := choose(v, words); ok {
			*get(into) = w
		}
	}}
}

// Choices reads a list of words that [Choice] reads.
func Choices[T any, S ~string](key, name string, get func(*T) *[]S, words ...S) Field[T] {
	of := wordsShape(words)
	return Field[T]{Key: key, Name: name, Shape: listShape("list of "+of.Kind, of), Read: func(v *Value, into *T) {
		list := []S{}
		v.List(func(element *Value) {
			w, _ := choose(element, words)
			list = append(list, w)
		})
		*get(into) = list
	}}
}

// choose returns the word that the value is.
func choose[S ~string](v *Value, words []S) (chosen S, ok bool) {
	s, ok := v.Text()
	if !ok {
		return "", false
	}
	shown := make([]string, len(words))
	for n, w := range words {
		if strings.EqualFold(s, string(w)) {
			return w, true
		}
		shown[n] = strings.ToLower(string(w))
	}
	want := shown[len(shown)-1]
	if len(shown) > 1 {
		want = strings.Join(shown[:len(shown)-1], ", ") + " or " + want
	}
	v.Fault("got %q, want %s", s, want)
	return "", false
}

// Texts reads a list of texts.
func Texts[T any, S ~string](key, name string, get func(*T) *[]S) Field[T] {
	return texts(key, name, get, textShape(), (*Value).Text)
}

// NonEmptyTexts reads a list of texts. An empty text is a fault.
func NonEmptyTexts[T any, S ~string](key, name string, get func(*T) *[]S) Field[T] {
	return texts(key, name, get, nonEmptyShape(), (*Value).NonEmptyText)
}

func texts[T any, S ~string](key, name string, get func(*T) *[]S, of *Shape, read func(*Value) (string, bool)) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: listShape("list of texts", of), Read: func(v *Value, into *T) {
		list := []S{}
		v.List(func(element *Value) {
			s, _ := read(element)
			list = append(list, S(s)) // a wrong one, too: the others keep their numbers
		})
		*get(into) = list
	}}
}

// Bool reads true or false.
func Bool[T any](key, name string, get func(*T) *bool) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: boolShape(), Read: func(v *Value, into *T) {
		if b, ok := v.Bool(); ok {
			*get(into) = b
		}
	}}
}

// Not reads true or false into a field with the opposite meaning.
func Not[T any](key, name string, get func(*T) *bool) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: boolShape(), Read: func(v *Value, into *T) {
		if b, ok := v.Bool(); ok {
			*get(into) = !b
		}
	}}
}

func boolShape() *Shape { return &Shape{Kind: "true or false", Type: ShapeTypes{"boolean"}} }

// Int reads a whole number.
func Int[T any](key, name string, set func(*T, int)) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: &Shape{Kind: "whole number", Type: ShapeTypes{"integer"}}, Read: func(v *Value, into *T) {
		if n, ok := v.Int(); ok {
			set(into, n)
		}
	}}
}

// Duration reads a duration such as 90s, 15m, 1h30m or 30d. A day has 24 hours.
func Duration[T any](key, name string, get func(*T) *time.Duration) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: unitShape("duration", durationPattern), Read: func(v *Value, into *T) {
		if d, ok := v.Duration(); ok {
			*get(into) = d
		}
	}}
}

// NonZeroDuration reads a duration, where 0 is a fault: for a field whose 0 means that the
// key is not there.
func NonZeroDuration[T any](key, name string, get func(*T) *time.Duration) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: unitShape("duration", durationPattern), Read: func(v *Value, into *T) {
		switch d, ok := v.Duration(); {
		case ok && d == 0:
			v.Fault("is 0; give a longer duration, or remove the key")
		case ok:
			*get(into) = d
		}
	}}
}

// Size reads a number of bytes such as 512B, 64KiB or 10MiB.
func Size[T any](key, name string, get func(*T) *int64) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: unitShape("size", size.String()), Read: func(v *Value, into *T) {
		if n, ok := v.Size(); ok {
			*get(into) = n
		}
	}}
}

// Object reads a mapping.
func Object[T, E any](key, name string, get func(*T) *E, fields []Field[E]) Field[T] {
	return Field[T]{Key: key, Name: name, Shape: objectShape(fields), below: namesOf(fields), Read: func(v *Value, into *T) {
		readObject(v, fields, get(into))
	}}
}

// Objects reads a list of mappings.
func Objects[T, E any](key, name string, get func(*T) *[]E, fields []Field[E]) Field[T] {
	shape := listShape("list of mappings", objectShape(fields))
	return Field[T]{Key: key, Name: name, Shape: shape, below: namesOf(fields), Read: func(v *Value, into *T) {
		var list []E
		v.List(func(element *Value) {
			var e E
			readObject(element, fields, &e)
			list = append(list, e)
		})
		*get(into) = list
	}}
}

// NamedObjects reads a mapping from names to mappings. checkName returns what is wrong
// with a name, as the rest of a sentence that begins with the name, or ""; nil allows
// every name. A key without a value is an empty mapping.
func NamedObjects[T, E any](key, name string, get func(*T) *map[string]E, checkName func(string) string, fields []Field[E]) Field[T] {
	shape := namesShape("mapping from names to mappings", objectShape(fields))
	return Field[T]{Key: key, Name: name, Shape: shape, below: namesOf(fields), Read: func(v *Value, into *T) {
		all := map[string]E{}
		*get(into) = all
		if v.IsNull() {
			return
		}
		v.Map(func(name string, value *Value) {
			if checkName != nil {
				if reason := checkName(name); reason != "" {
					value.KeyFault(v, reason)
					return
				}
			}
			var e E
			readObject(value, fields, &e)
			all[name] = e
		})
	}}
}

// Scalars reads a mapping from names to texts. It takes true, false and numbers as the
// texts that the file writes.
func Scalars[T any](key, name string, get func(*T) *map[string]string) Field[T] {
	shape := namesShape("mapping from names to texts", &Shape{Type: ShapeTypes{"string", "number", "boolean"}})
	return Field[T]{Key: key, Name: name, Shape: shape, Read: func(v *Value, into *T) {
		all := map[string]string{}
		ok := v.Map(func(name string, value *Value) {
			if s, ok := value.Scalar(); ok {
				all[name] = s
			}
		})
		if ok {
			*get(into) = all
		}
	}}
}

// JSONObject reads a mapping from names to any values that JSON can hold.
func JSONObject[T any](key, name string, get func(*T) *map[string]any) Field[T] {
	shape := namesShape("mapping from names to any values", &Shape{})
	return Field[T]{Key: key, Name: name, Shape: shape, Read: func(v *Value, into *T) {
		all := map[string]any{}
		if v.Map(func(name string, value *Value) { all[name] = value.JSON() }) {
			*get(into) = all
		}
	}}
}

// TextLists reads a mapping from names to a text or a list of texts, which must not be
// empty. A single text is a list of one.
func TextLists[T any](key, name string, get func(*T) *map[string][]string) Field[T] {
	one := nonEmptyShape()
	shape := namesShape("mapping from names to a text or a list of texts", &Shape{AnyOf: []*Shape{one, listShape("", one)}})
	return Field[T]{Key: key, Name: name, Shape: shape, Read: func(v *Value, into *T) {
		all := map[string][]string{}
		*get(into) = all
		v.Map(func(name string, value *Value) { all[name] = value.textOrTexts() })
	}}
}

// Rate reads a number of events in a time, such as 20/1m or 100/s.
func Rate[T any](key, name string, get func(*T) *Frequency) Field[T] {
	shape := &Shape{Kind: "rate", Type: ShapeTypes{"string"}, Pattern: rate.String()}
	return Field[T]{Key: key, Name: name, Shape: shape, Read: func(v *Value, into *T) {
		if f, ok := v.Rate(); ok {
			*get(into) = f
		}
	}}
}

// Refused is a key that the file cannot have, with the reason, which continues a sentence
// that begins with the key. It is for keys that are known from documents. Messages and
// documents that list the keys leave it out.
func Refused[T any](key, reason string) Field[T] {
	return Field[T]{Key: key, Name: key, refused: true, Read: func(v *Value, _ *T) {
		v.hide()
		v.Fault("%s", reason)
	}}
}
