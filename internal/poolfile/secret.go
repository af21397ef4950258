package poolfile

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/poolguard/poolguard/userpool"
)

// source is where a secret is, if not in the file.
type source struct{ env, file string }

var sourceKeys = []field[source]{
	text("env", "Env", func(s *source) *string { return &s.env }),
	text("file", "File", func(s *source) *string { return &s.file }),
}

// secret reads a secret: a text, {env: NAME} or {file: PATH}. No message has a part
// of it.
func secret[T any](key, name string, get func(*T) *userpool.Secret) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		r.hide(p.node)
		if _, ok := pairs(p.node); !ok {
			// An empty one would make a client public that is meant to have a secret.
			if s, ok := r.text(p); ok && s == "" {
				r.blame(p, "is empty: take the key away, or give a secret")
			} else if ok {
				*get(into) = userpool.Secret(s)
			}
			return
		}
		before := len(r.faults)
		var from source
		object(r, p, sourceKeys, &from)
		if len(r.faults) > before {
			r.blameField(p.field)
			return
		}
		if s, ok := r.fetch(p, from); ok {
			*get(into) = userpool.Secret(s)
			r.origins[p.field] = Origin{Env: from.env, Path: from.file}
		}
	}}
}

func (r *reader) fetch(p place, from source) (string, bool) {
	switch {
	case (from.env == "") == (from.file == ""):
		r.blame(p, "must be text, {env: NAME} or {file: PATH}")
	case from.env != "":
		if r.from.LookupEnv != nil {
			if value, found := r.from.LookupEnv(from.env); found && value != "" {
				return value, true
			}
		}
		r.blame(p, "the environment variable %q is not set, or is empty", from.env)
	case r.from.ReadFile == nil:
		r.blame(p, "no files can be read here")
	default:
		b, err := r.from.ReadFile(from.file)
		value := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
		switch {
		case err != nil:
			r.blame(p, "the file %q cannot be read: %v", from.file, err)
		case value == "":
			r.blame(p, "the file %q is empty", from.file)
		case !utf8.ValidString(value) || strings.ContainsAny(value, "\r\n"):
			r.blame(p, "the file %q must have one line of text", from.file)
		default:
			return value, true
		}
	}
	return "", false
}

// hide keeps the lines of a value out of excerpts.
func (r *reader) hide(node ast.Node) {
	if node == nil {
		return
	}
	ast.Walk(hider{r}, node)
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
	// A text of several lines has the position of its first or its last one.
	if t.Type != token.MappingValueType {
		n := strings.Count(t.Origin, "\n")
		for line := t.Position.Line - n; line <= t.Position.Line+n; line++ {
			h.r.secret[line] = true
		}
	}
	return h
}

// named finds the names under which secrets are written, and near misses of them.
var named = regexp.MustCompile(`(?i)(pass\w*|pwd|secret\w*)['"]?\s*:`)

const longestExcerpt = 160

// excerpt is a line of the file to show, or "".
func (r *reader) excerpt(line int) string {
	if r.conceal || line < 1 || line > len(r.lines) || r.secret[line] {
		return ""
	}
	text := strings.TrimSuffix(strings.TrimPrefix(string(r.lines[line-1]), "\uFEFF"), "\r")
	for _, found := range named.FindAllStringSubmatch(text, -1) {
		if found[1] != "password_policy" {
			return ""
		}
	}
	if len(text) > longestExcerpt {
		return ""
	}
	return text
}

// Caret is what to show under the excerpt: spaces and a caret at the column. Wide
// characters are taken for one column.
func (f Fault) Caret() string {
	var b strings.Builder
	n := 1
	for _, c := range f.Excerpt {
		if n >= f.Column {
			break
		}
		if c == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
		n++
	}
	return fmt.Sprintf("%s%s", b.String(), "^")
}
