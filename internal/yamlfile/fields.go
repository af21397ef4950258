package yamlfile

import (
	"strings"
	"time"
)

// Text reads a text.
func Text[T any, S ~string](key, name string, get func(*T) *S) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if s, ok := v.Text(); ok {
			*get(into) = S(s)
		}
	}}
}

// NonEmptyText reads a text. An empty text is a fault.
func NonEmptyText[T any, S ~string](key, name string, get func(*T) *S) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if s, ok := v.NonEmptyText(); ok {
			*get(into) = S(s)
		}
	}}
}

// Choice reads one of some words, in any letter case. The field gets the word as it is
// written in words.
func Choice[T any, S ~string](key, name string, get func(*T) *S, words ...S) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		s, ok := v.Text()
		if !ok {
			return
		}
		shown := make([]string, len(words))
		for n, w := range words {
			if strings.EqualFold(s, string(w)) {
				*get(into) = w
				return
			}
			shown[n] = strings.ToLower(string(w))
		}
		last := len(shown) - 1
		v.Fault("got %q, want %s or %s", s, strings.Join(shown[:last], ", "), shown[last])
	}}
}

// Texts reads a list of texts.
func Texts[T any, S ~string](key, name string, get func(*T) *[]S) Field[T] {
	return texts(key, name, get, (*Value).Text)
}

// NonEmptyTexts reads a list of texts. An empty text is a fault.
func NonEmptyTexts[T any, S ~string](key, name string, get func(*T) *[]S) Field[T] {
	return texts(key, name, get, (*Value).NonEmptyText)
}

func texts[T any, S ~string](key, name string, get func(*T) *[]S, read func(*Value) (string, bool)) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
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
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if b, ok := v.Bool(); ok {
			*get(into) = b
		}
	}}
}

// Not reads true or false into a field with the opposite meaning.
func Not[T any](key, name string, get func(*T) *bool) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if b, ok := v.Bool(); ok {
			*get(into) = !b
		}
	}}
}

// Int reads a whole number.
func Int[T any](key, name string, set func(*T, int)) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if n, ok := v.Int(); ok {
			set(into, n)
		}
	}}
}

// Duration reads a duration such as 90s, 15m, 1h30m or 30d. A day has 24 hours.
func Duration[T any](key, name string, get func(*T) *time.Duration) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if d, ok := v.Duration(); ok {
			*get(into) = d
		}
	}}
}

// Size reads a number of bytes such as 512B, 64KiB or 10MiB.
func Size[T any](key, name string, get func(*T) *int64) Field[T] {
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		if n, ok := v.Size(); ok {
			*get(into) = n
		}
	}}
}

// Object reads a mapping.
func Object[T, E any](key, name string, get func(*T) *E, fields []Field[E]) Field[T] {
	return Field[T]{Key: key, Name: name, below: namesOf(fields), Read: func(v *Value, into *T) {
		readObject(v, fields, get(into))
	}}
}

// Objects reads a list of mappings.
func Objects[T, E any](key, name string, get func(*T) *[]E, fields []Field[E]) Field[T] {
	return Field[T]{Key: key, Name: name, below: namesOf(fields), Read: func(v *Value, into *T) {
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
	return Field[T]{Key: key, Name: name, below: namesOf(fields), Read: func(v *Value, into *T) {
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
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
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
	return Field[T]{Key: key, Name: name, Read: func(v *Value, into *T) {
		all := map[string]any{}
		if v.Map(func(name string, value *Value) { all[name] = value.JSON() }) {
			*get(into) = all
		}
	}}
}
