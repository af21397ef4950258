package yamlfile

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// DefaultMaxBytes is the size of the largest file that a schema reads if it sets no
// other: 1 MiB.
const DefaultMaxBytes = 1 << 20

// A Schema says what a file may have, and how it is read into a T. It is not changed by
// reading and is safe for concurrent use.
type Schema[T any] struct {
	// Fields are the keys of the file.
	Fields []Field[T]
	// Defaults returns what a file without any key is read as. nil is the zero T.
	Defaults func() T
	// MaxBytes is the size of the largest file in bytes; 0 means [DefaultMaxBytes].
	MaxBytes int
	// Empty is the fault of a file without content. "" means that such a file is good.
	Empty string
	// NoAliases rejects anchors, aliases and merge keys. It is for a file that a program
	// writes back, which would lose them.
	NoAliases bool
	// Check returns the faults of what was read, each with the name of a field of T,
	// such as "Pools[0].Clients[1].ID". It is called for a file with faults, too, and
	// then sees zero values in their places; its faults of fields that already have one
	// are left out. nil checks nothing.
	Check func(*T) []FieldFault
	// Follows reports whether a fault of Check in field may only follow from another
	// one, and is left out. faulty reports whether a field has a fault already. nil
	// leaves out nothing.
	Follows func(field string, faulty func(field string) bool) bool
}

// A FieldFault is a fault of a field of the struct that a file is read into.
type FieldFault struct {
	Field  string // such as "Pools[0].Clients[1].ID"; "" for the file as a whole
	Reason string // continues a sentence that begins with the field; it holds no secret
}

// A Field is a key of a mapping that is read into a T. The functions of this package
// make fields for the usual kinds of values; others set Read.
type Field[T any] struct {
	Key  string // in the file
	Name string // of the field in T, for [Schema.Check]
	// Read reads the value. It reports what is wrong by the methods of the value.
	Read func(*Value, *T)
	// Shape describes the values for documents that are made from the schema. nil is any
	// value.
	Shape *Shape

	about   string
	below   names // the keys of the mappings in this value
	secret  bool  // the value is a secret, or should say where one is
	refused bool  // the key is not one of the schema
}

// About returns the field with a description, for documents that are made from the
// schema. It is a sentence without a subject: "The address to listen on."
func (f Field[T]) About(text string) Field[T] {
	f.about = text
	return f
}

// A Document is a file that was read.
type Document[T any] struct {
	Config T

	sources map[string]Source
}

// Source returns where the secret of a field of Config comes from, such as
// "Pools[0].Clients[1].Secret".
func (d *Document[T]) Source(field string) Source { return d.sources[field] }

// Files returns the files that secrets come from, as the file names them.
func (d *Document[T]) Files() (paths []string) {
	for _, s := range d.sources {
		if s.File != "" {
			paths = append(paths, s.File)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Parse reads the text of a file. name is what faults call the file. The error is an
// [*Error] with all faults, in the order of their lines.
func (s *Schema[T]) Parse(name string, text []byte, lookup Lookup) (*Document[T], error) {
	return s.read(s.reader(text, lookup), name, text)
}

func (s *Schema[T]) reader(text []byte, lookup Lookup) *reader {
	keys := namesOf(s.Fields)
	return &reader{
		lookup: lookup, noAliases: s.NoAliases, left: maxValues, lines: bytes.Split(text, []byte("\n")),
		targets: map[*ast.AliasNode]ast.Node{}, names: keys, plainKeys: keys.plain(map[string]bool{}),
		values: map[string]*Value{}, faulty: map[string]bool{}, above: map[string]bool{},
		sources: map[string]Source{}, secret: map[int]bool{},
	}
}

// read is Parse with a new reader.
func (s *Schema[T]) read(r *reader, name string, text []byte) (*Document[T], error) {
	document := &Document[T]{sources: r.sources}
	if s.Defaults != nil {
		document.Config = s.Defaults()
	}
	root, ok := r.parse(text, cmp.Or(s.MaxBytes, DefaultMaxBytes))
	switch {
	case ok && root == nil && s.Empty != "":
		r.add(position{1, 1}, "", s.Empty)
	case ok && root != nil:
		start := &Value{r: r, node: r.resolve(root), at: positionOf(root)}
		readObject(start, s.Fields, &document.Config)
		if s.Check != nil {
			r.check(s.Check(&document.Config), s.Follows)
		}
	}
	if len(r.faults) == 0 {
		return document, nil
	}
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for n := range r.faults {
		r.faults[n].Excerpt = r.excerpt(r.faults[n].Line)
	}
	return nil, &Error{Name: name, Faults: r.faults, More: r.more}
}

// KeyOf returns the path in the file of a field of T, or "" where the file has no key
// for it. The field has no numbers of elements: "Pools.Clients.ID".
func (s *Schema[T]) KeyOf(field string) string {
	path, known := namesOf(s.Fields).path(segments(field))
	if !known {
		return ""
	}
	return path
}
