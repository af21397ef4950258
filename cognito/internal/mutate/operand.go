package main

import (
	"go/ast"
	"go/token"
)

// condition makes the mutants of a condition, and of its operands: it never holds if
// it leads to a refusal, and always if it leads to acceptance. If it leads to neither,
// what it guards is not done.
func (s *source) condition(e ast.Expr, end ending) {
	inner := ast.Unparen(e)
	alternatives, conjunction := false, false
	if b, ok := inner.(*ast.BinaryExpr); ok {
		alternatives, conjunction = b.Op == token.LOR, b.Op == token.LAND
	}
	// Of alternatives each is dropped by itself, which is the harder test; of
	// conditions that must all hold likewise.
	if (end == refusal || end == either) && !alternatives || end == goesOn {
		s.wrap(never, e)
	}
	if (end == acceptance || end == either) && !conjunction {
		s.wrap(always, e)
	}
	if end != goesOn {
		s.operands(inner)
	}
}

// operands makes the mutants of the operands of && and ||, and of comparisons, at
// any depth. An operand of && is dropped by being true, one of || by being false.
func (s *source) operands(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			if s.times(e, e.X, true) {
				return
			}
			s.operands(e.X)
		}
	case *ast.BinaryExpr:
		switch e.Op { //nolint:exhaustive // the others decide nothing
		case token.LAND, token.LOR:
			k := always
			if e.Op == token.LOR {
				k = never
			}
			for _, part := range flatten(e, e.Op) {
				s.wrap(k, part)
				s.operands(part)
			}
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			s.swap(e, s.source(e.X)+" "+widened[e.Op].String()+" "+s.source(e.Y))
		}
	case *ast.CallExpr:
		s.times(e, e, false)
	}
}

var widened = map[token.Token]token.Token{token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR}

// flatten returns the operands of a chain of one operator.
func flatten(e ast.Expr, op token.Token) []ast.Expr {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == op {
		return append(flatten(b.X, op), flatten(b.Y, op)...)
	}
	return []ast.Expr{e}
}

// times makes the boundary mutant of a comparison of times: a.Before(b) leaves out
// the moment b, !a.After(b) does not. whole is the comparison with its negation.
func (s *source) times(whole, e ast.Expr, negated bool) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	opposite := map[string]string{"Before": "After", "After": "Before"}[method.Sel.Name]
	if opposite == "" {
		return false
	}
	sign := "!"
	if negated {
		sign = ""
	}
	s.swap(whole, sign+s.source(method.X)+"."+opposite+"("+s.source(call.Args[0])+")")
	return true
}

// wrap adds a mutant in which e is false, or true.
func (s *source) wrap(k kind, e ast.Expr) {
	number := s.add(k, e, s.line(e))
	before := "(!" + mutated(number) + " && ("
	if k == always {
		before = "(" + mutated(number) + " || ("
	}
	s.edits = append(s.edits, edit{from: s.offset(e.Pos()), to: s.offset(e.End()), before: before, after: "))"})
}

// swap adds a mutant in which other stands for the comparison e.
func (s *source) swap(e ast.Expr, other string) {
	number := s.add(boundary, e, s.line(e))
	s.edits = append(s.edits, edit{
		from: s.offset(e.Pos()), to: s.offset(e.End()),
		before: "(!" + mutated(number) + " && (", after: ") || " + mutated(number) + " && (" + other + "))",
	})
}

// drop adds a mutant in which a returned error is nil.
func (s *source) drop(n *ast.ReturnStmt, last ast.Expr) {
	number := s.add(unchecked, n, s.line(n))
	call := s.text[s.offset(n.Results[0].Pos()):s.offset(last.Pos())]
	s.edits = append(s.edits, edit{
		from: s.offset(n.Pos()), to: s.offset(n.Pos()),
		before: "if " + mutated(number) + " { _ = " + s.source(last) + "; return " + call + "nil }; ",
	})
}
