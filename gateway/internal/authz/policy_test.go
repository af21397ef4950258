package authz_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// A world has an issuer and what verifies its tokens.
type world struct {
	issuer   *cognitotest.Issuer
	pool     *cognitotest.Pool
	balancer *cognitotest.LoadBalancer
	config   authz.Config
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{issuer: cognitotest.NewIssuer()}
	w.pool = w.issuer.Pool()
	w.balancer = w.pool.LoadBalancer("web")
	config := w.issuer.Config()
	config.UserPools[0].Audiences = []string{"https://mcp.example.com"}
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	balancers, err := alb.New(w.balancer.Config())
	if err != nil {
		t.Fatal(err)
	}
	w.config = authz.Config{Verifier: verifier, UserPools: config.UserPools, LoadBalancers: balancers}
	return w
}

// policy returns the policy of rules.
func (w *world) policy(t testing.TB, rules ...authz.Rule) *authz.Policy {
	t.Helper()
	config := w.config
	config.Rules = rules
	policy, err := authz.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

func at(pattern string) route.Match { return route.Match{Path: pattern} }

// get is a request with a bearer token, "" for none.
func get(target, token string) *authz.Request {
	return &authz.Request{Method: "GET", Host: "api.example.com", Target: target, Bearer: authz.Bearer{Token: cognito.Raw(token)}}
}

// want checks a decision: its rule, and its code, which is "" for a request that passes.
func want(t *testing.T, d authz.Decision, rule string, code cognito.Code) {
	t.Helper()
	if d.Rule != rule || d.Code() != code || d.Allowed != (code == "") {
		t.Errorf("got rule %q, allowed %v, %v; want rule %q, code %q", d.Rule, d.Allowed, d.Err, rule, string(code))
	}
}

func TestFirstRuleThatMatchesDecides(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "health", Match: at("/healthz"), Allow: cognito.Anonymous},
		authz.Rule{Name: "read", Match: route.Match{Methods: []string{"GET"}, Path: "/orders/**"}, Require: authz.Require{Scopes: []string{"orders/read"}}},
		authz.Rule{Name: "orders", Match: at("/orders/**"), Require: authz.Require{Scopes: []string{"orders/write"}}},
	)
	read := w.pool.AccessToken(cognitotest.Scopes("orders/read"))
	post := get("/orders/7", read)
	post.Method = "POST"
	want(t, policy.Decide(t.Context(), get("/healthz?x=/orders", "rubbish")), "health", "")
	want(t, policy.Decide(t.Context(), get("/orders/7?all", read)), "read", "")
	want(t, policy.Decide(t.Context(), get("/orders", "")), "read", cognito.ErrTokenMissing)
	want(t, policy.Decide(t.Context(), post), "orders", cognito.ErrScopeMissing)
	want(t, policy.Decide(t.Context(), get("/other", read)), "", cognito.ErrAccessDenied)
}
