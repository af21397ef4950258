package yamlfile

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A Lookup reads the secrets that a file names. A nil function finds none. Both must be
// safe for concurrent use if files are read concurrently.
type Lookup struct {
	// Env returns the value of an environment variable, for {env: NAME}.
	Env func(name string) (value string, found bool)
	// File returns the content of a file, for {file: PATH}. It decides what a relative
	// path is relative to. Faults show its errors.
	File func(path string) ([]byte, error)
}

// A Source is where a secret comes from. The zero value is the configuration file
// itself.
type Source struct {
	Env  string // {env: NAME}
	File string // {file: PATH}
}

func sourceEnv(s *Source) *string  { return &s.Env }
func sourceFile(s *Source) *string { return &s.File }

// A [Secret] with an empty env or file has the other one.
var (
	secretFields = []Field[Source]{Text("env", "Env", sourceEnv), Text("file", "File", sourceFile)}
	sourceFields = []Field[Source]{NonEmptyText("env", "Env", sourceEnv), NonEmptyText("file", "File", sourceFile)}
)

const wantSource = "{env: NAME} or {file: PATH}"

// Secret reads a secret: a text, {env: NAME} or {file: PATH}. No fault shows a part of
// it. S is a type that does not show itself in logs.
func Secret[T any, S ~string](key, name string, get func(*T) *S) Field[T] {
	return Field[T]{Key: key, Name: name, secret: true, Shape: secretShape(true), Read: func(v *Value, into *T) {
		v.hide()
		if _, mapping := pairsOf(v.node); !mapping {
			// An empty secret would make a client public that is meant to have a secret.
			if s, ok := v.Text(); ok && s == "" {
				v.Fault("is empty; give a secret, or remove the key")
			} else if ok {
				*get(into) = S(s)
			}
			return
		}
		from, ok := v.source(secretFields, "must be text, "+wantSource)
		if !ok {
			return
		}
		if s, ok := v.fetch(from); ok {
			*get(into) = S(s)
			v.r.sources[v.field] = from
		}
	}}
}

// SecretSource reads where a secret is, {env: NAME} or {file: PATH}, and does not look
// there. A secret in the file itself is a fault. An empty mapping, {}, names no secret.
func SecretSource[T any](key, name string, get func(*T) *Source) Field[T] {
	return Field[T]{Key: key, Name: name, secret: true, Shape: secretShape(false), Read: func(v *Value, into *T) {
		v.hide()
		if _, literal := textOf(v.node); literal {
			v.Fault("the secret itself must not be in this file; give %s", wantSource)
			return
		}
		if pairs, mapping := pairsOf(v.node); mapping && len(pairs) == 0 {
			return
		}
		if from, ok := v.source(sourceFields, "must be "+wantSource); ok {
			*get(into) = from
		}
	}}
}

// source reads a mapping with one of two keys.
func (v *Value) source(fields []Field[Source], want string) (Source, bool) {
	before := len(v.r.faults) + v.r.more
	var from Source
	readObject(v, fields, &from)
	switch {
	case len(v.r.faults)+v.r.more > before:
		v.r.markFaulty(v.field)
		return Source{}, false
	case (from.Env == "") == (from.File == ""):
		v.Fault("%s", want)
		return Source{}, false
	}
	return from, true
}

func (v *Value) fetch(from Source) (string, bool) {
	switch {
	case from.Env != "":
		if v.r.lookup.Env != nil {
			if value, found := v.r.lookup.Env(from.Env); found && value != "" {
				return value, true
			}
		}
		v.Fault("the environment variable %q is not set or is empty", from.Env)
	case v.r.lookup.File == nil:
		v.Fault("secrets cannot be read from files here")
	default:
		b, err := v.r.lookup.File(from.File)
		value := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
		switch {
		case err != nil:
			v.Fault("the file %q cannot be read: %v", from.File, err)
		case value == "":
			v.Fault("the file %q is empty", from.File)
		case !utf8.ValidString(value) || strings.ContainsAny(value, "\r\n"):
			v.Fault("the file %q must have one line of UTF-8 text", from.File)
		default:
			return value, true
		}
	}
	return "", false
}

// hide keeps the lines of a secret out of excerpts: those of the value as the file writes
// it, which may have no resolved value, and those of the value that an alias names.
func (v *Value) hide() {
	v.r.hide(v.node)
	if v.key != nil {
		v.r.hide(v.key.raw)
	}
}

// hide keeps the lines of a value out of excerpts.
func (r *reader) hide(node ast.Node) {
	if node != nil {
		ast.Walk(hider{r}, node)
	}
}

type hider struct{ r *reader }

// Visit implements ast.Visitor.
func (h hider) Visit(node ast.Node) ast.Visitor {
	if node == nil {
		return nil
	}
	t := node.GetToken()
	if t == nil || t.Position == nil {
		return h
	}
	h.r.secret[t.Position.Line] = true
	// A text of several lines has the position of its first or of its last line.
	if t.Type != token.MappingValueType {
		n := strings.Count(t.Origin, "\n")
		for line := t.Position.Line - n; line <= t.Position.Line+n; line++ {
			h.r.secret[line] = true
		}
	}
	return h
}
