package lambdaauth_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// manyRoutes is a table of n routes with paths of one length, under one requirement.
func manyRoutes(n int) []lambdaauth.Route {
	route := lambdaauth.Route{Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}}
	for i := range n {
		route.Keys = append(route.Keys, fmt.Sprintf("GET /things%03d", i))
	}
	return []lambdaauth.Route{route, {Keys: []string{"GET /other"}, Require: []cognito.Requirement{cognito.RequireScopes("other")}}}
}

const (
	shortStage = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/v1/"
	longStage  = "arn:aws:execute-api:ap-southeast-1:123456789012:abcdef1234/a-stage-with-quite-a-long-name-as-pull-requests-have-them/"
)

func tokenEvent(token, arn string) events.APIGatewayCustomAuthorizerRequest {
	return events.APIGatewayCustomAuthorizerRequest{Type: "TOKEN", AuthorizationToken: "Bearer " + token, MethodArn: arn}
}

// Where no policy for many routes is answered, the number of routes does not matter.
func TestTablesOfAnySizeAreAcceptedWhereNoLargePolicyIsAnswered(t *testing.T) {
	for _, caching := range []lambdaauth.Caching{lambdaauth.NotCached, lambdaauth.CachedByRoute, lambdaauth.CachedByToken} {
		w := newWorld(t, lambdaauth.Config{Routes: manyRoutes(300), Caching: caching})
		token := w.access(cognitotest.Scopes("orders/read", "other"))
		if caching != lambdaauth.CachedByToken {
			arn := longStage + "GET/things299"
			answer, err := w.RESTToken(t.Context(), tokenEvent(token, arn))
			if err != nil || !isAllowed(answer.PolicyDocument, arn) {
				t.Errorf("caching %d: %+v, %v", caching, answer, err)
			}
		}
		e := event[lambdaauth.HTTPEvent](t, "http-v2", token)
		e.RouteKey, e.RouteArn = "GET /things299", strings.Replace(e.RouteArn, "orders/1", "things299", 1)
		e.IdentitySource[1] = e.RouteKey
		if answer, err := w.HTTPSimple(t.Context(), e); err != nil || !answer.IsAuthorized {
			t.Errorf("caching %d: %+v, %v", caching, answer, err)
		}
		if strings.Contains(w.logs.String(), "WARN") {
			t.Errorf("caching %d: logged %s", caching, w.logs)
		}
	}
}

// TestKeptPolicyIsRightForEveryRouteOrAnError: between the size that fits and the size that does not,
// there is no answer for one route, which API Gateway would use for all of them.
func TestKeptPolicyIsRightForEveryRouteOrAnError(t *testing.T) {
	for _, stage := range []string{shortStage, longStage} {
		answered, refused := 0, 0
		for n := 20; n <= 120; n += 5 {
			w := newWorld(t, lambdaauth.Config{Routes: manyRoutes(n)})
			token := w.access(cognitotest.Scopes("orders/read"))
			answer, err := w.RESTToken(t.Context(), tokenEvent(token, stage+"GET/things000"))
			if err != nil {
				refused++
				if err.Error() == "Unauthorized" || cognito.CodeOf(err) != cognito.ErrAccessDenied {
					t.Errorf("%d routes: %v", n, err)
				}
				for _, part := range []string{`"WARN"`, `"answer_bytes":`, `"policy_bytes":`, `"context_bytes":`, `"max_bytes":7680`, `"advice":`, "CachedByRoute", "{proxy+}"} {
					if !strings.Contains(w.logs.String(), part) {
						t.Errorf("%d routes: %s is not in the log: %s", n, part, w.logs)
					}
				}
				// The refusal of a call outside of the token's rights must not deny its other routes either.
				if _, err := w.RESTToken(t.Context(), tokenEvent(token, stage+"GET/other")); err == nil {
					t.Errorf("%d routes: the refusal of one route would be kept for all", n)
				}
				continue
			}
			answered++
			text, _ := json.Marshal(answer)
			if len(text) > lambdaauth.DefaultMaxAnswerBytes {
				t.Errorf("%d routes: an answer of %d bytes", n, len(text))
			}
			for _, call := range []string{"GET/things000", fmt.Sprintf("GET/things%03d", n-1)} {
				if !isAllowed(answer.PolicyDocument, stage+call) {
					t.Errorf("%d routes: the kept answer denies %s", n, call)
				}
			}
		}
		if answered == 0 || refused == 0 {
			t.Errorf("%q: %d answered, %d refused: the sizes do not reach both sides of the limit", stage, answered, refused)
		}
	}
}

// The context counts: the same table is too large beside many groups, unless they are left out.
func TestContextCountsForTheSizeOfTheAnswer(t *testing.T) {
	var groups []string
	for n := range 100 {
		groups = append(groups, fmt.Sprintf("department-%03d-readers", n))
	}
	for _, test := range []struct {
		name   string
		groups []string
		config lambdaauth.Config
		want   bool
	}{
		{"few groups", groups[:2], lambdaauth.Config{}, true},
		{"many groups", groups, lambdaauth.Config{}, false},
		{"without groups", groups, lambdaauth.Config{OmitGroups: true}, true},
		{"a larger limit", groups, lambdaauth.Config{MaxAnswerBytes: 64 << 10}, true},
	} {
		test.config.Routes = manyRoutes(70)
		w := newWorld(t, test.config)
		arn := shortStage + "GET/things069"
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Scopes("orders/read"), cognitotest.Groups(test.groups...)), arn))
		if got := err == nil && isAllowed(answer.PolicyDocument, arn); got != test.want {
			t.Errorf("%s: %v, want %v: %v", test.name, got, test.want, err)
		}
		if _, ok := answer.Context["groups"]; ok == test.config.OmitGroups && err == nil {
			t.Errorf("%s: groups in the context: %v", test.name, ok)
		}
	}
}

// If the context alone is too large, no policy can help: the answer is given, with a warning.
func TestContextThatIsTooLargeAloneIsReported(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Caching: lambdaauth.NotCached, Claims: map[string]string{"note": "note"}})
	token := w.access(cognitotest.Claim("note", strings.Repeat("x", 9<<10)))
	for kind, handle := range w.answered(t, token) {
		if kind == "appsync" {
			continue
		}
		before := len(w.logs.String())
		if _, err := handle(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if line := w.logs.String()[before:]; !strings.Contains(line, `"WARN"`) || !strings.Contains(line, "OmitGroups") || !strings.Contains(line, `"context_bytes":`) {
			t.Errorf("%s: logged %q", kind, line)
		}
	}
}

// The first answer shows that another token will be refused: by the resources of all routes alone, or by
// what the policy denies beside them.
func TestTableThatWillNotFitIsReportedWithTheFirstAnswer(t *testing.T) {
	for _, test := range []struct {
		routes int
		suffix string
		want   int
	}{
		{120, "", 1}, {60, "/{id}", 1}, {60, "", 0}, {20, "/{id}", 0},
	} {
		routes := manyRoutes(test.routes)
		for n := range routes[0].Keys {
			routes[0].Keys[n] += test.suffix
		}
		routes[0].Keys, routes[1].Keys = routes[0].Keys[:5], append(routes[1].Keys, routes[0].Keys[5:]...)
		w := newWorld(t, lambdaauth.Config{Routes: routes})
		for range 3 {
			call := strings.Replace("GET/things000"+test.suffix, "{id}", "1", 1)
			if _, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Scopes("orders/read")), shortStage+call)); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(w.logs.String(), `"WARN"`); n != test.want || strings.Contains(w.logs.String(), "a token that may call every route will be refused") != (n == 1) {
			t.Errorf("%d routes with %q: %d warnings: %s", test.routes, test.suffix, n, w.logs)
		}
	}
}

// TestLimitOfTheAnswerIsExact: an answer of MaxAnswerBytes without the margin of 512 is given, and a
// larger one is not.
func TestLimitOfTheAnswerIsExact(t *testing.T) {
	answer := func(limit int) (events.APIGatewayCustomAuthorizerResponse, error) {
		w := newWorld(t, lambdaauth.Config{Routes: manyRoutes(10), MaxAnswerBytes: limit})
		return w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Scopes("orders/read")), shortStage+"GET/things000"))
	}
	whole, err := answer(64 << 10)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(whole)
	if _, err := answer(len(text) + 512); err != nil {
		t.Errorf("a limit of the size: %v", err)
	}
	if _, err := answer(len(text) + 511); cognito.CodeOf(err) != cognito.ErrAccessDenied {
		t.Errorf("a limit below the size: %v", err)
	}
}

// TestPolicyThatIsTooLargeIsAnErrorWhereATableIsInexpressible: an answer for the one route would be kept
// for all of them.
func TestPolicyThatIsTooLargeIsAnErrorWhereATableIsInexpressible(t *testing.T) {
	routes := manyRoutes(120)
	routes[0].Keys = append(routes[0].Keys, "GET /a/{p+}")
	routes[1].Keys = append(routes[1].Keys, "GET /a/{x}")
	w := newWorld(t, lambdaauth.Config{Routes: routes})
	answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Scopes("orders/read")), shortStage+"GET/a/b/c"))
	checkRefusal(t, "120 routes", 500, answer, err)
}

// A table that a policy cannot express falls back to one route, and says so.
func TestAnswerForOneRouteIsReported(t *testing.T) {
	for caching, want := range map[lambdaauth.Caching]bool{lambdaauth.CachedByToken: true, lambdaauth.CachedByRoute: false, lambdaauth.NotCached: false} {
		w := newWorld(t, lambdaauth.Config{Caching: caching, Routes: []lambdaauth.Route{
			{Keys: []string{"GET /a/{p+}"}}, {Keys: []string{"GET /a/{x}"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
		}})
		arn := shortStage + "GET/a/b/c"
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(), arn))
		if err != nil || !isAllowed(answer.PolicyDocument, arn) {
			t.Errorf("caching %d: %+v, %v", caching, answer, err)
		}
		if got := strings.Contains(w.logs.String(), "the answer is for one route"); got != want {
			t.Errorf("caching %d: logged %s", caching, w.logs)
		}
	}
}

// TestWithoutRoutesTheSecondEndpointIsAllowed: without a table all calls are judged alike, so a kept
// answer for one call must be right for the next.
func TestWithoutRoutesTheSecondEndpointIsAllowed(t *testing.T) {
	for _, caching := range []lambdaauth.Caching{lambdaauth.CachedByToken, lambdaauth.CachedByRoute, lambdaauth.NotCached} {
		w := newWorld(t, lambdaauth.Config{Caching: caching})
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(), shortStage+"GET/orders/*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{"GET/orders/1", "POST/orders", "DELETE/a/b/c", "GET/", "$connect"} {
			if !isAllowed(answer.PolicyDocument, shortStage+call) {
				t.Errorf("caching %d: %s is denied by the kept answer", caching, call)
			}
		}
		for _, other := range []string{"arn:aws:execute-api:us-east-1:123456789012:abcdef1234/v2/GET/orders/1", "arn:aws:execute-api:us-east-1:123456789012:other12345/v1/GET/orders/1", "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/v10/GET/x"} {
			if isAllowed(answer.PolicyDocument, other) {
				t.Errorf("caching %d: %s is allowed", caching, other)
			}
		}
	}
}
