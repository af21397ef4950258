package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// prose is the text of a file as Markdown, with the line numbers of the file. Lines of
// comments that are not documentation are marked as inner: they are less important.
type prose struct {
	markdown []byte
	inner    map[int]bool
}

// extract returns the prose of a file, or nil for a file of a kind that is not checked.
func extract(path string, source []byte) (*prose, error) {
	switch name := filepath.Base(path); {
	case strings.HasSuffix(name, "_test.go"):
		return nil, nil
	case strings.HasSuffix(name, ".go"):
		return fromGo(path, source)
	case strings.HasSuffix(name, ".md"):
		return &prose{markdown: source}, nil
	case strings.HasSuffix(name, ".proto"):
		return fromComments(source, "//"), nil
	case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"), strings.HasSuffix(name, ".sh"),
		name == "Makefile", path == ".ci/run":
		return fromComments(source, "#"), nil
	}
	return nil, nil
}

// fromComments keeps the lines that start with the mark of a comment. An indented line,
// such as the usage of a script, becomes an item of a list: it is no part of a sentence.
func fromComments(source []byte, mark string) *prose {
	var text bytes.Buffer
	for line := range bytes.Lines(source) {
		rest, found := bytes.CutPrefix(bytes.TrimSpace(line), []byte(mark))
		if found && !bytes.HasPrefix(rest, []byte("!")) {
			rest = bytes.TrimPrefix(rest, []byte(" "))
			if bytes.HasPrefix(rest, []byte("  ")) {
				rest = append([]byte("- "), bytes.TrimSpace(rest)...)
			}
			text.Write(rest)
		}
		text.WriteByte('\n')
	}
	return &prose{markdown: text.Bytes()}
}

// page collects text by line number.
type page struct {
	files *token.FileSet
	lines []string
	done  map[*ast.CommentGroup]bool
}

func fromGo(path string, source []byte) (*prose, error) {
	p := &page{
		files: token.NewFileSet(), lines: make([]string, bytes.Count(source, []byte("\n"))+1),
		done: map[*ast.CommentGroup]bool{},
	}
	file, err := parser.ParseFile(p.files, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	if ast.IsGenerated(file) {
		return nil, nil
	}
	p.comment(file.Doc)
	for _, declaration := range file.Decls {
		p.declaration(declaration)
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			// The tag of a field is no prose.
			node.Tag = nil
		case *ast.BasicLit:
			p.literal(node)
		}
		return true
	})
	inner := p.inner(file.Comments)
	return &prose{[]byte(strings.Join(p.lines, "\n")), inner}, nil
}

// inner adds the comments that are not documentation and returns the numbers of their
// lines. Each line becomes an item of a list, so the lengths of sentences do not count.
func (p *page) inner(groups []*ast.CommentGroup) map[int]bool {
	lines := map[int]bool{}
	for _, group := range groups {
		if p.done[group] {
			continue
		}
		for _, comment := range group.List {
			text, ok := strings.CutPrefix(comment.Text, "// ")
			number := p.files.Position(comment.Pos()).Line
			if ok && p.lines[number-1] == "" {
				p.lines[number-1] = "- " + strings.TrimSpace(text)
				lines[number] = true
			}
		}
	}
	return lines
}

// declaration adds the doc comments of exported names.
func (p *page) declaration(declaration ast.Decl) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || exportedType(d.Recv.List[0].Type)) {
			p.comment(d.Doc)
		}
	case *ast.GenDecl:
		exported := false
		for _, spec := range d.Specs {
			exported = p.spec(spec) || exported
		}
		if exported {
			p.comment(d.Doc)
		}
	}
}

func (p *page) spec(spec ast.Spec) bool {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return false
		}
		p.comment(s.Doc)
		switch t := s.Type.(type) {
		case *ast.StructType:
			p.fields(t.Fields)
		case *ast.InterfaceType:
			p.fields(t.Methods)
		}
		return true
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() {
				p.comment(s.Doc)
				p.trailing(s.Comment)
				return true
			}
		}
	}
	return false
}

func (p *page) fields(fields *ast.FieldList) {
	for _, field := range fields.List {
		exported := len(field.Names) == 0
		for _, name := range field.Names {
			exported = exported || name.IsExported()
		}
		if exported {
			p.comment(field.Doc)
			p.trailing(field.Comment)
		}
	}
}

func exportedType(expression ast.Expr) bool {
	switch e := expression.(type) {
	case *ast.StarExpr:
		return exportedType(e.X)
	case *ast.IndexExpr:
		return exportedType(e.X)
	case *ast.IndexListExpr:
		return exportedType(e.X)
	case *ast.Ident:
		return e.IsExported()
	}
	return false
}

// comment adds a comment as it is: the indented code and the lists of Go doc
// comments are those of Markdown.
func (p *page) comment(group *ast.CommentGroup) {
	if group == nil {
		return
	}
	p.done[group] = true
	for _, comment := range group.List {
		number := p.files.Position(comment.Pos()).Line
		text, block := strings.CutPrefix(comment.Text, "/*")
		if block {
			for i, line := range strings.Split(strings.TrimSuffix(text, "*/"), "\n") {
				p.add(number+i, strings.TrimPrefix(strings.TrimPrefix(line, " *"), " "))
			}
			continue
		}
		text = strings.TrimPrefix(comment.Text, "//")
		if strings.HasPrefix(text, "go:") || strings.HasPrefix(text, "nolint") {
			continue
		}
		p.add(number, strings.TrimPrefix(text, " "))
	}
}

// trailing adds the comment at the end of a line. Each becomes an item of a list, so
// that comments on neighboring lines are not read as one sentence.
func (p *page) trailing(group *ast.CommentGroup) {
	if group == nil {
		return
	}
	p.done[group] = true
	for _, comment := range group.List {
		p.add(p.files.Position(comment.Pos()).Line, "- "+strings.TrimSpace(strings.TrimPrefix(comment.Text, "//")))
	}
}

// literal adds a string that holds words. Each becomes an item of a list, so that
// strings on neighboring lines are not read as one sentence.
func (p *page) literal(literal *ast.BasicLit) {
	if literal.Kind != token.STRING {
		return
	}
	number := p.files.Position(literal.Pos()).Line
	if strings.HasPrefix(literal.Value, "`") {
		for i, line := range strings.Split(strings.Trim(literal.Value, "`"), "\n") {
			p.sentence(number+i, line)
		}
		return
	}
	text, err := strconv.Unquote(literal.Value)
	if err == nil {
		p.sentence(number, strings.ReplaceAll(text, "\n", ". "))
	}
}

// Characters that mean something in Markdown and are a string's own.
var plain = strings.NewReplacer("<", " ", ">", " ", "*", " ", "_", " ", "#", " ", "`", " ", "|", " ", "[", " ", "]", " ")

func (p *page) sentence(number int, text string) {
	text = strings.Join(strings.Fields(plain.Replace(text)), " ")
	if !strings.Contains(text, " ") {
		return
	}
	p.add(number, "- "+text)
}

func (p *page) add(number int, text string) {
	if number > len(p.lines) {
		return
	}
	if line := &p.lines[number-1]; *line == "" {
		*line = text
	} else {
		*line += ". " + strings.TrimPrefix(text, "- ")
	}
}
