package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// A source is a file and the mutants that are found in it.
type source struct {
	target  target
	file    string // in the module, with slashes
	text    string
	set     *token.FileSet
	parsed  *ast.File
	ignored *directives
	mutants []mutant
	edits   []edit
	rules   []*pattern
	next    func() int // numbers mutants

	function string // the declared function that is being read
}

// discover reads a file and finds its mutants, numbered by next.
func discover(t target, file, text string, rules []*pattern, next func() int) (*source, error) {
	s := &source{target: t, file: file, text: text, set: token.NewFileSet(), rules: rules, next: next}
	var err error
	if s.parsed, err = parser.ParseFile(s.set, file, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	if s.ignored, err = readDirectives(s.set, s.parsed); err != nil {
		return nil, err
	}
	for _, declaration := range s.parsed.Decls {
		s.function = ""
		if f, ok := declaration.(*ast.FuncDecl); ok {
			s.function = functionName(f)
		}
		s.read(declaration)
		s.rewrite(declaration)
	}
	return s, s.ignored.unused()
}

func functionName(f *ast.FuncDecl) string {
	if f.Recv != nil && len(f.Recv.List) == 1 {
		if name := typeName(f.Recv.List[0].Type); name != "" {
			return name + "." + f.Name.Name
		}
	}
	return f.Name.Name
}

// read finds the functions in a declaration, literals included, and reads each by
// its own results.
func (s *source) read(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch f := n.(type) {
		case *ast.FuncDecl:
			if f.Body != nil {
				s.readBody(f.Type, f.Body)
			}
		case *ast.FuncLit:
			s.readBody(f.Type, f.Body)
		}
		return true
	})
}

func (s *source) readBody(f *ast.FuncType, body *ast.BlockStmt) {
	o := outcomeOf(f, body)
	broken, decisions := len(s.edits), len(s.mutants)
	inspectOwn(body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IfStmt:
			s.readIf(n, o)
		case *ast.SwitchStmt:
			s.readSwitch(n, o)
		case *ast.ReturnStmt:
			s.readReturn(n, o, f.Results.NumFields())
		case *ast.RangeStmt:
			s.readRange(n, o)
		}
	})
	for _, e := range s.edits[broken:] {
		if e.breaks && f.Results != nil {
			// A switch that can be left is not the end of such a function for the compiler.
			s.edits = append(s.edits, edit{from: s.offset(body.Rbrace), to: s.offset(body.Rbrace), before: ` ; panic("unreachable") `})
			break
		}
	}
	if len(s.mutants) > decisions {
		s.removals(body, o)
	}
}

// inspectOwn visits the nodes of a body without those of function literals in it.
func inspectOwn(body *ast.BlockStmt, visit func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

func (s *source) readIf(n *ast.IfStmt, o outcome) {
	end := endingOf(n.Body.List, o)
	if other, ok := n.Else.(*ast.BlockStmt); ok && end == goesOn && endingOf(other.List, o) == refusal {
		end = acceptance
	}
	s.condition(n.Cond, end)
}

func (s *source) readSwitch(n *ast.SwitchStmt, o outcome) {
	for _, c := range n.Body.List {
		clause, ok := c.(*ast.CaseClause)
		if !ok {
			continue
		}
		end := endingOf(clause.Body, o)
		if n.Tag == nil && len(clause.List) > 0 {
			for _, e := range clause.List {
				s.condition(e, end)
			}
			continue
		}
		if end == refusal {
			number := s.add(skipped, clause, s.line(clause))
			at := s.offset(clause.Colon) + 1
			s.edits = append(s.edits, edit{from: at, to: at, before: " if " + mutated(number) + " { break };", breaks: true})
		}
	}
}

// readReturn finds what decides in a return statement: an expression of operators in
// a function that returns a bool, and a call whose error is the result.
func (s *source) readReturn(n *ast.ReturnStmt, o outcome, results int) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	switch e := ast.Unparen(last).(type) {
	case *ast.BinaryExpr:
		if o == boolOutcome {
			s.operands(e)
		}
	case *ast.UnaryExpr:
		if o == boolOutcome {
			s.operands(e)
		}
	case *ast.CallExpr:
		if o == errorOutcome && len(n.Results) == results && isCheck(e) {
			s.drop(n, last)
		}
	}
}

// isCheck reports whether a call that is returned may find nothing wrong: not one
// that only makes an error.
func isCheck(call *ast.CallExpr) bool {
	name := strings.ToLower(typeName(call.Fun))
	for _, part := range []string{"refus", "error", "unavailable", "with", "missing", "because", "retryin", "new", "fail", "problem", "classified"} {
		if strings.Contains(name, part) {
			return false
		}
	}
	return name != ""
}

func (s *source) readRange(n *ast.RangeStmt, o outcome) {
	found := false
	inspectOwn(n.Body, func(inner ast.Node) {
		if r, ok := inner.(*ast.ReturnStmt); ok && endingOfReturn(r, o) >= refusal {
			found = true
		}
	})
	// A body that ends with a return runs once.
	if found && len(n.Body.List) > 0 {
		_, once := n.Body.List[len(n.Body.List)-1].(*ast.ReturnStmt)
		found = !once
	}
	if !found {
		return
	}
	number := s.add(first, n, s.line(n))
	counter, body := "loop"+digits(number), s.offset(n.Body.Lbrace)+1
	s.edits = append(s.edits,
		edit{from: s.offset(n.For), to: s.offset(n.For), before: "var " + counter + " int; "},
		edit{from: body, to: body, before: " if " + counter + "++; " + counter + " > 1 && " + mutated(number) + " { break };"})
}

// add notes a mutant of a node and returns its number.
func (s *source) add(k kind, n ast.Node, text string) int {
	at := s.set.Position(n.Pos())
	m := mutant{number: s.next(), target: s.target, file: s.file, function: s.function, line: at.Line, kind: k, text: text}
	m.ignored = s.ignored.find(n.Pos(), k)
	s.mutants = append(s.mutants, m)
	return m.number
}

func (s *source) offset(p token.Pos) int { return s.set.Position(p).Offset }

// source returns the text of a node.
func (s *source) source(n ast.Node) string { return s.text[s.offset(n.Pos()):s.offset(n.End())] }

// line returns the text of a node in one line, cut to a readable length.
func (s *source) line(n ast.Node) string {
	text := strings.Join(strings.Fields(s.source(n)), " ")
	if head, _, ok := strings.Cut(text, "{ "); ok && len(text) > 100 {
		text = head + "{"
	}
	if len(text) > 100 {
		text = text[:97] + "..."
	}
	return text
}
