package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

const directive = "//mutate:ignore"

// directives are the comments of a file that say why no test can notice a mutant:
//
//	//mutate:ignore the reason
//	//mutate:ignore boundary, never: the reason
//
// One holds for the mutants that start on its own line or on the line after its
// comment; in the comment of a function, for all of that function.
type directives struct {
	set  *token.FileSet
	list []*ignore
}

type ignore struct {
	at       token.Position
	from, to int // lines
	kinds    []kind
	reason   string
	used     bool
}

func readDirectives(set *token.FileSet, file *ast.File) (*directives, error) {
	d := &directives{set: set}
	functions := map[*ast.CommentGroup]*ast.FuncDecl{}
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Doc != nil {
			functions[f.Doc] = f
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, directive+" ")
			if !ok {
				if strings.HasPrefix(c.Text, directive) {
					return nil, fmt.Errorf("%s: %s has no reason", set.Position(c.Pos()), directive)
				}
				continue
			}
			line := set.Position(c.Pos()).Line
			i := &ignore{at: set.Position(c.Pos()), from: line, to: set.Position(group.End()).Line + 1}
			if f := functions[group]; f != nil {
				i.to = set.Position(f.End()).Line
			}
			i.kinds, i.reason = splitKinds(text)
			d.list = append(d.list, i)
		}
	}
	return d, nil
}

// splitKinds takes the kinds before a colon from a directive's text, if all of them
// are kinds.
func splitKinds(text string) (list []kind, reason string) {
	before, after, ok := strings.Cut(text, ":")
	if !ok {
		return nil, text
	}
	for name := range strings.SplitSeq(before, ",") {
		name = strings.TrimSpace(name)
		if !isKind(name) {
			return nil, text
		}
		list = append(list, kind(name))
	}
	return list, strings.TrimSpace(after)
}

// find returns the directive for the mutant at that place, nil if there is none.
func (d *directives) find(at token.Pos, k kind) *ignore {
	line := d.set.Position(at).Line
	for _, i := range d.list {
		if line < i.from || line > i.to {
			continue
		}
		matches := len(i.kinds) == 0
		for _, other := range i.kinds {
			matches = matches || other == k
		}
		if matches {
			i.used = true
			return i
		}
	}
	return nil
}

// unused reports a directive that no mutant needs.
func (d *directives) unused() error {
	for _, i := range d.list {
		if !i.used {
			return fmt.Errorf("%s: %s matches no mutant; delete it", i.at, directive)
		}
	}
	return nil
}
