package gateway_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway"
)

func TestCheckCountsAndWarns(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(orders, "trusted_proxies: [127.0.0.0/8]", "identity: {headers: {X-Mail: email}}", 1)+"  - {name: never, match: {path: /orders/x}}\n")
	summary, err := gateway.Check(gateway.Config{File: s.file})
	if err != nil || summary.Rules != 3 || summary.UserPools != 1 {
		t.Fatalf("got %+v, %v", summary, err)
	}
	var keys []string
	for _, w := range summary.Warnings {
		keys = append(keys, w.Key)
	}
	if !slices.Contains(keys, "trusted_proxies") || !slices.Contains(keys, "identity.headers") || !slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, "rules[2]") }) {
		t.Errorf("got %+v", summary.Warnings)
	}
}

func TestExplanationsNameTheRuleTheChecksAndTheAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	explain := func(url, token string) *gateway.Explanation {
		t.Helper()
		header := http.Header{}
		if token != "" {
			header.Set("Authorization", "Bearer "+token)
		}
		e, err := gateway.Explain(t.Context(), gateway.Config{File: s.file}, gateway.Question{Method: "GET", URL: url, Header: header})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	good := explain("https://api.example.com/orders/7?a=b", s.issuer.Pool().AccessToken(cognitotest.Groups("staff")))
	if !good.Allowed || good.Rule != "orders" || good.Header.Get("X-Auth-Groups") != "staff" || len(good.Checks) < 5 {
		t.Errorf("got %+v", good)
	}
	bad := explain("https://api.example.com/orders/7", s.issuer.Pool().AccessToken())
	if bad.Allowed || bad.Code != cognito.ErrGroupMissing || bad.Status != http.StatusForbidden || bad.Header.Get("X-Auth-Error") != "group_missing" {
		t.Errorf("got %+v", bad)
	}
	s.write(strings.Replace(orders, "groups: [staff]", "token_use: id", 1))
	for _, verified := range []bool{true, false} {
		e := explain("https://api.example.com/orders/7", s.issuer.Pool().IDToken(cognitotest.Claim("email", "a@example.com"), cognitotest.Claim("email_verified", verified)))
		said := slices.ContainsFunc(e.Checks, func(c cognito.Check) bool { return c.Name == "email" })
		if !e.Allowed || (e.Header.Get("X-Auth-Email") != "") != verified || said == verified {
			t.Errorf("verified %v: got %+v", verified, e)
		}
	}
	if none := explain("https://api.example.com/a//b", ""); none.Code != "path_ambiguous" || none.Status != http.StatusBadRequest {
		t.Errorf("got %+v", none)
	}
	for _, url := range []string{"", "/orders/7", "ftp://a/b", "https://", "https://user@host/a"} {
		if _, err := gateway.Explain(t.Context(), gateway.Config{File: s.file}, gateway.Question{Method: "GET", URL: url}); err == nil {
			t.Errorf("%q: got no error", url)
		}
	}
}

const amazon = `
user_pools:
  - {id: us-east-1_AbCdEfGhI, client_ids: [web]}
  - {id: us-west-2_AbCdEfGhI, client_ids: [cli]}
rules:
  - {name: read, match: {methods: [GET], path: /orders/**}, require: {scopes: [orders/read]}}
  - {name: tenant, match: {path: "/t/{id}"}, require: {token_use: id, claims: {"custom:tenant": "{id}"}}}
  - {name: staff, match: {path: /staff}, require: {groups: [staff], user_pools: [us-west-2_AbCdEfGhI]}}
`

func TestCasesAreComparedWithDecisions(t *testing.T) {
	t.Parallel()
	const text = `
cases:
  - name: reader
    request: {url: "https://api.example.com/orders/7"}
    token: {scopes: [orders/read]}
    expect: {allowed: true, rule: read, code: ""}
  - {name: no scope, request: {url: "https://a/orders/7"}, token: {}, expect: {allowed: false, code: scope_missing}}
  - {name: no token, request: {url: "https://a/orders/7"}, expect: {code: token_missing}}
  - {name: writer, request: {method: POST, url: "https://a/orders/7"}, token: {}, expect: {allowed: false, rule: "", code: access_denied}}
  - {name: tenant, request: {url: "https://a/t/acme"}, token: {use: id, claims: {"custom:tenant": acme}}, expect: {allowed: true}}
  - {name: other, request: {url: "https://a/t/acme"}, token: {use: id, claims: {"custom:tenant": other}}, expect: {code: claim_mismatch}}
  - {name: staff, request: {url: "https://a/staff"}, token: {user_pool: us-west-2_AbCdEfGhI, groups: [staff]}, expect: {allowed: true}}
  - {name: old, request: {url: "https://a/orders/7"}, token: {scopes: [orders/read], claims: {exp: 1}}, expect: {code: token_expired}}
  - {name: client, request: {url: "https://a/orders/7"}, token: {client_id: x, scopes: [orders/read]}, expect: {code: client_mismatch}}
  - {name: wrong, request: {url: "https://a/orders/7"}, token: {}, expect: {allowed: true, rule: staff, code: ""}}
`
	results, err := gateway.Test(t.Context(), gateway.Config{File: "f", Text: []byte(amazon)}, "cases.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results[:len(results)-1] {
		if len(r.Differences) > 0 {
			t.Errorf("%s: %v", r.Name, r.Differences)
		}
	}
	if wrong := results[len(results)-1]; len(wrong.Differences) != 3 || wrong.Differences[1] != `rule: got "read", want "staff"` {
		t.Errorf("got %+v", wrong)
	}
}

func TestFaultyCasesAreErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":          "cases.yaml:1:1: the file is empty; it needs cases",
		"cases: []": "cases.yaml:1:8: cases: has no case",
		"cases: [{request: {url: \"https://a/b\"}}]":                                                              "expects nothing",
		"cases: [{expect: {allowed: true}}]":                                                                      "url: is missing",
		"cases: [{request: {url: \"/b\"}, expect: {allowed: true}}]":                                              "cases.yaml: cases[0]: the URL must have",
		"cases: [{request: {url: \"https://a/b\"}, token: {user_pool: us-east-1_None}, expect: {allowed: true}}]": `no user pool "us-east-1_None"`,
		"cases: [{request: {url: \"https://a/b\"}, token: {usage: id}, expect: {allowed: true}}]":                 "unknown key; did you mean use?",
	} {
		_, err := gateway.Test(t.Context(), gateway.Config{File: "f", Text: []byte(amazon)}, "cases.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestDemoListensOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	text := gateway.DemoText("us-east-1_Local0001", "http://127.0.0.1:9229/us-east-1_Local0001", "local-client", "local-machine")
	if _, err := gateway.Check(gateway.Config{File: "demo", Text: text}); err != nil {
		t.Error(err)
	}
	if n := strings.Count(string(text), "listen: 127.0.0.1:"); n != 2 {
		t.Errorf("%d listeners on loopback in\n%s", n, text)
	}
}

func TestProxyExamplesHaveTheHeadersAndAddressesOfTheFile(t *testing.T) {
	t.Parallel()
	example := func(more, proxy string) string {
		t.Helper()
		text, err := gateway.ProxyExample(gateway.Config{File: "f", Text: []byte(amazon + more)}, gateway.Proxy{Name: proxy})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	text := example("identity: {prefix: X-Shop-, headers: {X-Shop-Tenant: \"custom:tenant\"}}\nforward_auth: {listen: \":7070\"}\n", "nginx")
	for _, want := range []string{"127.0.0.1:7070", "X-Shop-Subject", "X-Shop-Tenant"} {
		if !strings.Contains(text, want) {
			t.Errorf("nginx: there is no %s", want)
		}
	}
	if text := example("envoy: {listen: 10.0.0.7:9001}\n", "envoy"); !strings.Contains(text, "10.0.0.7") {
		t.Error("envoy: the address is missing")
	}
	for _, more := range []string{"", "forward_auth: {listen: \"unix:/run/auth.sock\"}\n"} {
		if text := example(more, "nginx"); !strings.Contains(text, "127.0.0.1:8080") {
			t.Errorf("%q: the default address is missing", more)
		}
	}
	for _, proxy := range []string{"nginx", "caddy", "haproxy", "envoy", "envoy-http"} {
		text, err := gateway.ProxyExample(gateway.Config{}, gateway.Proxy{Name: proxy, Listen: "127.0.0.7:8001", Service: "10.0.0.9:3001"})
		if err != nil || !strings.Contains(text, "127.0.0.7") || !strings.Contains(text, "8001") || !strings.Contains(text, "10.0.0.9") || !strings.Contains(text, "3001") {
			t.Errorf("%s: the addresses are missing: %v", proxy, err)
		}
	}
	for _, address := range []string{"3000", "127.0.0.1:3000;", "a b:1", "host:1\n", "http://127.0.0.1:3000"} {
		if _, err := gateway.ProxyExample(gateway.Config{}, gateway.Proxy{Name: "nginx", Service: address}); err == nil || !strings.Contains(err.Error(), "want HOST:PORT") {
			t.Errorf("%q: got %v", address, err)
		}
	}
	if _, err := gateway.ProxyExample(gateway.Config{}, gateway.Proxy{Name: "ngin"}); err == nil || !strings.Contains(err.Error(), "did you mean nginx?") {
		t.Errorf("got %v", err)
	}
}
