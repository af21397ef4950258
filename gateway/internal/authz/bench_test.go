package authz_test

import (
	"fmt"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// thousandRules has the rule of the benchmark behind 999 others.
func thousandRules() []authz.Rule {
	var rules []authz.Rule
	for n := range 999 {
		rules = append(rules, authz.Rule{Match: route.Match{Hosts: []string{"api.example.com"}, Path: fmt.Sprintf("/service%d/**", n)}, Allow: cognito.Denied})
	}
	return append(rules, authz.Rule{
		Name: "orders", Match: route.Match{Hosts: []string{"*.example.com"}, Methods: []string{"GET", "HEAD"}, Path: "/orders/**"},
		Require: authz.Require{Scopes: []string{"orders/read"}},
	})
}

// TestWarmDecisionsAllocateNothing: a token in the verifier's cache, and a rule without
// variables.
func TestWarmDecisionsAllocateNothing(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, thousandRules()...)
	r := get("/orders/7?all", w.pool.AccessToken(cognitotest.Scopes("orders/read")))
	ctx := t.Context()
	allocations := testing.AllocsPerRun(100, func() {
		if d := policy.Decide(ctx, r); !d.Allowed {
			t.Fatal(d.Err)
		}
	})
	if allocations != 0 {
		t.Errorf("got %v allocations", allocations)
	}
}

func BenchmarkDecide(b *testing.B) {
	w := newWorld(b)
	token := w.pool.AccessToken(cognitotest.Scopes("orders/read"), cognitotest.Claim("tenant", "7"))
	b.Run("verifier alone", func(b *testing.B) {
		require := cognito.RequireScopes("orders/read")
		b.ReportAllocs()
		for b.Loop() {
			if _, err := w.config.Verifier.VerifyAccessToken(b.Context(), token, require); err != nil {
				b.Fatal(err)
			}
		}
	})
	variable := authz.Rule{Match: at("/tenants/{tenant}"), Require: authz.Require{Claims: map[string][]string{"tenant": {"{tenant}"}}}}
	pools := authz.Rule{Require: authz.Require{UserPools: []string{cognitotest.PoolID}}}
	anonymous := authz.Rule{Allow: cognito.Anonymous}
	for _, bench := range []struct {
		name, target string
		rules        []authz.Rule
	}{
		{"one rule", "/orders/7", thousandRules()[999:]},
		{"thousand rules", "/orders/7", thousandRules()},
		{"escaped path", "/%6frders/7", thousandRules()[999:]},
		{"user pools", "/orders/7", []authz.Rule{pools}},
		{"variable", "/tenants/7", []authz.Rule{variable}},
		{"anonymous", "/orders/7", []authz.Rule{anonymous}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			policy, r := w.policy(b, bench.rules...), get(bench.target, token)
			b.ReportAllocs()
			for b.Loop() {
				if d := policy.Decide(b.Context(), r); !d.Allowed {
					b.Fatal(d.Err)
				}
			}
		})
	}
}
