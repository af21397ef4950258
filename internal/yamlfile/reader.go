package yamlfile

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A position is in a file, from 1, columns in characters.
type position struct{ line, column int }

// A reader goes over one file and collects its faults.
type reader struct {
	lookup    Lookup
	noAliases bool
	names     names
	plainKeys map[string]bool // keys of the schema whose values are not secret
	lines     [][]byte
	targets   map[*ast.AliasNode]ast.Node
	left      int // of maxValues

	faults  []Fault
	more    int               // faults beyond maxFaults
	values  map[string]*Value // by field
	faulty  map[string]bool   // fields with a fault, which need no second one
	above   map[string]bool   // what the faulty fields are parts of
	sources map[string]Source // by field
	secret  map[int]bool      // lines with a secret
	conceal bool              // treat every line as if it had one
}

// add appends a fault.
func (r *reader) add(at position, path, message string) {
	if len(r.faults) == maxFaults {
		r.more++
		return
	}
	r.faults = append(r.faults, Fault{Line: at.line, Column: r.visible(at), Path: path, Message: message})
}

// visible is the column of the first visible character from at on. The parser places a
// value after tabs at the first of the tabs.
func (r *reader) visible(at position) (column int) {
	if at.line > len(r.lines) {
		return at.column
	}
	line := []rune(string(r.lines[at.line-1]))
	if at.column > len(line) || line[at.column-1] != '\t' || strings.TrimSpace(string(line[:at.column])) == "" {
		return at.column // a tab that indents is the fault itself
	}
	for n, c := range line[at.column:] {
		if c != ' ' && c != '\t' {
			return at.column + n + 1
		}
	}
	return at.column
}

// markFaulty records that a field has a fault.
func (r *reader) markFaulty(field string) {
	r.faulty[field] = true
	parts := segments(field)
	for n := range parts {
		r.above[strings.Join(parts[:n], "")] = true
	}
}

// isFaulty reports whether a field, a part of it, or what it is a part of has a fault.
func (r *reader) isFaulty(field string) bool {
	if r.above[field] || r.faulty[""] || r.left <= 0 {
		return true
	}
	parts := segments(field)
	for n := range parts {
		if r.faulty[strings.Join(parts[:n+1], "")] {
			return true
		}
	}
	return false
}

// check adds the faults of a schema's check, except those of fields that have one, or
// that follow from one.
func (r *reader) check(found []FieldFault, follows func(field string, faulty func(string) bool) bool) {
	for _, f := range found {
		if r.isFaulty(f.Field) || follows != nil && follows(f.Field, r.isFaulty) {
			continue
		}
		at, path := r.find(f.Field)
		r.add(at, path, f.Reason)
	}
}

// find returns the place of a field. One that the file does not have is placed where
// the mapping begins that could have it, under the path that it would have there.
func (r *reader) find(field string) (at position, path string) {
	parts := segments(field)
	path, _ = r.names.path(parts)
	for n := len(parts); n > 0; n-- {
		v, found := r.values[strings.Join(parts[:n], "")]
		if !found {
			continue
		}
		whole, _ := r.names.path(parts[:n])
		return v.at, v.path + strings.TrimPrefix(path, whole)
	}
	return position{1, 1}, path
}

// resolve follows anchors and aliases to the values that they stand for. It returns nil
// where there is nothing more to read; a fault says why.
func (r *reader) resolve(node ast.Node) ast.Node {
	for {
		if r.left--; r.left <= 0 {
			if r.left == 0 {
				r.add(positionOf(node), "", fmt.Sprintf("the file has more than %d values, counting each use of an alias", maxValues))
			}
			return nil
		}
		switch n := node.(type) {
		case *ast.AnchorNode:
			if r.noAliases {
				return r.noAlias(n)
			}
			node = n.Value
		case *ast.AliasNode:
			if r.noAliases {
				return r.noAlias(n)
			}
			target := r.targets[n]
			if target == nil {
				r.add(positionOf(n), "", "there is no anchor with this name before the alias")
				return nil
			}
			node = target
		case *ast.TagNode:
			r.add(positionOf(n), "", "tags are not supported; remove the tag")
			return nil
		default:
			return node
		}
	}
}

func (r *reader) noAlias(node ast.Node) ast.Node {
	r.add(positionOf(node), "", "anchors, aliases and merge keys are not supported in this file")
	return nil
}

// positionOf is where a person sees a value begin.
func positionOf(node ast.Node) position {
	switch n := node.(type) {
	case nil:
		return position{1, 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return positionOf(n.Key)
	}
	return tokenAt(node.GetToken())
}
