package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// switchName is the environment variable that says which break is made, by its
// number in the table.
const switchName = "POOLGUARD_BREAK"

// A loom puts all breaks of a file into it at once. Beside each function that is to
// be broken comes a copy for each break, and the function begins by asking which of
// them is meant. So the tests are compiled once and not three hundred times.
type loom struct {
	file    string
	text    string
	set     *token.FileSet
	parsed  *ast.File
	inserts map[int]string // by offset
	copies  strings.Builder
}

func newLoom(file, text string) (*loom, error) {
	l := &loom{file: file, text: text, set: token.NewFileSet(), inserts: map[int]string{}}
	var err error
	l.parsed, err = parser.ParseFile(l.set, file, text, parser.SkipObjectResolution)
	return l, err
}

// add weaves in the break of that number and reports whether that was possible: it
// must be within one function.
func (l *loom) add(number int, m mutation) bool {
	at := strings.Index(l.text, m.old)
	for _, declaration := range l.parsed.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Body == nil || unnamedReceiver(f) || at < l.offset(f.Body.Lbrace) || at+len(m.old) > l.offset(f.End()) {
			continue
		}
		name := fmt.Sprintf("%sBreak%d", f.Name.Name, number)
		l.inserts[l.offset(f.Body.Lbrace)+1] += l.detour(f, name, number)
		from, to := l.offset(f.Pos()), l.offset(f.End())
		body := strings.Replace(l.text[l.offset(f.Name.End()):to], m.old, m.new, 1)
		// Errors of the compiler then name the break.
		fmt.Fprintf(&l.copies, "\n//line %s:1\n%s%s%s\n", m, l.text[from:l.offset(f.Name.Pos())], name, body)
		return true
	}
	return false
}

// unnamedReceiver reports whether f is a method that cannot call another of its own.
func unnamedReceiver(f *ast.FuncDecl) bool { return f.Recv != nil && len(f.Recv.List[0].Names) == 0 }

func (l *loom) offset(p token.Pos) int { return l.set.Position(p).Offset }

// detour is what f begins with: a call of its broken copy. Parameters without a name
// get one.
func (l *loom) detour(f *ast.FuncDecl, name string, number int) string {
	var arguments []string
	for _, field := range f.Type.Params.List {
		for _, parameter := range field.Names {
			argument := parameter.Name
			if argument == "_" {
				argument = fmt.Sprint("unnamed", l.offset(parameter.Pos()))
				l.inserts[l.offset(parameter.Pos())] = argument
			}
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				argument += "..."
			}
			arguments = append(arguments, argument)
		}
	}
	call := name + "(" + strings.Join(arguments, ", ") + ")"
	if f.Recv != nil {
		call = f.Recv.List[0].Names[0].Name + "." + call
	}
	if f.Type.Results == nil {
		call += "; return"
	} else {
		call = "return " + call
	}
	return fmt.Sprintf(" if whichBreak == %q { %s };", strconv.Itoa(number), call)
}

// cloth returns the file with all that was added.
func (l *loom) cloth() string {
	var b strings.Builder
	last := 0
	offsets := make([]int, 0, len(l.inserts))
	for offset := range l.inserts {
		offsets = append(offsets, offset)
	}
	slices.Sort(offsets)
	for _, offset := range offsets {
		b.WriteString(l.text[last:offset])
		b.WriteString(l.inserts[offset])
		last = offset
		if strings.HasPrefix(l.inserts[offset], "unnamed") {
			last++ // in place of _
		}
	}
	return b.String() + l.text[last:] + l.copies.String()
}

// switchFile is a file that every package with breaks needs.
func (l *loom) switchFile() (file, text string) {
	return path.Join(path.Dir(l.file), "which_break.go"),
		"package " + l.parsed.Name.Name + "\n\nimport \"os\"\n\nvar whichBreak = os.Getenv(\"" + switchName + "\")\n"
}
