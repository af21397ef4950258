package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
)

// A rule replaces an expression, for what a token must not get away with that is no
// condition. It is written as for gofmt -r: names of one lower-case letter stand for
// any expression.
type rule struct {
	folder   string // in the module
	function string // as functionName has it; "": in all of them
	rewrite  string
}

// rules is the whole table. A rule that matches nothing is an error, so that a
// renamed function shows.
var rules = []rule{
	{".", "", `a.known(b, true) -> a.known(b, false)`},
	{".", "", `a.Add(leeway) -> a.Add(-leeway)`},
	{".", "", `a.Add(-leeway) -> a.Add(leeway)`},
	{".", "checkAlgorithm", `a.Algorithm != b -> a.Algorithm != b && a.Algorithm != "rs256"`},
	{".", "claimsVisitor.Member", `string(name) -> strings.ToLower(string(name))`},
	{".", "timeOf", `int64((a - b) * c) -> 0`},
	{".", "", `a&(1<<stageRevocation|1<<stageCustom) != 0 -> a&(1<<stageCustom) != 0`},
	{".", "", `a&(1<<stageRevocation|1<<stageCustom) != 0 -> a&(1<<stageRevocation) != 0`},
	{".", "", `ok && isText -> ok || isText`},
	{".", "cache.lookup", `a.raw != raw -> false`},
	{".", "", `a.original.hasKeySet(b) -> true`},
	{".", "", `strings.TrimSuffix(a, "/") -> a`},
	{".", "splitScopes", `strings.SplitSeq(a, " ") -> strings.FieldsSeq(a)`},
	{"internal/jose", "", `a[:last:last] -> a[:first:first]`},
	{"internal/jose", "", `strings.Clone(a[:first]) -> a[:first]`},
	{"internal/jose", "", `a.encoded == encoded -> true`},
	{"internal/jose", "", `a.Strict() -> a`},
	{"internal/jose", "", `base64.RawURLEncoding -> base64.URLEncoding`},
	{"internal/jose", "", `base64.RawURLEncoding -> base64.RawStdEncoding`},
	{"keyset", "", `min(a, longestBackOff) -> a`},
	{"keyset", "", `max(a, leastMaxAge) -> a`},
	{"keyset", "", `min(max(a, leastMaxAge), mostMaxAge) -> max(a, leastMaxAge)`},
	{"keyset", "", `min(a, r.policy.Stale) -> a`},
	{"keyset", "", `a.replacement(old) != nil -> true`},
}

// A pattern is a rule that was read.
type pattern struct {
	rule
	from, to ast.Expr
	toText   string
	used     bool
}

func readRules(list []rule) ([]*pattern, error) {
	patterns := make([]*pattern, 0, len(list))
	for _, r := range list {
		from, to, ok := strings.Cut(r.rewrite, " -> ")
		if !ok {
			return nil, fmt.Errorf("rule %q has no ->", r.rewrite)
		}
		p := &pattern{rule: r, toText: to}
		var err error
		if p.from, err = parser.ParseExpr(from); err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.rewrite, err)
		}
		if p.to, err = parser.ParseExpr(to); err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.rewrite, err)
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

// unusedRules reports the rules that matched nothing.
func unusedRules(patterns []*pattern) error {
	var faults []error
	for _, p := range patterns {
		if !p.used {
			faults = append(faults, fmt.Errorf("rule %q matches nothing in folder %s, function %q; correct it in rules.go", p.rewrite, p.folder, p.function))
		}
	}
	return errors.Join(faults...)
}

// rewrite makes the mutants that the rules describe for a declaration.
func (s *source) rewrite(declaration ast.Decl) {
	for _, p := range s.rules {
		if p.folder != s.target.folder || p.function != "" && p.function != s.function {
			continue
		}
		ast.Inspect(declaration, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			found := map[string]string{}
			if !ok || !s.matches(reflect.ValueOf(p.from), reflect.ValueOf(e), found) {
				return true
			}
			p.used = true
			other := p.fill(found)
			number := s.add(rewritten, e, s.line(e)+" -> "+other)
			s.edits = append(s.edits, edit{
				from: s.offset(e.Pos()), to: s.offset(e.End()),
				before: "mutantOr(" + digits(number) + ", ", after: ", " + other + ")",
			})
			return true
		})
	}
}

// fill returns the replacement with what the wildcards stand for.
func (p *pattern) fill(found map[string]string) string {
	var b strings.Builder
	last := 0
	ast.Inspect(p.to, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && found[name.Name] != "" {
			at := int(name.Pos()) - 1
			b.WriteString(p.toText[last:at] + found[name.Name])
			last = at + len(name.Name)
		}
		return true
	})
	return b.String() + p.toText[last:]
}

var (
	identType    = reflect.TypeFor[*ast.Ident]()
	positionType = reflect.TypeFor[token.Pos]()
)

// matches compares a pattern with an expression and notes what its wildcards stand for.
func (s *source) matches(pattern, e reflect.Value, found map[string]string) bool {
	if pattern.IsValid() && pattern.Type() == identType && !pattern.IsNil() && e.IsValid() {
		if name := pattern.Interface().(*ast.Ident).Name; isWildcard(name) { //nolint:errcheck,forcetypeassert // it is of that type
			node, ok := e.Interface().(ast.Expr)
			if ok && found[name] == "" {
				found[name] = s.source(node)
			}
			return ok && found[name] == s.source(node)
		}
	}
	if !pattern.IsValid() || !e.IsValid() {
		return pattern.IsValid() == e.IsValid()
	}
	if pattern.Type() != e.Type() {
		return false
	}
	if pattern.Type() == positionType {
		return true
	}
	switch pattern.Kind() { //nolint:exhaustive // the kinds that syntax trees are made of
	case reflect.Pointer, reflect.Interface:
		return s.matches(pattern.Elem(), e.Elem(), found)
	case reflect.Struct:
		for n := range pattern.NumField() {
			// Identifiers are not resolved, so there is nothing in Obj to compare.
			if pattern.Type().Field(n).Name != "Obj" && !s.matches(pattern.Field(n), e.Field(n), found) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if pattern.Len() != e.Len() {
			return false
		}
		for n := range pattern.Len() {
			if !s.matches(pattern.Index(n), e.Index(n), found) {
				return false
			}
		}
		return true
	}
	return pattern.Interface() == e.Interface()
}

func isWildcard(name string) bool { return len(name) == 1 && 'a' <= name[0] && name[0] <= 'z' }
