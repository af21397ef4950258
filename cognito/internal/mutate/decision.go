package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// An outcome is what a function returns to say that something is refused.
type outcome int

const (
	noOutcome    outcome = iota
	errorOutcome         // an error that is not nil
	boolOutcome          // true or false: which of them refuses is not known
	textOutcome          // a text that is not empty: what is wrong
)

// outcomeOf reads the last result of a function type.
func outcomeOf(f *ast.FuncType, body *ast.BlockStmt) outcome {
	if f.Results == nil {
		return noOutcome
	}
	last := f.Results.List[len(f.Results.List)-1].Type
	switch name := typeName(last); {
	case name == "error", strings.HasSuffix(name, "Error"):
		return errorOutcome
	case name == "bool":
		return boolOutcome
	case name == "string" && returnsEmptyText(body, f.Results.NumFields()):
		return textOutcome
	}
	return noOutcome
}

// returnsEmptyText reports whether a function says by a text what is wrong: it ends
// with `return ""`, or it has another result and returns "" beside it.
func returnsEmptyText(body *ast.BlockStmt, results int) (found bool) {
	visit := func(n ast.Node) {
		r, ok := n.(*ast.ReturnStmt)
		found = found || ok && len(r.Results) == results && isEmptyText(r.Results[results-1])
	}
	if results > 1 {
		inspectOwn(body, visit)
	} else if n := len(body.List); n > 0 {
		visit(body.List[n-1])
	}
	return found
}

func isEmptyText(e ast.Expr) bool {
	text, ok := e.(*ast.BasicLit)
	return ok && text.Kind == token.STRING && len(text.Value) == 2
}

// typeName is the name of a type without its package and its pointer.
func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// An ending is how a block of statements ends.
type ending int

const (
	goesOn ending = iota
	refusal
	acceptance
	either // a bool: only the callers know
)

// endingOf reads how statements of a function with that outcome end. A refusal is
// also one that is noted: a call or a field whose name has "fault" in it, as the
// constructors and requirements have.
func endingOf(list []ast.Stmt, o outcome) ending {
	if len(list) == 0 {
		return goesOn
	}
	if r, ok := list[len(list)-1].(*ast.ReturnStmt); ok {
		return endingOfReturn(r, o)
	}
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && namesFault(call.Fun) {
				return refusal
			}
		case *ast.AssignStmt:
			if namesFault(s.Lhs[len(s.Lhs)-1]) {
				return refusal
			}
		}
	}
	return goesOn
}

func endingOfReturn(r *ast.ReturnStmt, o outcome) ending {
	if o == noOutcome || len(r.Results) == 0 {
		return goesOn
	}
	last := r.Results[len(r.Results)-1]
	name, isName := last.(*ast.Ident)
	switch {
	case o == boolOutcome && isName && (name.Name == "false" || name.Name == "true"):
		return either
	case o == boolOutcome:
		return goesOn
	case o == textOutcome && isEmptyText(last), o == errorOutcome && isName && name.Name == "nil":
		return acceptance
	}
	return refusal
}

func namesFault(e ast.Expr) bool {
	name := ""
	switch e := e.(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.Sel.Name
		if name == "add" || name == "Add" {
			return namesFault(e.X)
		}
	}
	return strings.Contains(strings.ToLower(name), "fault")
}
