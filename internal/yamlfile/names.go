package yamlfile

import (
	"strconv"
	"strings"
)

// names are the keys of a mapping with the fields that they are read into.
type names []fieldName

type fieldName struct {
	key, name string
	secret    bool
	refused   bool
	below     names
}

func namesOf[T any](fields []Field[T]) names {
	all := make(names, len(fields))
	for n, f := range fields {
		all[n] = fieldName{f.Key, f.Name, f.secret, f.refused, f.below}
	}
	return all
}

// plain adds the keys whose values are not secret.
func (n names) plain(to map[string]bool) map[string]bool {
	for _, f := range n {
		if !f.secret && !f.refused {
			to[f.key] = true
			f.below.plain(to)
		}
	}
	return to
}

// path names segments of a field as the file does. known is false where the schema has
// no such field; the rest keeps its name then.
func (n names) path(parts []string) (path string, known bool) {
	var b strings.Builder
	known = true
	for _, p := range parts {
		if strings.HasPrefix(p, "[") {
			b.WriteString(p)
			continue
		}
		name := strings.TrimPrefix(p, ".")
		var found bool
		name, n, found = n.lookup(name)
		known = known && found
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return b.String(), known
}

func (n names) lookup(name string) (key string, below names, found bool) {
	for _, f := range n {
		if f.name == name {
			return f.key, f.below, true
		}
	}
	return name, nil, false
}

// segments splits a field such as `A[0].B["x.y"]` into "A", "[0]", ".B", `["x.y"]`.
func segments(field string) []string {
	var parts []string
	start := 0
	for n := 0; n < len(field); n++ {
		if field[n] != '.' && field[n] != '[' {
			continue
		}
		if n > start {
			parts = append(parts, field[start:n])
		}
		start = n
		if quoted, err := strconv.QuotedPrefix(field[n+1:]); field[n] == '[' && err == nil {
			n += len(quoted)
		}
	}
	if field == "" {
		return nil
	}
	return append(parts, field[start:])
}
