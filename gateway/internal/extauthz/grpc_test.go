package extauthz_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
)

// mutate is what Envoy does with the headers of an allowed request (source/extensions/filters/
// http/ext_authz): set, then append, then remove.
func mutate(t *testing.T, client []line, ok *auth.OkHttpResponse) []line {
	t.Helper()
	var lines []line
	for _, l := range client {
		lines = append(lines, line{strings.ToLower(l.name), l.value})
	}
	without := func(name string) {
		lines = slices.DeleteFunc(lines, func(l line) bool { return strings.EqualFold(l.name, name) })
	}
	for _, h := range ok.GetHeaders() {
		if h.GetAppend().GetValue() || h.GetAppendAction() != core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD { //nolint:staticcheck // older versions of Envoy read it
			t.Errorf("%s is appended", h.GetHeader().GetKey())
		}
		without(h.GetHeader().GetKey())
		lines = append(lines, line{h.GetHeader().GetKey(), h.GetHeader().GetValue()})
	}
	for _, name := range ok.GetHeadersToRemove() {
		without(name)
	}
	return lines
}

func valuesOf(lines []line, name string) (values []string) {
	for _, l := range lines {
		if l.name == name {
			values = append(values, l.value)
		}
	}
	return values
}

func TestAllowedCheckSetsTheIdentity(t *testing.T) {
	w := newWorld(t)
	client, _, _ := w.dial(t)
	for form, describe := range forms {
		lines := []line{
			{"authorization", "Bearer " + w.token()}, {"x-auth-subject", "mallory"}, {"x-auth-subject", "mallory"}, {"x-auth-email", "mallory"},
			{"x_auth_subject", "mallory"}, {"x.auth.groups", "mallory"}, {"x_tenant", "mallory"}, {"x-tenant", "mallory"}, {"x-auth-other", "mallory"},
			{"x-other", "stays"},
		}
		response := check(t, client, describe("GET", "api.example.com", "/orders/7?x=1", lines...))
		if response.GetStatus().GetCode() != int32(codes.OK) || response.GetOkResponse() == nil {
			t.Fatalf("%s: got %v", form, response)
		}
		got := mutate(t, lines, response.GetOkResponse())
		for name, want := range map[string][]string{
			"x-auth-subject": {"sub-1"}, "x-auth-groups": {"staff,R&D%2C EU"}, "x-auth-scopes": {"orders/read"}, "x-auth-token-use": {"access"},
			"x-auth-email": nil, "x-tenant": nil, "x-other": {"stays"}, "authorization": {"Bearer " + w.token()},
		} {
			if diff := cmp.Diff(want, valuesOf(got, name)); diff != "" && name != "authorization" {
				t.Errorf("%s: %s: %s", form, name, diff)
			}
		}
		for _, l := range got {
			if strings.Contains(l.value, "mallory") {
				t.Errorf("%s: %s reached the service", form, l.name)
			}
		}
		want := map[string]any{
			"subject": "sub-1", "client": w.issuer.Pool().ClientID(), "groups": []any{"staff", "R&D, EU"}, "rule": "read orders",
		}
		if diff := cmp.Diff(want, response.GetDynamicMetadata().AsMap()); diff != "" {
			t.Errorf("%s: metadata: %s", form, diff)
		}
	}
}

func TestHeadersToRemoveNeverNamesASetHeader(t *testing.T) {
	w := newWorld(t)
	client, _, _ := w.dial(t)
	for form, describe := range forms {
		for path, token := range map[string]string{"/orders/7": "Bearer " + w.token(), "/healthz": ""} {
			lines := []line{{"x_auth_subject", "a"}, {"X-AUTH-SUBJECT", "b"}, {"x-auth-client", "c"}}
			if token != "" {
				lines = append(lines, line{"authorization", token})
			}
			ok := check(t, client, describe("GET", "api.example.com", path, lines...)).GetOkResponse()
			removed := map[string]bool{}
			for _, name := range ok.GetHeadersToRemove() {
				if removed[name] || name != strings.ToLower(name) {
					t.Errorf("%s %s: removes %s", form, path, name)
				}
				removed[name] = true
			}
			all := 0
			for _, h := range ok.GetHeaders() {
				all++
				if removed[h.GetHeader().GetKey()] {
					t.Errorf("%s %s: sets and removes %s", form, path, h.GetHeader().GetKey())
				}
			}
			for _, name := range w.config.Headers.Names() {
				if removed[strings.ToLower(name)] {
					all++
				}
			}
			if all != len(w.config.Headers.Names()) {
				t.Errorf("%s %s: %d of %d identity headers are set or removed", form, path, all, len(w.config.Headers.Names()))
			}
		}
	}
}

func TestRuleThatPassesTheTokenOn(t *testing.T) {
	w := newWorld(t)
	client, _, _ := w.dial(t)
	token := w.token()
	lines := []line{{"authorization", "bearer   " + token}}
	ok := check(t, client, rawCheck("GET", "a", "/passed", lines...)).GetOkResponse()
	if diff := cmp.Diff([]string{"Bearer " + token}, valuesOf(mutate(t, lines, ok), "authorization")); diff != "" {
		t.Error(diff)
	}
}

func TestDeniedChecks(t *testing.T) {
	w := newWorld(t)
	client, _, _ := w.dial(t)
	good := line{"authorization", "Bearer " + w.token()}
	for name, test := range map[string]struct {
		path   string
		lines  []line
		status int
		rpc    codes.Code
		code   string
	}{
		"no token":   {"/orders/7", nil, 401, codes.Unauthenticated, "token_missing"},
		"expired":    {"/orders/7", []line{{"authorization", "Bearer " + w.token(cognitotest.Expired())}}, 401, codes.Unauthenticated, "token_expired"},
		"no scope":   {"/orders/7", []line{{"authorization", "Bearer " + w.token(cognitotest.Scopes("openid"))}}, 403, codes.PermissionDenied, "scope_missing"},
		"two tokens": {"/orders/7", []line{good, good}, 400, codes.PermissionDenied, "request_invalid"},
		"no rule":    {"/other", []line{good}, 403, codes.PermissionDenied, "access_denied"},
		"ambiguous":  {"/public/../orders", nil, 400, codes.PermissionDenied, "path_ambiguous"},
		"no slash":   {"orders/7", nil, 400, codes.PermissionDenied, "path_ambiguous"}, // CVE-2026-33186
		"asterisk":   {"*", nil, 400, codes.PermissionDenied, "path_ambiguous"},
		"keys away":  {"/orders/7", []line{{"authorization", "Bearer " + w.away.AccessToken()}}, 503, codes.Unavailable, "keys_unavailable"},
	} {
		for form, describe := range forms {
			response := check(t, client, describe("GET", "api.example.com", test.path, append(test.lines, line{"origin", "https://app.example.com"})...))
			denied := response.GetDeniedResponse()
			if denied == nil || int(denied.GetStatus().GetCode()) != test.status || response.GetStatus().GetCode() != int32(test.rpc) {
				t.Errorf("%s, %s: got %v", name, form, response)
				continue
			}
			header := http.Header{}
			for _, h := range denied.GetHeaders() {
				header.Add(h.GetHeader().GetKey(), h.GetHeader().GetValue())
			}
			var body struct{ Error struct{ Code string } }
			if err := json.Unmarshal([]byte(denied.GetBody()), &body); err != nil || body.Error.Code != test.code || header.Get("X-Auth-Error") != test.code {
				t.Errorf("%s, %s: got %s, %v", name, form, denied.GetBody(), header)
			}
			if (header.Get("Retry-After") != "") != (test.status == 503) || (header.Get("WWW-Authenticate") != "") != (test.code != "path_ambiguous" && test.status != 503) {
				t.Errorf("%s, %s: got %v", name, form, header)
			}
			if cors := test.path == "/orders/7"; (header.Get("Access-Control-Allow-Origin") != "") != cors {
				t.Errorf("%s, %s: got %v", name, form, header)
			}
			if got := response.GetDynamicMetadata().AsMap(); got["code"] != test.code || got["subject"] != nil {
				t.Errorf("%s, %s: metadata %v", name, form, got)
			}
		}
	}
}

func TestChecksThatDescribeNoRequestAreDenied(t *testing.T) {
	w := newWorld(t)
	client, _, _ := w.dial(t)
	both := rawCheck("GET", "a", "/healthz")
	both.GetAttributes().GetRequest().GetHttp().Headers = map[string]string{"a": "b"}
	replaced := rawCheck("GET", "a", "/public/\xff") // as Envoy replaces it
	replaced.GetAttributes().GetRequest().GetHttp().Path = "/public/!"
	for name, r := range map[string]*auth.CheckRequest{
		"nothing": {}, "no request": {Attributes: &auth.AttributeContext{}}, "no method": rawCheck("", "a", "/healthz"),
		"no host": rawCheck("GET", "", "/healthz"), "no path": rawCheck("GET", "a", ""), "both forms": both, "a replaced path": replaced,
		"no HTTP": checkOf(nil),
	} {
		response := check(t, client, r)
		if denied := response.GetDeniedResponse(); denied == nil || denied.GetStatus().GetCode() != 400 {
			t.Errorf("%s: got %v", name, response)
		}
	}
}

func TestUnavailableIsAnErrorOnlyWhereConfigured(t *testing.T) {
	w := newWorld(t)
	w.config.UnavailableIsError = true
	client, _, _ := w.dial(t)
	response := check(t, client, rawCheck("GET", "api.example.com", "/orders/7", line{"authorization", "Bearer " + w.away.AccessToken()}))
	if response.GetErrorResponse().GetStatus().GetCode() != 503 {
		t.Errorf("keys away: got %v", response)
	}
	response = check(t, client, rawCheck("GET", "api.example.com", "/orders/7", line{"authorization", "Bearer x"}))
	if response.GetDeniedResponse().GetStatus().GetCode() != 401 {
		t.Errorf("a bad token: got %v", response)
	}
}

func TestUntrustedCallersOfTheCheckAreDenied(t *testing.T) {
	w := newWorld(t)
	w.config.Trusted = &callers.Trusted{}
	client, _, _ := w.dial(t)
	response := check(t, client, rawCheck("GET", "a", "/healthz"))
	if denied := response.GetDeniedResponse(); denied.GetStatus().GetCode() != 403 || response.GetStatus().GetMessage() != "proxy_untrusted" {
		t.Errorf("got %v", response)
	}
	checker, err := extauthz.NewChecker(w.config)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := checker.Check(t.Context(), rawCheck("GET", "a", "/healthz")); err != nil || response.GetDeniedResponse() == nil {
		t.Errorf("without a connection: got %v, %v", response, err)
	}
}

func TestHealthFollowsSetServing(t *testing.T) {
	_, connection, server := newWorld(t).dial(t)
	health := grpc_health_v1.NewHealthClient(connection)
	for _, serving := range []bool{false, true, false} {
		server.SetServing(serving)
		for _, name := range []string{"", "envoy.service.auth.v3.Authorization"} {
			got, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: name})
			if err != nil || (got.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING) != serving {
				t.Errorf("%q: got %v, %v, want serving %v", name, got, err, serving)
			}
		}
	}
}

func FuzzCheckKeepsIdentityHeadersFromTheService(f *testing.F) {
	f.Add("x_auth_subject", "mallory", "/healthz", true)
	f.Add("X.Auth.Groups", "mallory", "/orders/7", false)
	f.Add("x-auth-subject", "mallory", "/public/..;/a", true)
	w := newWorld(f)
	checker, err := extauthz.NewChecker(w.config)
	if err != nil {
		f.Fatal(err)
	}
	ctx := withPeer(f.Context())
	f.Fuzz(func(t *testing.T, name, value, path string, raw bool) {
		lines := []line{{name, value}}
		describe := joinedCheck
		if raw {
			describe = rawCheck
		}
		response, err := checker.Check(ctx, describe("GET", "a", path, lines...))
		if err != nil {
			t.Fatalf("the check failed: %v", err)
		}
		if response.GetOkResponse() == nil {
			return
		}
		for _, l := range mutate(t, lines, response.GetOkResponse()) {
			if w.config.Headers.IsSpelling(l.name) {
				t.Errorf("%q reached the service", l.name)
			}
		}
	})
}
