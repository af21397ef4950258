package authz_test

import (
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

func TestRulesRequireWhatTheySay(t *testing.T) {
	w := newWorld(t)
	type options = []cognitotest.TokenOption
	tests := map[string]struct {
		require   authz.Require
		good, bad options
		code      cognito.Code
	}{
		"scopes":       {authz.Require{Scopes: []string{"a", "b"}}, options{cognitotest.Scopes("b", "a", "c")}, options{cognitotest.Scopes("a")}, cognito.ErrScopeMissing},
		"any scope":    {authz.Require{AnyScope: []string{"a", "b"}}, options{cognitotest.Scopes("b")}, options{cognitotest.Scopes("c")}, cognito.ErrScopeMissing},
		"groups":       {authz.Require{Groups: []string{"a", "b"}}, options{cognitotest.Groups("a", "b")}, options{cognitotest.Groups("a")}, cognito.ErrGroupMissing},
		"any group":    {authz.Require{AnyGroup: []string{"a", "b"}}, options{cognitotest.Groups("b")}, options{cognitotest.Groups("c")}, cognito.ErrGroupMissing},
		"both scopes":  {authz.Require{Scopes: []string{"a"}, AnyScope: []string{"b", "c"}}, options{cognitotest.Scopes("a", "c")}, options{cognitotest.Scopes("a")}, cognito.ErrScopeMissing},
		"acr":          {authz.Require{ACR: "urn:cognito:loa:2"}, options{cognitotest.ACR("urn:cognito:loa:3")}, options{cognitotest.ACR("urn:cognito:loa:1")}, cognito.ErrAuthenticationTooWeak},
		"max auth age": {authz.Require{MaxAuthAge: time.Minute}, options{cognitotest.SignedInAgo(59 * time.Second)}, options{cognitotest.SignedInAgo(61 * time.Second)}, cognito.ErrAuthenticationTooOld},
		"audience":     {authz.Require{Audience: []string{"https://mcp.example.com"}}, options{cognitotest.Audience("https://mcp.example.com")}, nil, cognito.ErrAudienceMismatch},
		"claim":        {authz.Require{Claims: map[string][]string{"tier": {"gold", "silver"}}}, options{cognitotest.Claim("tier", "silver")}, options{cognitotest.Claim("tier", "Gold")}, cognito.ErrClaimMismatch},
		"no claim":     {authz.Require{Claims: map[string][]string{"tier": {"gold"}}}, options{cognitotest.Claim("tier", "gold")}, nil, cognito.ErrClaimMismatch},
		"claims":       {authz.Require{Claims: map[string][]string{"a": {"1"}, "b": {"2"}}}, options{cognitotest.Claim("a", 1), cognitotest.Claim("b", "2")}, options{cognitotest.Claim("b", "2")}, cognito.ErrClaimMismatch},
		"brace":        {authz.Require{Claims: map[string][]string{"a": {"{{x}"}}}, options{cognitotest.Claim("a", "{x}")}, options{cognitotest.Claim("a", "{{x}")}, cognito.ErrClaimMismatch},
		"kind":         {authz.Require{}, nil, options{cognitotest.Claim("token_use", "id")}, cognito.ErrTokenUseMismatch},
	}
	for name, test := range tests {
		policy := w.policy(t, authz.Rule{Name: "r", Require: test.require})
		if d := policy.Decide(t.Context(), get("/", w.pool.AccessToken(test.good...))); !d.Allowed {
			t.Errorf("%s: %v", name, d.Err)
		}
		if d := policy.Decide(t.Context(), get("/", w.pool.AccessToken(test.bad...))); d.Allowed || d.Code() != test.code || !isEmpty(d) {
			t.Errorf("%s: %v, %v; want %q", name, d.Allowed, d.Err, string(test.code))
		}
	}
}

func TestDenialsSayWhatTheNextAttemptNeeds(t *testing.T) {
	w := newWorld(t)
	d := w.policy(t, authz.Rule{Require: authz.Require{Scopes: []string{"a", "b"}}}).Decide(t.Context(), get("/", w.pool.AccessToken()))
	if got := d.Err.RequiredScopes(); len(got) != 2 || d.Rule != "rule 1" {
		t.Errorf("scopes %q by %q", got, d.Rule)
	}
	d = w.policy(t, authz.Rule{Require: authz.Require{MaxAuthAge: time.Minute}}).Decide(t.Context(), get("/", w.pool.AccessToken(cognitotest.SignedInAgo(time.Hour))))
	if got := d.Err.RequiredMaxAge(); got != time.Minute {
		t.Errorf("age %s", got)
	}
}

// TestPoolsAndClientsOfARule: a rule narrows what the verifier accepts, and its message names
// no configuration.
func TestPoolsAndClientsOfARule(t *testing.T) {
	w := newWorld(t)
	second := w.issuer.AddPool("eu-west-1_Second001", "web", "phone")
	config := w.issuer.Config()
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	w.config.Verifier, w.config.UserPools = verifier, config.UserPools
	policy := w.policy(t,
		authz.Rule{Name: "any", Match: at("/any")},
		authz.Rule{Name: "second", Match: at("/second"), Require: authz.Require{UserPools: []string{second.ID()}}},
		authz.Rule{Name: "cli", Match: at("/cli"), Require: authz.Require{UserPools: []string{second.ID()}, ClientIDs: []string{"phone"}}},
		authz.Rule{Name: "id", Match: at("/id"), Require: authz.Require{TokenUse: cognito.TokenUseID, ClientIDs: []string{"phone"}}},
	)
	want(t, policy.Decide(t.Context(), get("/any", w.pool.AccessToken())), "any", "")
	want(t, policy.Decide(t.Context(), get("/any", second.AccessToken())), "any", "")
	want(t, policy.Decide(t.Context(), get("/second", second.AccessToken())), "second", "")
	want(t, policy.Decide(t.Context(), get("/cli", second.AccessToken(cognitotest.ForClient("phone")))), "cli", "")
	want(t, policy.Decide(t.Context(), get("/id", second.IDToken(cognitotest.ForClient("phone")))), "id", "")
	for rule, token := range map[string]string{"second": w.pool.AccessToken(), "cli": second.AccessToken(), "id": second.IDToken()} {
		d := policy.Decide(t.Context(), get("/"+rule, token))
		want(t, d, rule, cognito.ErrAccessDenied)
		for _, name := range []string{second.ID(), "phone", "web", cognitotest.PoolID, cognitotest.ClientID} {
			if message := d.Err.Message(); message == "" || contains(message, name) {
				t.Errorf("%s: the message names %q: %s", rule, name, message)
			}
		}
		if rule != "second" && !contains(d.Err.Detail(), "phone") {
			t.Errorf("%s: the detail does not name the client: %s", rule, d.Err.Detail())
		}
	}
	// Requirements are checked before the rule's pools and clients.
	strict := w.policy(t, authz.Rule{Name: "r", Require: authz.Require{UserPools: []string{second.ID()}, Groups: []string{"a"}}})
	want(t, strict.Decide(t.Context(), get("/", w.pool.AccessToken())), "r", cognito.ErrGroupMissing)
}

func TestClaimsEqualVariables(t *testing.T) {
	w := newWorld(t)
	own := authz.Require{TokenUse: cognito.TokenUseID, Claims: map[string][]string{"custom:tenant": {"{tenant}"}, "tier": {"gold", "{id}"}}}
	policy := w.policy(t, authz.Rule{Name: "own", Match: route.Match{Hosts: []string{"{tenant}.example.com", "{tenant}.example.org"}, Path: "/tenants/{id}/**"}, Require: own})
	token := func(tenant, tier any) string {
		return w.pool.IDToken(cognitotest.Claim("custom:tenant", tenant), cognitotest.Claim("tier", tier))
	}
	tests := []struct {
		host, target, token string
		code                cognito.Code
	}{
		{"acme.example.com", "/tenants/7/x", token("acme", "gold"), ""},
		{"ACME.example.org:443", "/tenants/7", token("acme", "7"), ""},
		{"acme.example.com", "/tenants/7", token("acme", 7), ""},
		{"acme.example.com", "/tenants/a%20b", token("acme", "a b"), ""},
		{"acme.example.com", "/tenants/%67old", token("acme", []string{"x", "gold"}), ""},
		{"acme.example.com", "/tenants/7", token("ACME", "gold"), cognito.ErrClaimMismatch},
		{"other.example.com", "/tenants/7", token("acme", "gold"), cognito.ErrClaimMismatch},
		{"acme.example.com", "/tenants/7", token("acme", "silver"), cognito.ErrClaimMismatch},
		{"acme.example.com", "/tenants/7", token("{tenant}", "gold"), cognito.ErrClaimMismatch},
		{"acme.example.com", "/tenants/7", w.pool.IDToken(cognitotest.Claim("tier", "gold")), cognito.ErrClaimMismatch},
		{"acme.example.com", "/tenants/7", token(nil, "gold"), cognito.ErrClaimMismatch},
		{"acme.example.com", "/tenants/7", token("", "gold"), cognito.ErrClaimMismatch},
		{"acme.example.com", "/tenants/7", w.pool.AccessToken(cognitotest.Claim("custom:tenant", "acme"), cognitotest.Claim("tier", "gold")), cognito.ErrTokenUseMismatch},
		{"acme.example.com", "/tenants/7", "", cognito.ErrTokenMissing},
	}
	for n, test := range tests {
		r := get(test.target, test.token)
		r.Host = test.host
		d := policy.Decide(t.Context(), r)
		if d.Code() != test.code || d.Allowed != (test.code == "") {
			t.Errorf("%d: %v, %v; want %q", n, d.Allowed, d.Err, string(test.code))
		}
	}
}

// TestVariablesWithTwoValuesAreDenied, also for anonymous requests.
func TestVariablesWithTwoValuesAreDenied(t *testing.T) {
	w := newWorld(t)
	match := route.Match{Hosts: []string{"{tenant}.example.com"}, Path: "/{tenant}/**"}
	for _, allow := range []cognito.Allow{cognito.Anonymous, cognito.Verified, cognito.Optional} {
		policy := w.policy(t, authz.Rule{Name: "r", Match: match, Allow: allow})
		for target, code := range map[string]cognito.Code{"/acme/x": "", "/Acme/x": cognito.ErrAccessDenied, "/other": cognito.ErrAccessDenied} {
			r := get(target, w.pool.AccessToken())
			r.Host = "ACME.example.com"
			want(t, policy.Decide(t.Context(), r), "r", code)
		}
	}
}

func TestClaimsOfLoadBalancersEqualVariables(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{
		Name: "own", Match: at("/{tenant}"), Via: []authz.Via{authz.ViaALB},
		Require: authz.Require{Claims: map[string][]string{"custom:tenant": {"{tenant}"}}},
	})
	for _, test := range []struct {
		claim any
		path  string
		code  cognito.Code
	}{
		{"acme", "/acme", ""}, {"acme", "/other", cognito.ErrClaimMismatch}, {7, "/7", ""}, {true, "/true", ""}, {nil, "/null", cognito.ErrClaimMismatch},
		{[]string{"a", "acme"}, "/acme", ""}, {[]string{"a"}, "/acme", cognito.ErrClaimMismatch}, {[]any{"acme", 7}, "/acme", cognito.ErrClaimMismatch},
		{map[string]string{}, "/%7b%7d", cognito.ErrClaimMismatch}, {[]string{}, "/[]", cognito.ErrClaimMismatch},
	} {
		b := w.signIn()
		b.Data = cognito.Raw(w.balancer.Data(cognitotest.Claim("custom:tenant", test.claim)))
		d := policy.Decide(t.Context(), behindBalancer(test.path, b))
		if d.Code() != test.code {
			t.Errorf("%v at %s: %v; want %q", test.claim, test.path, d.Err, string(test.code))
		}
	}
}
