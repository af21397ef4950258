package lambdaauth

import (
	"fmt"
	"slices"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// A table is the parsed form of Config.Routes. It is immutable.
type table struct {
	entries []entry
	byKey   map[string]int // rules, by the shape of their keys
}

// newTable reads routes and adds every fault of them to faults.
func newTable(routes []Route, faults configerror.Faults) *table {
	t := &table{byKey: map[string]int{}}
	var wide []entry
	for index, route := range routes {
		at := faults.At(fmt.Sprintf("Routes[%d]", index))
		if len(route.Keys) == 0 {
			at.Add("Keys", "is empty: name at least one route key")
		}
		rule.Validate(at, route.TokenUse, route.Require)
		switch route.Allow {
		case cognito.Optional, cognito.Anonymous:
			at.Add("Allow", "is %s, want verified or denied: API Gateway refuses a request without an identity source and does not call the authorizer; in API Gateway, set no authorizer on these routes", route.Allow)
		default:
			rule.ValidateAllow(at, route.Allow, route.TokenUse, route.Require)
		}
		for n, key := range route.Keys {
			method, path, err := parseKey(key)
			if err != nil {
				at.Add(fmt.Sprintf("Keys[%d]", n), "%q %v", key, err)
				continue
			}
			if other, ok := t.byKey[shape(method, path)]; ok {
				at.Add(fmt.Sprintf("Keys[%d]", n), "%q is in Routes[%d] already", key, other)
				continue
			}
			t.byKey[shape(method, path)] = index
			if method == "ANY" {
				wide = append(wide, entry{path: path, rule: index})
				continue
			}
			t.entries = append(t.entries, entry{method, path, index})
		}
	}
	for _, e := range wide {
		for _, method := range methods {
			if _, ok := t.byKey[shape(method, e.path)]; !ok {
				t.entries = append(t.entries, entry{method, e.path, e.rule})
			}
		}
	}
	return t
}

func (t *table) isEmpty() bool { return len(t.entries) == 0 }

// find returns the entry that API Gateway selects for a call, or nil.
func (t *table) find(call string) *entry {
	var best *entry
	exact := exactly(call)
	for n := range t.entries {
		if e := &t.entries[n]; e.calls().meets(exact) && (best == nil || isPreferred(e.path, best.path)) {
			best = e
		}
	}
	return best
}

// isPreferred reports whether API Gateway prefers a to b if both match a path.
func isPreferred(a, b []segment) bool {
	//mutate:ignore boundary: of two keys that match a path, one prefers another kind of segment
	return slices.CompareFunc(a, b, func(s, t segment) int { return int(s.kind) - int(t.kind) }) < 0
}

// ruleOf returns the rule of a route key that API Gateway names. ok is false if the table
// does not have this key.
func (t *table) ruleOf(key string) (rule int, ok bool) {
	method, path, _ := parseKey(key) // "" and nil for what is no key, which has no shape in the table
	rule, ok = t.byKey[shape(method, path)]
	if !ok && path != nil {
		rule, ok = t.byKey[shape("ANY", path)]
	}
	return rule, ok
}

// ruleOfAll returns the rule of a route key if it applies to all requests that API
// Gateway routes to the key. ok is false if methods of an ANY key have rules of their
// own.
func (t *table) ruleOfAll(key string) (rule int, ok bool) {
	rule, ok = t.ruleOf(key)
	if method, path, err := parseKey(key); ok && err == nil && method == "ANY" {
		for _, method := range methods {
			if other, listed := t.byKey[shape(method, path)]; listed && other != rule {
				return 0, false
			}
		}
	}
	return rule, ok
}

// rulesFor returns the rules that a call must meet: the rule of the path, the rule of the
// route that API Gateway names, and the rule of the path without escapes and dots. No
// document says by which spelling API Gateway selects routes. key may be "", as for
// authorizers of type TOKEN. The result is empty if the table has no rule for the call.
func (t *table) rulesFor(call, key string) []int {
	var rules []int
	if e := t.find(call); e != nil {
		rules = append(rules, e.rule)
	}
	if rule, ok := t.ruleOf(key); ok && !slices.Contains(rules, rule) {
		rules = append(rules, rule)
	}
	// Another spelling only adds requirements. It never allows a call by itself.
	if e := t.find(respell(call)); e != nil && len(rules) > 0 && !slices.Contains(rules, e.rule) {
		rules = append(rules, e.rule)
	}
	return rules
}

// pick returns all entries, and the entries of the rules that hold.
func (t *table) pick(holds func(rule int) bool) (all, picked []*entry) {
	for n := range t.entries {
		e := &t.entries[n]
		all = append(all, e)
		if holds(e.rule) {
			picked = append(picked, e)
		}
	}
	return all, picked
}
