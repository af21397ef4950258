package authz_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// unjoin returns the faults that New joined, as texts.
func unjoin(t *testing.T, err error) (texts []string) {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %T: %v", err, err)
	}
	for _, each := range joined.Unwrap() {
		fault, ok := errors.AsType[*authz.ConfigError](each)
		if !ok || fault.Package != "authz" {
			t.Errorf("got %T: %v", each, each)
			continue
		}
		texts = append(texts, fault.Field+" "+fault.Reason)
	}
	return texts
}

func TestFaultsOfRules(t *testing.T) {
	w := newWorld(t)
	tests := map[string]struct {
		rule authz.Rule
		want []string // after Config.Rules[1]., in their order
	}{
		"name":            {authz.Rule{Name: "first"}, []string{`Name repeats that of Rules[0]: "first"`}},
		"control in name": {authz.Rule{Name: "a\nb"}, []string{"Name has more than 100 bytes or a control character"}},
		"long name":       {authz.Rule{Name: strings.Repeat("a", 101)}, []string{"Name has more than"}},
		"match":           {authz.Rule{Match: route.Match{Hosts: []string{"a b"}, Path: "x"}}, []string{"Match.Hosts[0] ", "Match.Path "}},
		"session":         {authz.Rule{Via: []authz.Via{authz.ViaBearer, authz.ViaSession}}, []string{"Via[1] is session, and sessions are not in this version"}},
		"empty via":       {authz.Rule{Via: []authz.Via{}}, []string{"Via is empty"}},
		"unknown via":     {authz.Rule{Via: []authz.Via{"Bearer", "alb", "alb"}}, []string{`Via[0] is "Bearer": want bearer or alb`, `Via[2] repeats "alb"`}},
		"unknown allow":   {authz.Rule{Allow: 9}, []string{"Allow is invalid: got 9"}},
		"anonymous via":   {authz.Rule{Allow: cognito.Anonymous, Via: []authz.Via{authz.ViaBearer}}, []string{"Allow is anonymous, so no credential is looked at"}},
		"anonymous require": {
			authz.Rule{Allow: cognito.Anonymous, Require: authz.Require{Groups: []string{"a"}}}, []string{"Allow is anonymous"},
		},
		"denied pass":      {authz.Rule{Allow: cognito.Denied, Pass: authz.Pass{AccessToken: "authorization"}}, []string{"Allow is denied"}},
		"ambiguous":        {authz.Rule{Ambiguous: []string{"non_ascii", "slash"}}, []string{`Ambiguous[1] is "slash": want encoded_slash, semicolon, non_ascii`}},
		"non-ASCII path":   {authz.Rule{Match: at("/café"), Ambiguous: []string{"semicolon"}}, []string{"Match.Path has characters beyond ASCII"}},
		"good non-ASCII":   {authz.Rule{Match: at("/café"), Ambiguous: []string{"non_ascii"}}, nil},
		"no origins":       {authz.Rule{CORS: &authz.CORS{}}, []string{"CORS.Origins is empty"}},
		"origins":          {authz.Rule{CORS: &authz.CORS{Origins: []string{"app.example.com", "http://a.example", "https://a.example/x", "null"}}}, []string{"CORS.Origins[0] ", "CORS.Origins[1] ", "CORS.Origins[2] ", "CORS.Origins[3] "}},
		"every origin":     {authz.Rule{CORS: &authz.CORS{Origins: []string{"*"}, Credentials: true}}, []string{"CORS.Origins[0] is *, which"}},
		"origin and *":     {authz.Rule{CORS: &authz.CORS{Origins: []string{"https://a.example", "*"}}}, []string{"CORS.Origins[1] is *, which"}},
		"pass":             {authz.Rule{Pass: authz.Pass{AccessToken: "cookie"}}, []string{`Pass.AccessToken is "cookie": want authorization`}},
		"pass of ID token": {authz.Rule{Require: authz.Require{TokenUse: "id"}, Pass: authz.Pass{AccessToken: "authorization"}}, []string{"Pass.AccessToken has no effect"}},
		"token use":        {authz.Rule{Require: authz.Require{TokenUse: "any"}}, []string{`Require.TokenUse is "any": want access or id`}},
		"empty lists": {
			authz.Rule{Require: authz.Require{UserPools: []string{}, ClientIDs: []string{}, Scopes: []string{}, AnyGroup: []string{}, Audience: []string{}}},
			[]string{"Require.UserPools is empty", "Require.ClientIDs is empty", "Require.Audience can never be met", "Require.Scopes can never be met", "Require.AnyGroup can never be met"},
		},
		"empty match lists": {authz.Rule{Match: route.Match{Hosts: []string{}, Methods: []string{}}}, []string{"Match.Hosts is empty", "Match.Methods is empty"}},
		"acr and age":       {authz.Rule{Require: authz.Require{ACR: "high", MaxAuthAge: -1}}, []string{"Require.ACR can never be met", "Require.MaxAuthAge can never be met"}},
		"scope with spaces": {authz.Rule{Require: authz.Require{AnyScope: []string{"a b"}}}, []string{"Require.AnyScope can never be met"}},
		"scopes of ID tokens": {
			authz.Rule{Require: authz.Require{TokenUse: "id", Scopes: []string{"a"}, Audience: []string{"https://mcp.example.com"}}},
			[]string{"Require.Audience can never be met: the rule accepts ID tokens", "Require.Scopes can never be met: the rule accepts ID tokens"},
		},
		"other names": {
			authz.Rule{Require: authz.Require{UserPools: []string{"us-east-1_Other0001"}, ClientIDs: []string{"other"}, Audience: []string{"https://other.example"}}},
			[]string{`Require.UserPools[0] is "us-east-1_Other0001", which is not a configured user pool`, `Require.ClientIDs[0] is "other"`, `Require.Audience[0] is "https://other.example"`},
		},
		"claims": {
			authz.Rule{Match: at("/{id}"), Require: authz.Require{Claims: map[string][]string{"": {"x"}, "a": nil, "b": {"{id}", "{tenant}"}, "c": {"x-{id}"}}}},
			[]string{"Require.Claims has a claim without a name", "Require.Claims has a claim without a name or without a value: \"a\"", "Require.Claims has the variable {tenant} in \"b\"", "Require.Claims has a faulty value of \"c\""},
		},
		"half a variable": {
			authz.Rule{Match: route.Match{Hosts: []string{"{a}.example.com", "example.com"}}, Require: authz.Require{Claims: map[string][]string{"b": {"{a}"}}}},
			[]string{"Match.Hosts[1] has no variable {a}"},
		},
	}
	for name, test := range tests {
		config := w.config
		config.Rules = []authz.Rule{{Name: "first", Match: at("/first")}, test.rule}
		policy, err := authz.New(config)
		got := unjoin(t, err)
		if len(got) != len(test.want) || (policy == nil) != (err != nil) {
			t.Errorf("%s: got %d faults: %q", name, len(got), got)
			continue
		}
		for n := range got {
			if !strings.HasPrefix(got[n], "Config.Rules[1]."+test.want[n]) {
				t.Errorf("%s: got %q, want %q", name, got[n], test.want[n])
			}
		}
	}
}

func TestVerifiersMustBeConfigured(t *testing.T) {
	_, err := authz.New(authz.Config{Rules: []authz.Rule{
		{Name: "a", Match: at("/a"), Allow: cognito.Anonymous}, {Name: "b", Via: []authz.Via{authz.ViaALB}},
	}})
	got := unjoin(t, err)
	if len(got) != 2 || got[0] != "Config.Rules[1].Via[0] is alb, but no load balancers are configured" || !contains(got[1], "Config.Rules[1].Allow needs a verified token") {
		t.Errorf("got %q", got)
	}
	if _, err := authz.New(authz.Config{Rules: []authz.Rule{{Allow: cognito.Anonymous}, {Allow: cognito.Denied}}}); err != nil {
		t.Error(err)
	}
}

func TestNewKeepsACopyOfTheRules(t *testing.T) {
	w := newWorld(t)
	rules := []authz.Rule{{Name: "r", Match: route.Match{Methods: []string{"GET"}}, Require: authz.Require{Groups: []string{"a"}, ClientIDs: []string{"test-client"}, Claims: map[string][]string{"b": {"c"}}}}}
	policy := w.policy(t, rules...)
	rules[0].Match.Methods[0], rules[0].Require.Groups[0], rules[0].Require.ClientIDs[0], rules[0].Name = "PUT", "x", "x", "x"
	delete(rules[0].Require.Claims, "b")
	want(t, policy.Decide(t.Context(), get("/", w.pool.AccessToken())), "r", cognito.ErrGroupMissing)
	want(t, policy.Decide(t.Context(), get("/", w.pool.AccessToken(cognitotest.Groups("a"), cognitotest.Claim("b", "c")))), "r", "")
}

func TestWarnings(t *testing.T) {
	w := newWorld(t)
	custom := map[string][]string{"custom:tenant": {"a"}}
	tests := map[string]struct {
		rules []authz.Rule
		want  []string
	}{
		"none": {[]authz.Rule{{Match: at("/a"), Allow: cognito.Anonymous}, {Require: authz.Require{TokenUse: "id", Claims: custom}}, {Match: at("/b"), Via: []authz.Via{authz.ViaALB}, Require: authz.Require{Claims: custom}}}[:2], nil},
		"alb":  {[]authz.Rule{{Via: []authz.Via{authz.ViaALB}, Require: authz.Require{Claims: custom}}}, nil},
		"custom attribute of access tokens": {
			[]authz.Rule{{Require: authz.Require{Claims: custom}}}, []string{`Rules[0].Require.Claims has "custom:tenant", and access tokens`},
		},
		"never decides": {
			[]authz.Rule{{Name: "all", Match: at("/a/**")}, {Match: at("/b")}, {Match: route.Match{Methods: []string{"GET"}, Path: "/a/b"}}},
			[]string{`Rules[2].Match never decides: "all" comes first`},
		},
		"anonymous": {[]authz.Rule{{Match: at("/**"), Allow: cognito.Anonymous}}, []string{"Rules[0].Allow is anonymous for every host and every path"}},
		"email": {
			[]authz.Rule{{Require: authz.Require{TokenUse: "id", Claims: map[string][]string{"email": {"a@example.com"}}}}},
			[]string{`Rules[0].Require.Claims has "email", which users of many pools can set to any value: require email_verified: "true" too`},
		},
		"verified email": {
			[]authz.Rule{{Require: authz.Require{TokenUse: "id", Claims: map[string][]string{"email": {"a@example.com"}, "email_verified": {"true"}}}}}, nil,
		},
		"report": {[]authz.Rule{{ReportOnly: true}}, []string{"Rules[0].ReportOnly is set"}},
		"empty":  {nil, []string{"Rules is empty"}},
	}
	for name, test := range tests {
		got := w.policy(t, test.rules...).Warnings()
		if len(got) != len(test.want) {
			t.Errorf("%s: got %q", name, got)
			continue
		}
		for n, warning := range got {
			if text := warning.Field + " " + warning.Reason; !strings.HasPrefix(text, "Config."+test.want[n]) {
				t.Errorf("%s: got %q, want %q", name, text, test.want[n])
			}
		}
	}
}
