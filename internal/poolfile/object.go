package poolfile

import (
	"regexp"
	"slices"
	"strings"
)

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

// sayable is the key, unless it may be a piece of a secret that was not quoted: a
// password with a comma, in braces, leaves a key without a value.
func (e *entry) sayable() string {
	if e.bare || !word.MatchString(e.key) {
		return "(key)"
	}
	return e.key
}

// unknown files that a mapping has no such key.
func (r *reader) unknown(p place, e entry, keys, names []string) {
	r.hide(e.raw)
	message := "there is no such key here; the keys are " + strings.Join(keys, ", ")
	switch near := nearest(e.key, keys); {
	case e.bare || !word.MatchString(e.key):
		message = "this is no key; text with commas, colons or braces in it goes in quotes"
	case near >= 0:
		message = "there is no such key here; did you mean " + keys[near] + "?"
		r.blameField(p.member(keys[near], names[near], nil, position{}).field)
	}
	r.add(e.keyAt, p.member(e.sayable(), "", nil, position{}).path, message)
}

// field is a key of a mapping that is read into a T.
type field[T any] struct {
	key  string // in the file
	name string // in T
	read func(*reader, place, *T)
}

// object reads a mapping with these keys.
func object[T any](r *reader, p place, fields []field[T], into *T) {
	entries, _ := r.mapping(p)
	for _, e := range entries {
		n := slices.IndexFunc(fields, func(f field[T]) bool { return f.key == e.key })
		if n < 0 {
			keys, names := make([]string, len(fields)), make([]string, len(fields))
			for i, f := range fields {
				keys[i], names[i] = f.key, f.name
			}
			r.unknown(p, e, keys, names)
			continue
		}
		at := p.member(e.key, fields[n].name, e.node, e.valueAt)
		r.places[at.field] = at
		fields[n].read(r, at, into)
	}
}
