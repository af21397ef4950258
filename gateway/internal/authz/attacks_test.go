package authz_test

import (
	"fmt"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// guarded has public paths beside those that need a group, also public paths that take every
// kind of ambiguity.
func guarded(t testing.TB, w *world) *authz.Policy {
	t.Helper()
	return w.policy(t,
		authz.Rule{Name: "public", Match: at("/public/**"), Allow: cognito.Anonymous},
		authz.Rule{Name: "files", Match: at("/files/**"), Allow: cognito.Anonymous, Ambiguous: requestpath.ClassNames()},
		authz.Rule{Name: "admin", Match: at("/admin/**"), Require: authz.Require{Groups: []string{"admins"}}},
		authz.Rule{Name: "orders", Match: at("/orders"), Allow: cognito.Anonymous},
	)
}

// refuse checks that none of the targets is allowed.
func refuse(t *testing.T, policy *authz.Policy, code cognito.Code, targets ...string) {
	t.Helper()
	for _, target := range targets {
		if d := policy.Decide(t.Context(), get(target, "")); d.Allowed || d.Code() != code {
			t.Errorf("%q: allowed %v by %q, %v; want %q", target, d.Allowed, d.Rule, d.Err, string(code))
		}
	}
}

// TestDotSegmentsAreRefused (CVE-2026-33494, CVE-2025-54576): no rule may allow them, whatever
// a server makes of them.
func TestDotSegmentsAreRefused(t *testing.T) {
	policy := guarded(t, newWorld(t))
	for _, prefix := range []string{"/public", "/files", ""} {
		refuse(t, policy, authz.ErrPathAmbiguous, prefix+"/../admin", prefix+"/..", prefix+"/./admin", prefix+"/%2e%2e/admin", prefix+"/%2E./admin", prefix+"/.%2e",
			prefix+"/..%2fadmin", prefix+"/..%5cadmin", prefix+"/..\\admin", prefix+"/%2e%2e%2fadmin", prefix+"/%252e%252e/admin", prefix+"/%c0%ae%c0%ae/admin")
	}
	want(t, policy.Decide(t.Context(), get("/public/.well-known/a.js", "")), "public", "")
}

func TestEmptySegmentsAreRefused(t *testing.T) {
	policy := guarded(t, newWorld(t))
	refuse(t, policy, authz.ErrPathAmbiguous, "//admin", "//public/a", "/public//admin", "/files//admin", "/files%2f%2fadmin", "/public/a//", "//evil.example/public")
}

func TestEncodedSlashesAreAmbiguous(t *testing.T) {
	policy := guarded(t, newWorld(t))
	refuse(t, policy, authz.ErrPathAmbiguous, "/public%2fadmin", "/public/a%2Fb", "/public/%2fadmin", "/%2fadmin", "/admin%2fa", "/files%2fa", "/files/..%2fadmin")
	want(t, policy.Decide(t.Context(), get("/files/a%2fb", "")), "files", "")
}

// TestPathParametersAreAmbiguous (CVE-2026-73551, CVE-2026-73553, CVE-2026-73511): servers that
// remove path parameters find another path, such as /../ in /..;x/.
func TestPathParametersAreAmbiguous(t *testing.T) {
	policy := guarded(t, newWorld(t))
	refuse(t, policy, authz.ErrPathAmbiguous, "/public/..;x/admin", "/files/..;x/admin", "/files/..;/admin", "/files/..%3bx/admin", "/files/;x/admin", "/files/.;x",
		"/;x/admin", "/admin;x", "/public;x/a", "/public/a;b", "/files;x/a", "/files/a%2f..;x%2fadmin", "/orders;jsessionid=1", "/orders%3b")
	want(t, policy.Decide(t.Context(), get("/files/a;v=1/b", "")), "files", "")
}

func TestFragmentsAndQueriesDoNotHideThePath(t *testing.T) {
	policy := guarded(t, newWorld(t))
	refuse(t, policy, authz.ErrPathAmbiguous, "/admin#/public", "/public#/../admin", "/public/a%23b", "/public/a?b#c", "/public/a%00?b")
	want(t, policy.Decide(t.Context(), get("/admin?/public/x", "")), "admin", cognito.ErrTokenMissing)
	want(t, policy.Decide(t.Context(), get("/public/x?a=/../admin&b=//;%2f", "")), "public", "")
	want(t, policy.Decide(t.Context(), get("/public%3f/x", "")), "", cognito.ErrAccessDenied)
	want(t, policy.Decide(t.Context(), get("/orders?", "")), "orders", "")
}

// TestLetterCaseIsCompared (CVE-2026-27587, CVE-2026-27588): there is one matcher, and it
// compares bytes of paths and methods. Hosts have no case.
func TestLetterCaseIsCompared(t *testing.T) {
	w := newWorld(t)
	policy := guarded(t, w)
	refuse(t, policy, cognito.ErrAccessDenied, "/Public/a", "/ADMIN", "/Admin/x", "/Orders")
	match := route.Match{Hosts: []string{"API.example.com"}, Methods: []string{"GET"}, Path: "/a/*"}
	policy = w.policy(t, authz.Rule{Name: "a", Match: match, Allow: cognito.Anonymous})
	for _, host := range []string{"api.example.com", "Api.Example.Com", "API.EXAMPLE.COM.:443"} {
		want(t, policy.Decide(t.Context(), &authz.Request{Method: "GET", Host: host, Target: "/a/b"}), "a", "")
	}
	for _, r := range []authz.Request{{Method: "get", Target: "/a/b"}, {Method: "GET", Target: "/A/b"}, {Method: "Get", Target: "/a/b"}} {
		r.Host = "api.example.com"
		want(t, policy.Decide(t.Context(), &r), "", cognito.ErrAccessDenied)
	}
}

// TestManyRulesAndFewRulesAgree: a rule decides the same way among a thousand others.
func TestManyRulesAndFewRulesAgree(t *testing.T) {
	w := newWorld(t)
	rules := []authz.Rule{{Match: at("/public/*"), Allow: cognito.Anonymous}, {Match: at("/admin/**"), Allow: cognito.Denied}}
	few := w.policy(t, rules...)
	for n := range 1000 {
		rules = append(rules, authz.Rule{Match: at(fmt.Sprintf("/other/%d/x%d", n%50, n)), Allow: cognito.Anonymous})
	}
	many := w.policy(t, rules...)
	for _, target := range []string{"/public/a", "/PUBLIC/a", "/publiC/a", "/public/", "/admin", "/ADMIN", "/admin/x", "/Admin/x"} {
		a, b := few.Decide(t.Context(), get(target, "")), many.Decide(t.Context(), get(target, ""))
		if a.Allowed != b.Allowed || a.Rule != b.Rule || a.Code() != b.Code() {
			t.Errorf("%q: %v %q %v, and %v %q %v", target, a.Allowed, a.Rule, a.Err, b.Allowed, b.Rule, b.Err)
		}
	}
}

// TestTrailingDotsAndSlashes (CVE-2026-41059, CVE-2025-66490): a dot at the end of a host does
// not count; a slash at the end of a path does, but for **.
func TestTrailingDotsAndSlashes(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "host", Match: route.Match{Hosts: []string{"admin.example.com"}}, Require: authz.Require{Groups: []string{"admins"}}},
		authz.Rule{Name: "admin", Match: at("/admin/**"), Require: authz.Require{Groups: []string{"admins"}}},
		authz.Rule{Name: "orders", Match: at("/orders"), Allow: cognito.Anonymous},
	)
	for _, host := range []string{"admin.example.com", "admin.example.com.", "ADMIN.example.com.:443"} {
		r := get("/orders", "")
		r.Host = host
		want(t, policy.Decide(t.Context(), r), "host", cognito.ErrTokenMissing)
	}
	r := get("/orders", "")
	r.Host = "admin.example.com.."
	want(t, policy.Decide(t.Context(), r), "", cognito.ErrRequestInvalid)
	for _, target := range []string{"/admin", "/admin/", "/admin/."} {
		if d := policy.Decide(t.Context(), get(target, "")); d.Allowed {
			t.Errorf("%q is allowed", target)
		}
	}
	refuse(t, policy, cognito.ErrAccessDenied, "/orders/", "/orders.", "/admin.")
}

// TestEscapedLettersSelectTheSameRule (CVE-2026-40912, CVE-2026-48020): a path and its escaped
// form have the same rule, so the prefix that a proxy strips or a server decodes is the one
// that was matched.
func TestEscapedLettersSelectTheSameRule(t *testing.T) {
	policy := guarded(t, newWorld(t))
	for _, target := range []string{"/%61dmin", "/adm%69n/x", "/%61%64%6d%69%6e/", "/%61dmin?x"} {
		want(t, policy.Decide(t.Context(), get(target, "")), "admin", cognito.ErrTokenMissing)
	}
	want(t, policy.Decide(t.Context(), get("/publi%63/x", "")), "public", "")
	refuse(t, policy, authz.ErrPathAmbiguous, "/%2561dmin", "/public/%25%36%31", "/%u0061dmin", "/%")
	policy = newWorld(t).policy(t,
		authz.Rule{Name: "secret", Match: at("/users/@admin"), Allow: cognito.Denied},
		authz.Rule{Name: "all", Allow: cognito.Anonymous},
	)
	for _, target := range []string{"/users/@admin", "/users/%40admin", "/users/%40%61dmin"} {
		want(t, policy.Decide(t.Context(), get(target, "")), "secret", cognito.ErrAccessDenied)
	}
}

// TestTargetsWithoutASlashAreRefused (CVE-2026-33186), also under a rule for all paths.
func TestTargetsWithoutASlashAreRefused(t *testing.T) {
	w := newWorld(t)
	all := w.policy(t, authz.Rule{Name: "all", Allow: cognito.Anonymous})
	refuse(t, all, authz.ErrPathAmbiguous, "", "*", "orders.Orders/Get", "admin", "http://api.example.com/public", "https:/public", "api.example.com:443", "?/public", "\x00/public")
	connect := get("/public", "")
	connect.Method = "CONNECT"
	want(t, all.Decide(t.Context(), connect), "", authz.ErrPathAmbiguous)
	want(t, all.Decide(t.Context(), get("/orders.Orders/Get", "")), "all", "")
}

// TestUnparsableTargetsAreRefused (CVE-2021-32637): what cannot be read is denied, and is not
// taken for the root.
func TestUnparsableTargetsAreRefused(t *testing.T) {
	w := newWorld(t)
	all := w.policy(t, authz.Rule{Name: "all", Allow: cognito.Anonymous, Ambiguous: requestpath.ClassNames()}, authz.Rule{Name: "root", Match: at("/"), Allow: cognito.Anonymous})
	refuse(t, all, authz.ErrPathAmbiguous, "/%", "/%zz", "/%2", "/a%", "/\xff", "/%ff", "/a b", "/\r\nX: y", "/\x7f", "/%0d%0a", "/%c0%af", "/%00")
	for _, host := range []string{"a b", "user@api.example.com", "api.example.com, evil.example", "api.example.com:99999", "[::1", "a/b", "\x00"} {
		want(t, all.Decide(t.Context(), &authz.Request{Method: "GET", Host: host, Target: "/"}), "", cognito.ErrRequestInvalid)
	}
}

// TestUnreadableMethodsAreRefused, also under a rule for all methods: a proxy that sends none
// has a fault in its configuration.
func TestUnreadableMethodsAreRefused(t *testing.T) {
	all := newWorld(t).policy(t, authz.Rule{Name: "all", Allow: cognito.Anonymous, ReportOnly: true, Preflight: true})
	for _, method := range []string{"", " ", "GET ", "GET,POST", "GET\r\n", "G\x00T", "GÉT"} {
		want(t, all.Decide(t.Context(), &authz.Request{Method: method, Target: "/"}), "", cognito.ErrRequestInvalid)
		if method != "" {
			want(t, all.Decide(t.Context(), &authz.Request{Method: "OPTIONS", Target: "/", Origin: "https://a.example", AccessControlRequestMethod: method}), "", cognito.ErrRequestInvalid)
		}
	}
	want(t, all.Decide(t.Context(), &authz.Request{Method: "M-SEARCH", Target: "/"}), "all", "")
}

// TestEmailsAreComparedWhole (CVE-2026-40574): an address with several @ is another address,
// and no part of it counts.
func TestEmailsAreComparedWhole(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "owner", Require: authz.Require{TokenUse: cognito.TokenUseID, Claims: map[string][]string{"email": {"owner@example.com"}}}})
	want(t, policy.Decide(t.Context(), get("/", w.pool.IDToken(cognitotest.Claim("email", "owner@example.com")))), "owner", "")
	for _, email := range []string{
		"owner@example.com@evil.example", "x@evil.example@owner@example.com", "\"owner@example.com\"@evil.example", "Owner@example.com", "owner@example.com ", "owner@EXAMPLE.com", "@example.com", "",
	} {
		want(t, policy.Decide(t.Context(), get("/", w.pool.IDToken(cognitotest.Claim("email", email)))), "owner", cognito.ErrClaimMismatch)
	}
}

// TestAmbiguousPathsAreRefusedAlsoWhereNothingElseIs: report_only and preflights do not let
// them through.
func TestAmbiguousPathsAreRefusedAlsoWhereNothingElseIs(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "all", ReportOnly: true, Preflight: true})
	for _, target := range []string{"/a%2fb", "/a;b", "/%c3%a9", "/a/../b", "*"} {
		for _, r := range []*authz.Request{get(target, ""), {Method: "OPTIONS", Target: target, Origin: "https://a.example", AccessControlRequestMethod: "GET"}} {
			if d := policy.Decide(t.Context(), r); d.Allowed || d.Code() != authz.ErrPathAmbiguous {
				t.Errorf("%s %q: %v, %v", r.Method, target, d.Allowed, d.Err)
			}
		}
	}
}

// TestReadingsSelectTheSameRule, and not only some rule that accepts the path.
func TestReadingsSelectTheSameRule(t *testing.T) {
	policy := newWorld(t).policy(t,
		authz.Rule{Name: "one", Match: at("/*"), Allow: cognito.Anonymous, Ambiguous: requestpath.ClassNames()},
		authz.Rule{Name: "two", Match: at("/admin/**"), Allow: cognito.Anonymous, Ambiguous: requestpath.ClassNames()},
		authz.Rule{Name: "rest", Allow: cognito.Anonymous, Ambiguous: requestpath.ClassNames()},
	)
	refuse(t, policy, authz.ErrPathAmbiguous, "/admin%2fx", "/a%2fb", "/admin;x%2fy")
	want(t, policy.Decide(t.Context(), get("/admin;x", "")), "one", "")
	want(t, policy.Decide(t.Context(), get("/admin/a%2fb;c", "")), "two", "")
	want(t, policy.Decide(t.Context(), get("/a/b%2fc", "")), "rest", "")
}

// TestVariablesAgreeInEveryReading: a path whose variable has another value for some server is
// refused.
func TestVariablesAgreeInEveryReading(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{
		Name: "own", Match: at("/tenants/{id}/**"), Ambiguous: requestpath.ClassNames(),
		Require: authz.Require{TokenUse: cognito.TokenUseID, Claims: map[string][]string{"custom:tenant": {"{id}"}}},
	})
	token := func(tenant string) string { return w.pool.IDToken(cognitotest.Claim("custom:tenant", tenant)) }
	want(t, policy.Decide(t.Context(), get("/tenants/acme/a%2fb;c", token("acme"))), "own", "")
	want(t, policy.Decide(t.Context(), get("/tenants/caf%c3%a9", token("café"))), "own", "")
	for _, target := range []string{"/tenants/acme%2fx/y", "/tenants/acme;x", "/tenants/other;acme/y", "/tenants%2facme/y"} {
		for _, tenant := range []string{"acme", "acme/x", "acme;x", "other", "other;acme"} {
			if d := policy.Decide(t.Context(), get(target, token(tenant))); d.Allowed || d.Code() != authz.ErrPathAmbiguous {
				t.Errorf("%q for %q: %v, %v", target, tenant, d.Allowed, d.Err)
			}
		}
	}
}
