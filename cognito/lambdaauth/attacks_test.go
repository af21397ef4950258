package lambdaauth_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestIdentitySources: an answer that API Gateway would keep without regard to the token
// is not given.
func TestIdentitySources(t *testing.T) {
	type v1 = lambdaauth.HTTPv1Event
	type v2 = lambdaauth.HTTPEvent
	const wrong = cognito.ErrRequestInvalid
	for name, test := range map[string]struct {
		caching lambdaauth.Caching
		sources func(token string) []string
		want    cognito.Code
	}{
		"the token":        {sources: func(token string) []string { return []string{"Bearer " + token} }},
		"the token, last":  {sources: func(token string) []string { return []string{"a", "Bearer " + token} }},
		"a tenant's name":  {sources: func(string) []string { return []string{"tenant-a"} }, want: wrong},
		"another token":    {sources: func(token string) []string { return []string{"Bearer " + token[:len(token)-2] + "AA"} }, want: wrong},
		"part of it":       {sources: func(token string) []string { return []string{"Bearer " + token[:len(token)-1]} }, want: wrong},
		"the route":        {caching: lambdaauth.CachedByRoute, sources: func(string) []string { return []string{"GET /orders/{id}"} }, want: wrong},
		"nothing kept":     {caching: lambdaauth.NotCached, sources: func(string) []string { return []string{"tenant-a"} }},
		"nothing to keep":  {sources: func(string) []string { return nil }},
		"an empty source":  {sources: func(string) []string { return []string{"", "tenant-a"} }, want: wrong},
		"only the address": {sources: func(string) []string { return []string{"203.0.113.7"} }, want: wrong},
	} {
		w := newWorld(t, lambdaauth.Config{Caching: test.caching})
		token := w.access()
		e1, e2 := event[v1](t, "http-v1", token), event[v2](t, "http-v2", token)
		e2.IdentitySource = test.sources(token)
		e1.IdentitySource = strings.Join(e2.IdentitySource, ",")
		_, err1 := w.HTTPv1(t.Context(), e1)
		_, err2 := w.HTTPPolicy(t.Context(), e2)
		if test.caching == lambdaauth.CachedByRoute {
			e2.IdentitySource = append(e2.IdentitySource, e2.RouteKey)
		}
		simple, err3 := w.HTTPSimple(t.Context(), e2)
		for n, err := range []error{err1, err2, err3} {
			if cognito.CodeOf(err) != test.want || err != nil && err.Error() == "Unauthorized" {
				t.Errorf("%s, %d: %v", name, n, err)
			}
		}
		if simple.IsAuthorized != (test.want == "") {
			t.Errorf("%s: %+v", name, simple)
		}
		if warned := strings.Contains(w.logs.String(), `"WARN"`); warned != (test.want != "") {
			t.Errorf("%s: logged %s", name, w.logs)
		}
	}
}

// TestSpellings: a path that may be read as one that is denied is denied, even where
// API Gateway does not say which route it took.
func TestSpellings(t *testing.T) {
	routes := []lambdaauth.Route{{Keys: []string{"ANY /{proxy+}"}}, {Keys: []string{"ANY /admin/{proxy+}", "GET /admin"}, Allow: cognito.Denied}}
	for _, caching := range []lambdaauth.Caching{lambdaauth.CachedByToken, lambdaauth.NotCached} {
		w := newWorld(t, lambdaauth.Config{Caching: caching, Routes: routes})
		for path, denied := range map[string]bool{
			"admin/x": true, "admin": true, "admin/": true, "%61dmin/x": true, "%61%64%6D%69%6e/x": true, "/admin/x": true, "a/../admin/x": true, "./admin/x": true,
			"%2e/admin/x": true, "a/%2E%2e/admin/x": true, "admin%2Fx": true, "admin%5Cx": true, `a\..\admin\x`: true, "../admin/x": true, "%2Fadmin%2Fx": true,
			"administrator/x": false, "a/admin/x": false, "%2561dmin/x": false, "a%20b": false, "a/%zz/b": false,
		} {
			e := event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", w.access())
			stage := strings.TrimSuffix(e.MethodArn, "GET/orders/1")
			e.MethodArn = stage + "GET/" + path
			answer, err := w.RESTToken(t.Context(), e)
			if err != nil {
				t.Fatalf("%q: %v", path, err)
			}
			if got := !isAllowed(answer.PolicyDocument, e.MethodArn); got != denied {
				t.Errorf("%d %q: denied %v, want %v: %+v", caching, path, got, denied, answer.PolicyDocument)
			}
		}
		// Nor does a spelling let in what is not listed as it stands.
		e := event[lambdaauth.HTTPEvent](t, "http-v2", w.access())
		e.RouteKey, e.RouteArn = "$default", strings.Replace(e.RouteArn, "orders/1", "", 1)
		if answer, err := w.HTTPPolicy(t.Context(), e); err != nil || isAllowed(answer.PolicyDocument, e.RouteArn) {
			t.Errorf("%+v, %v", answer, err)
		}
	}
}

// isAllowed evaluates a policy as IAM does.
func isAllowed(p events.APIGatewayCustomAuthorizerPolicy, arn string) bool {
	effect := ""
	for _, s := range p.Statement {
		if slices.ContainsFunc(s.Resource, func(resource string) bool { return isMatch(resource, arn) }) && effect != "Deny" {
			effect = s.Effect
		}
	}
	return effect == "Allow"
}

func isMatch(resource, arn string) bool {
	first, rest, wild := strings.Cut(resource, "*")
	if !wild {
		return resource == arn
	}
	if !strings.HasPrefix(arn, first) {
		return false
	}
	for n := len(first); n <= len(arn); n++ {
		if isMatch(rest, arn[n:]) {
			return true
		}
	}
	return false
}

// TestHugeNumbers: a number that no float can hold does not cost the other claims.
func TestHugeNumbers(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Claims: map[string]string{"tier": "tier", "big": "big"}})
	answer, err := w.HTTPSimple(t.Context(), event[lambdaauth.HTTPEvent](t, "http-v2", w.access(
		cognitotest.Claim("tier", "gold"), cognitotest.Claim("big", json.RawMessage("1e999")))))
	if err != nil || answer.Context["tier"] != "gold" || answer.Context["big"] != "1e999" {
		t.Errorf("%+v, %v", answer, err)
	}
}

// FuzzEvents: whatever an event has in it, no handler comes to grief, and none allows
// anything without the token.
func FuzzEvents(f *testing.F) {
	for _, name := range []string{"rest-token", "rest-request", "http-v1", "http-v2", "websocket-connect", "appsync", "appsync-connect", "appsync-subscribe", "appsync-publish"} {
		text, err := os.ReadFile(filepath.Join("testdata", "events", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"{}", "null", `{"type":"TOKEN"}`, `{"version":"2.0","type":"REQUEST","identitySource":[null]}`, `{"type":"REQUEST","methodArn":"/$connect","headers":null}`} {
		f.Add(text)
	}
	w := newWorld(f, lambdaauth.Config{Routes: shop(), WebSocketQuery: "token", DenyBadTokens: true})
	token := w.access(cognitotest.Scopes("orders/read"))
	f.Fuzz(func(t *testing.T, text string) {
		good := strings.Contains(text, "TOKEN_HERE")
		text = strings.ReplaceAll(text, "TOKEN_HERE", token)
		check := func(allowed bool) {
			if allowed && !good {
				t.Errorf("allowed without a token: %s", text)
			}
		}
		allows := func(p events.APIGatewayCustomAuthorizerPolicy) bool {
			return slices.ContainsFunc(p.Statement, func(s events.IAMPolicyStatement) bool { return s.Effect == "Allow" })
		}
		var restToken events.APIGatewayCustomAuthorizerRequest
		if json.Unmarshal([]byte(text), &restToken) == nil {
			answer, _ := w.RESTToken(t.Context(), restToken)
			check(allows(answer.PolicyDocument))
		}
		var rest restEvent
		if json.Unmarshal([]byte(text), &rest) == nil {
			answer, _ := w.RESTRequest(t.Context(), rest)
			check(allows(answer.PolicyDocument))
			answer, _ = w.WebSocketConnect(t.Context(), rest)
			check(allows(answer.PolicyDocument))
		}
		var v1 lambdaauth.HTTPv1Event
		if json.Unmarshal([]byte(text), &v1) == nil {
			answer, _ := w.HTTPv1(t.Context(), v1)
			check(allows(answer.PolicyDocument))
		}
		var v2 lambdaauth.HTTPEvent
		if json.Unmarshal([]byte(text), &v2) == nil {
			answer, _ := w.HTTPPolicy(t.Context(), v2)
			check(allows(answer.PolicyDocument))
			simple, _ := w.HTTPSimple(t.Context(), v2)
			check(simple.IsAuthorized)
		}
		var appSync lambdaauth.AppSyncEvent
		if json.Unmarshal([]byte(text), &appSync) == nil {
			answer, _ := w.AppSync(t.Context(), appSync)
			check(answer.IsAuthorized)
		}
		var appSyncEvents lambdaauth.AppSyncEventsEvent
		if json.Unmarshal([]byte(text), &appSyncEvents) == nil {
			answer, _ := w.AppSyncEvents(t.Context(), appSyncEvents)
			check(answer.IsAuthorized)
		}
		var identity events.APIGatewayRequestIdentity
		if json.Unmarshal([]byte(text), &identity) == nil {
			_, err := lambdaauth.VerifyIDTokenOf(t.Context(), nil, identity, token)
			check(err == nil)
		}
	})
}
