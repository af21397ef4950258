package lambdaauth

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

const stage = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/"

// evaluate is IAM's reading of a policy, written a second time.
func evaluate(p policy, call string) bool {
	matches := func(resource string) bool { return matchesResource(resource, call) }
	return slices.ContainsFunc(p.allow, matches) && !slices.ContainsFunc(p.deny, matches)
}

func matchesResource(resource, call string) bool {
	if resource == "" {
		return call == ""
	}
	if resource[0] == '*' {
		return matchesResource(resource[1:], call) || call != "" && matchesResource(resource, call[1:])
	}
	return call != "" && (resource[0] == '?' || resource[0] == call[0]) && matchesResource(resource[1:], call[1:])
}

// routed is API Gateway's choice among keys, written a second time: -1 for none.
func routed(keys []string, call string) int {
	method, path, _ := strings.Cut(call, "/")
	texts := strings.Split(path, "/")
	best, bestRank := -1, ""
	for n, key := range keys {
		m, p, _ := strings.Cut(key, " /")
		if m != method {
			continue
		}
		rank, ok := "", true
		segments := strings.Split(p, "/")
		for i, s := range segments {
			switch {
			case i >= len(texts) || texts[i] == "" && s != "" && !strings.Contains(s, "+"):
				ok = false
			case strings.HasSuffix(s, "+}"):
				rank += "2"
				ok = ok && strings.Join(texts[i:], "/") != ""
			case strings.HasPrefix(s, "{"):
				rank += "1"
			default:
				rank += "0"
				ok = ok && s == texts[i]
			}
			if !ok {
				break
			}
		}
		if !strings.Contains(rank, "2") && len(texts) != len(segments) {
			ok = false
		}
		if ok && (best < 0 || rank < bestRank) {
			best, bestRank = n, rank
		}
	}
	return best
}

// TestNoListedRouteIsReachedWithoutRight: whatever the table, and whatever part of it a
// token may call, a policy allows no call of another part, however it is spelled.
func TestNoListedRouteIsReachedWithoutRight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "{x}"}
	rounds, kept, lost := 1500, 0, 0
	for range rounds {
		var keys []string
		seen := map[string]bool{}
		for range 2 + r.IntN(6) {
			key := "GET "
			for range r.IntN(4) {
				key += "/" + pieces[r.IntN(len(pieces))]
			}
			if r.IntN(5) == 0 {
				key += "/{p+}"
			}
			if key == "GET " {
				key = "GET /"
			}
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
		var routes []Route
		for _, key := range keys {
			routes = append(routes, Route{Keys: []string{key}})
		}
		faults := configerror.In("lambdaauth", "Config")
		table := newTable(routes, faults)
		if err := faults.Err(); err != nil {
			t.Fatal(err)
		}
		may := make([]bool, len(keys))
		for n := range may {
			may[n] = r.IntN(2) == 0
		}
		all, allowed := table.pick(func(rule int) bool { return may[rule] })
		if len(allowed) == 0 {
			continue
		}
		p := policyFor(allowed, all)
		for range 60 {
			call := "GET"
			for range 1 + r.IntN(4) {
				call += "/" + []string{"a", "b", "c", "ab", "1", "*", "?"}[r.IntN(7)]
			}
			if r.IntN(6) == 0 {
				call = "GET/"
			}
			bare := call
			if r.IntN(4) == 0 && call != "GET/" {
				call += "/" // which some APIs take for the call without it
			}
			is, bareIs := routed(keys, call), routed(keys, bare)
			if e := table.find(call); (e == nil) != (is < 0) || e != nil && e.rule != is {
				t.Fatalf("%q in %q: found %v, want %d", call, keys, e, is)
			}
			got := evaluate(p, call)
			if got != p.allows(call) {
				t.Fatalf("%q by %+v: %v, and by the other reading not", call, p, got)
			}
			for _, rule := range []int{is, bareIs} {
				if rule >= 0 && !may[rule] && got {
					t.Fatalf("keys %q, may %v: the policy %+v allows %q", keys, may, p, call)
				}
			}
			if is >= 0 && may[is] && call == bare {
				if got {
					kept++
				} else {
					lost++
				}
			}
			checkAtHand(t, table, call, all, allowed, may)
		}
	}
	t.Logf("of the calls that tokens may make, %d are allowed by kept policies and %d are not", kept, lost)
	if lost*5 > kept {
		t.Errorf("too much is refused: %d of %d", lost, kept+lost)
	}
}

// checkAtHand: whatever is kept, the call that was asked about is answered right.
func checkAtHand(t *testing.T, table *table, call string, all, allowed []*entry, may []bool) {
	t.Helper()
	arn := methodARN{stage, call}
	e := table.find(call)
	permit := e != nil && may[e.rule]
	p, ok := tablePolicy(arn, all, allowed, permit)
	if !ok && permit {
		p, ok = (&Authorizer{routes: table}).ownPolicy(arn)
	}
	if got := ok && evaluate(p, call); got != permit && (got || isPlain(call)) {
		t.Fatalf("%q: permitted %v by %+v, want %v", call, got, p, permit)
	}
}

// A * in the path of a request must not become one in a policy.
func TestWildcardsInPaths(t *testing.T) {
	for _, call := range []string{"GET/orders/*", "GET/*", "GET/orders/?", "GET/orders/${*}", "GET/a$b", "GET/orders/%2A"} {
		arn, err := parseMethodARN(stage + call)
		if err != nil {
			t.Errorf("%q: %v", call, err)
			continue
		}
		p, ok := exactPolicy(arn)
		if plain := call == "GET/orders/%2A"; ok != plain || ok && (len(p.allow) != 1 || strings.ContainsAny(p.allow[0], "*?$")) {
			t.Errorf("%q: %+v, %v", call, p, ok)
		}
	}
	if _, ok := exactPolicy(methodARN{stage, "GET/" + strings.Repeat("a", 512)}); ok {
		t.Error("a resource that is too long")
	}
	if p, ok := exactPolicy(methodARN{stage, "$connect"}); !ok || p.allow[0] != "$connect" {
		t.Error("$connect is no wildcard")
	}
}

func TestPolicyFor(t *testing.T) {
	tests := []struct {
		allowed, others []string
		yes, no         []string
	}{
		{
			[]string{"GET /orders/{id}"},
			[]string{"GET /orders/{id}/refunds", "GET /orders", "POST /orders"},
			[]string{"GET/orders/1", "GET/orders/{id}", "GET/orders/*"},
			[]string{"GET/orders/1/refunds", "GET/orders", "GET/orders/", "POST/orders/1", "GET/orders/1/2", "GET/orders/1/", "GET/ordersx", "GET/", "DELETE/GET/orders/1"},
		},
		{
			[]string{"GET /orders/{id}", "GET /orders/{id}/refunds"},
			[]string{"GET /orders/{id}/audit", "GET /orders/all"},
			[]string{"GET/orders/1", "GET/orders/1/refunds"},
			[]string{"GET/orders/1/audit", "GET/orders/all", "GET/orders/", "GET/orders/1/refunds/2", "GET/orders//refunds", "GET/orders/1/audit/"},
		},
		{
			[]string{"GET /{proxy+}"},
			[]string{"GET /admin/{proxy+}", "GET /admin", "GET /"},
			[]string{"GET/x", "GET/x/y", "GET/administrator"},
			[]string{"GET/admin/x", "GET/admin", "GET/admin/", "GET/", "POST/x"},
		},
		{
			[]string{"GET /orders"},
			[]string{"GET /{proxy+}"},
			[]string{"GET/orders"},
			[]string{"GET/orders/", "GET/x", "GET/orders/1"},
		},
		{
			[]string{"GET /a/b/c", "GET /orders/all"},
			[]string{"GET /a/{proxy+}", "GET /a/{x}/c", "GET /orders/{id}"},
			[]string{"GET/a/b/c", "GET/orders/all"},
			[]string{"GET/a/b", "GET/a/x/c", "GET/orders/1"},
		},
		{[]string{"$connect"}, []string{"$default"}, []string{"$connect"}, []string{"$default", "GET/x"}},
	}
	for _, test := range tests {
		faults := configerror.In("lambdaauth", "Config")
		table := newTable([]Route{{Keys: test.allowed}, {Keys: test.others}}, faults)
		if err := faults.Err(); err != nil {
			t.Error(err)
		}
		all, allowed := table.pick(func(rule int) bool { return rule == 0 })
		p := policyFor(allowed, all)
		for _, call := range test.yes {
			if !evaluate(p, call) {
				t.Errorf("%q: %q is not allowed by %+v", test.allowed, call, p)
			}
		}
		for _, call := range test.no {
			if evaluate(p, call) {
				t.Errorf("%q: %q is allowed by %+v", test.allowed, call, p)
			}
		}
	}
}

// What a table cannot say in a policy is refused rather than allowed, and answered for
// the call at hand.
func TestInexpressibleTable(t *testing.T) {
	table := newTable([]Route{{Keys: []string{"GET /a/{p+}"}}, {Keys: []string{"GET /a/{x}"}}}, configerror.In("lambdaauth", "Config"))
	all, allowed := table.pick(func(rule int) bool { return rule == 0 })
	arn := methodARN{stage, "GET/a/b/c"}
	if p, ok := tablePolicy(arn, all, allowed, true); ok {
		t.Fatalf("%+v", p)
	}
	p, ok := (&Authorizer{routes: table}).ownPolicy(arn)
	if !ok || !slices.Equal(p.allow, []string{"GET/a/b/c"}) || len(p.deny) > 0 {
		t.Errorf("%+v, %v", p, ok)
	}
}

func BenchmarkPolicy(b *testing.B) {
	var routes []Route
	for n := range 20 {
		routes = append(routes, Route{Keys: []string{fmt.Sprintf("GET /things%d", n), fmt.Sprintf("GET /things%d/{id}", n)}})
	}
	table := newTable(routes, configerror.In("lambdaauth", "Config"))
	all, allowed := table.pick(func(rule int) bool { return rule%2 == 0 })
	for b.Loop() {
		if p := policyFor(allowed, all); p.longest(methodARN{stage, ""}) > maxResource {
			b.Fatal("is not valid")
		}
	}
}
