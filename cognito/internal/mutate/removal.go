package main

import (
	"go/ast"
	"go/token"
	"slices"
)

// removals makes the mutants of a body that decides: each lacks one statement that the
// decision may depend on. It leaves out a statement that is alone in what another
// mutant skips, and what is below an if that may be skipped by a directive.
func (s *source) removals(body *ast.BlockStmt, o outcome) {
	alone := map[ast.Stmt]bool{}
	inspectOwn(body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IfStmt:
			if len(n.Body.List) == 1 {
				alone[n.Body.List[0]] = true
			} else if s.ignored.find(n.Cond.Pos(), never) != nil {
				// No test notices that all of them are gone.
				inspectOwn(n.Body, func(n ast.Node) {
					if statement, ok := n.(ast.Stmt); ok {
						alone[statement] = true
					}
				})
			}
		case *ast.SwitchStmt:
			for _, c := range n.Body.List {
				clause, ok := c.(*ast.CaseClause)
				if ok && len(clause.Body) == 1 && (n.Tag == nil && len(clause.List) == 1 || endingOf(clause.Body, o) == refusal) {
					alone[clause.Body[0]] = true
				}
			}
		case *ast.BlockStmt:
			s.removeEach(n.List, alone)
		case *ast.CaseClause:
			s.removeEach(n.Body, alone)
		case *ast.CommClause:
			s.removeEach(n.Body, alone)
		}
	})
}

func (s *source) removeEach(list []ast.Stmt, alone map[ast.Stmt]bool) {
	for n, statement := range list {
		if !alone[statement] && isRemovable(statement, n > 0) {
			number := s.add(removed, statement, s.line(statement))
			s.edits = append(s.edits, edit{
				from: s.offset(statement.Pos()), to: s.offset(statement.End()),
				before: "if !" + mutated(number) + " { ", after: " }",
			})
		}
	}
}

// isRemovable reports whether the compiler accepts a body without a statement, and the
// rest of it may decide otherwise. follows says that another statement is before it.
func isRemovable(statement ast.Stmt, follows bool) bool {
	switch statement := statement.(type) {
	case *ast.AssignStmt: // the compiler needs what := declares
		return statement.Tok != token.DEFINE && !slices.ContainsFunc(statement.Lhs, isBlank)
	case *ast.IncDecStmt:
		return true
	case *ast.ExprStmt:
		call, ok := statement.X.(*ast.CallExpr)
		return ok && !slices.Contains(passive, typeName(call.Fun))
	case *ast.BranchStmt: // one that is alone ends a clause of a switch, which would end anyway
		return follows && (statement.Tok == token.CONTINUE || statement.Tok == token.BREAK)
	}
	return false
}

func isBlank(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "_"
}

// passive are the calls that decide nothing. The race detector and the tests of leaks
// are for these.
var passive = []string{"Lock", "Unlock", "RLock", "RUnlock", "Close", "Stop", "Release", "panic"}
