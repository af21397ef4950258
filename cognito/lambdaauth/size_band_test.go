package lambdaauth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestContextOfNoSizeIsRefusedWithoutATablePolicy: where the policy does not grow with the table, the
// API may accept what is large in the answer, so it is given at every size.
func TestContextOfNoSizeIsRefusedWithoutATablePolicy(t *testing.T) {
	long := lambdaauth.Route{Keys: []string{"GET /" + strings.Repeat("x", 300)}}
	arn := shortStage + "GET" + long.Keys[0][len("GET "):]
	inexpressible := []lambdaauth.Route{
		{Keys: []string{"GET /a/{p+}"}}, {Keys: []string{"GET /a/{x}"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
	}
	for name, test := range map[string]struct {
		config lambdaauth.Config
		arn    string
	}{
		"not cached":        {lambdaauth.Config{Caching: lambdaauth.NotCached, Routes: []lambdaauth.Route{long}}, arn},
		"cached by route":   {lambdaauth.Config{Caching: lambdaauth.CachedByRoute, Routes: []lambdaauth.Route{long}}, arn},
		"without routes":    {lambdaauth.Config{}, arn},
		"answer for a call": {lambdaauth.Config{Routes: inexpressible}, shortStage + "GET/a/b/c"},
	} {
		test.config.Claims = map[string]string{"note": "note"}
		w := newWorld(t, test.config)
		for size := 6000; size <= 8000; size += 50 {
			before := len(w.logs.String())
			answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Claim("note", strings.Repeat("x", size))), test.arn))
			if err != nil || !isAllowed(answer.PolicyDocument, test.arn) {
				t.Fatalf("%s: a claim of %d bytes: %v", name, size, err)
			}
			line := w.logs.String()[before:]
			if size == 8000 && (!strings.Contains(line, "the context is too large") || !strings.Contains(line, "OmitGroups") || strings.Contains(line, "NotCached, with the TTL 0); if")) {
				t.Errorf("%s: a claim of %d bytes: logged %s", name, size, line)
			}
		}
	}
}

// TestUsersWithManyGroupsAreNotRefusedByRoute: ID tokens have more in the context.
func TestUsersWithManyGroupsAreNotRefusedByRoute(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{TokenUse: cognito.TokenUseID, Caching: lambdaauth.CachedByRoute, Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}"}}}})
	var groups []string
	for n := range 260 {
		groups = append(groups, fmt.Sprintf("department-%03d-of-readers-and-writers", n))
		if n < 150 {
			continue
		}
		if _, err := w.RESTToken(t.Context(), tokenEvent(w.issuer.Pool().IDToken(cognitotest.Groups(groups...)), shortStage+"GET/orders/1")); err != nil {
			t.Fatalf("%d groups: %v", n+1, err)
		}
	}
}

// TestLargerContextDoesNotMakeATableFit: beside a policy for all routes, there is one limit and no band
// of sizes. The advice is about the larger part.
func TestLargerContextDoesNotMakeATableFit(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Routes: manyRoutes(10), Claims: map[string]string{"note": "note"}})
	refused := false
	for size := 5000; size <= 9000; size += 50 {
		_, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Scopes("orders/read"), cognitotest.Claim("note", strings.Repeat("x", size))), shortStage+"GET/things000"))
		if refused && err == nil {
			t.Errorf("a claim of %d bytes is answered, and smaller ones are not", size)
		}
		refused = refused || err != nil
	}
	if !refused || !strings.Contains(w.logs.String(), "OmitGroups") {
		t.Errorf("refused %v: %s", refused, w.logs)
	}
}

// TestOverLongResourceIsAnErrorThatIsNotKept: a policy for the one call would be kept for all routes, or
// for all calls of the route.
func TestOverLongResourceIsAnErrorThatIsNotKept(t *testing.T) {
	stage := "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/" + strings.Repeat("s", 100) + "/"
	long, longest := "/"+strings.Repeat("a", 390), "/"+strings.Repeat("a", 512-len(stage)-len("GET/"))
	secret := []cognito.Requirement{cognito.RequireGroups("admins")}
	for name, test := range map[string]struct {
		config lambdaauth.Config
		call   string
		want   bool
	}{
		"another route":       {lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET " + long, "GET /b"}}}}, "GET/b", false},
		"the route":           {lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET " + long, "GET /b"}}}}, "GET" + long, false},
		"a deny":              {lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET /{p+}"}}, {Keys: []string{"GET " + long}, Require: secret}}}, "GET/b", false},
		"a route of the call": {lambdaauth.Config{Caching: lambdaauth.CachedByRoute, Routes: []lambdaauth.Route{{Keys: []string{"GET /{p+}"}}, {Keys: []string{"GET " + long}, Require: secret}}}, "GET/b", false},
		"a forbidden call":    {lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET " + long, "GET /b"}}, {Keys: []string{"GET /c"}, Require: secret}}}, "GET/c", false},
		"not cached":          {lambdaauth.Config{Caching: lambdaauth.NotCached, Routes: []lambdaauth.Route{{Keys: []string{"GET " + long, "GET /b"}}}}, "GET/b", true},
		"the longest":         {lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET " + longest, "GET /b"}}}}, "GET/b", true},
		"the longest, one":    {lambdaauth.Config{Caching: lambdaauth.CachedByRoute, Routes: []lambdaauth.Route{{Keys: []string{"GET " + longest}}}}, "GET" + longest, true},
		"not for this token":  {lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET /b"}}, {Keys: []string{"GET " + long}, Require: secret}}}, "GET/b", true},
	} {
		w := newWorld(t, test.config)
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(), stage+test.call))
		if test.want {
			if err != nil || !isAllowed(answer.PolicyDocument, stage+test.call) {
				t.Errorf("%s: %+v, %v", name, answer, err)
			}
			continue
		}
		if err == nil || err.Error() == "Unauthorized" || cognito.CodeOf(err) != cognito.ErrAccessDenied {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
		for _, part := range []string{`"WARN"`, `"resource_bytes":`, `"max_bytes":512`, "shorten"} {
			if !strings.Contains(w.logs.String(), part) {
				t.Errorf("%s: %s is not in the log: %s", name, part, w.logs)
			}
		}
	}
}
