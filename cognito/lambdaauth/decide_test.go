package lambdaauth_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

func admins() []cognito.Requirement {
	return []cognito.Requirement{cognito.RequireGroups("admins")}
}

// down is a requirement that cannot be checked.
func down() []cognito.Requirement {
	return []cognito.Requirement{cognito.Require(func(context.Context, cognito.Token) error {
		return cognito.NewError(cognito.ErrCheckUnavailable, "down")
	})}
}

func TestTokenWithoutASubjectIsRefused(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	for kind, handle := range w.answered(t, w.access(cognitotest.WithoutClaim("sub"))) {
		answer, err := handle()
		checkRefusal(t, kind, 401, answer, err)
	}
	if !strings.Contains(w.logs.String(), `"claim_missing"`) {
		t.Errorf("logged %s", w.logs)
	}
}

// TestAnswerForAllRoutesNeedsEveryCheck: an answer without the route whose check failed would be kept
// for it.
func TestAnswerForAllRoutesNeedsEveryCheck(t *testing.T) {
	for _, caching := range []lambdaauth.Caching{lambdaauth.CachedByToken, lambdaauth.NotCached} {
		w := newWorld(t, lambdaauth.Config{Caching: caching, Routes: []lambdaauth.Route{
			{Keys: []string{"GET /a"}}, {Keys: []string{"GET /b"}, Require: down()},
		}})
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(), shortStage+"GET/a"))
		if caching == lambdaauth.NotCached {
			if err != nil || !isAllowed(answer.PolicyDocument, shortStage+"GET/a") {
				t.Errorf("not cached: %+v, %v", answer, err)
			}
			continue
		}
		checkRefusal(t, "kept for all routes", 500, answer, err)
		if cognito.CodeOf(err) != cognito.ErrCheckUnavailable {
			t.Errorf("got %v, want %q", err, string(cognito.ErrCheckUnavailable))
		}
	}
}

// TestForbiddenCallIsDeniedWhateverIsKept also looks at what the answer says about the token, and at
// the log.
func TestForbiddenCallIsDeniedWhateverIsKept(t *testing.T) {
	inexpressible := []lambdaauth.Route{{Keys: []string{"GET /a/{p+}"}}, {Keys: []string{"GET /a/{x}"}, Require: admins()}}
	spelled := []lambdaauth.Route{{Keys: []string{"GET /{proxy+}"}}, {Keys: []string{"GET /admin"}, Allow: cognito.Denied}}
	for name, test := range map[string]struct {
		routes  []lambdaauth.Route
		caching lambdaauth.Caching
		call    string
		key     string
	}{
		"no route is allowed":          {routes: []lambdaauth.Route{{Keys: []string{"GET /a"}, Require: admins()}}, call: "GET/a"},
		"one route":                    {routes: []lambdaauth.Route{{Keys: []string{"GET /a"}, Require: admins()}}, call: "GET/a", caching: lambdaauth.CachedByRoute},
		"one call":                     {routes: []lambdaauth.Route{{Keys: []string{"GET /a"}, Require: admins()}}, call: "GET/a", caching: lambdaauth.NotCached},
		"a wildcard in the path":       {routes: inexpressible, call: "GET/a/b/*"},
		"a wildcard, one route":        {routes: inexpressible, call: "GET/a/b/*", caching: lambdaauth.CachedByRoute},
		"a wildcard, one call":         {routes: inexpressible, call: "GET/a/b/*", caching: lambdaauth.NotCached},
		"a wildcard for another route": {routes: spelled, call: "GET/%61dmin*", key: "/admin"},
	} {
		w := newWorld(t, lambdaauth.Config{Routes: test.routes, Caching: test.caching})
		e := event[lambdaauth.RESTEvent](t, "rest-request", w.access())
		e.HTTPMethod, e.Resource, e.MethodArn = "GET", test.key, shortStage+test.call
		answer, err := w.RESTRequest(t.Context(), e)
		if s := answer.PolicyDocument.Statement; err != nil || len(s) != 1 || s[0].Effect != "Deny" || s[0].Resource[0] != "*" && s[0].Resource[0] != shortStage+"*" {
			t.Errorf("%s: %+v, %v", name, answer.PolicyDocument, err)
		}
		if answer.Context != nil || answer.PrincipalID != cognitotest.Subject {
			t.Errorf("%s: context %v, principal %q", name, answer.Context, answer.PrincipalID)
		}
		if !strings.Contains(w.logs.String(), `"status":403`) {
			t.Errorf("%s: logged %q", name, w.logs)
		}
	}
}

// TestForbiddenCallIsLoggedWhereThePolicyAllowsOthers once, as a refusal.
func TestForbiddenCallIsLoggedWhereThePolicyAllowsOthers(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET /a"}}, {Keys: []string{"GET /b"}, Require: admins()}}})
	for call, lines := range map[string]int{"GET/a": 0, "GET/b": 1} {
		before := len(w.logs.String())
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(), shortStage+call))
		if err != nil || isAllowed(answer.PolicyDocument, shortStage+"GET/b") || !isAllowed(answer.PolicyDocument, shortStage+"GET/a") {
			t.Errorf("%s: %+v, %v", call, answer, err)
		}
		if got := strings.Count(w.logs.String()[before:], `"group_missing"`); got != lines {
			t.Errorf("%s: logged %q", call, w.logs.String()[before:])
		}
	}
}

// TestCallWithAWildcardIsAllowedByItsRoute where a policy for the one call would allow others.
func TestCallWithAWildcardIsAllowedByItsRoute(t *testing.T) {
	for _, caching := range []lambdaauth.Caching{lambdaauth.CachedByToken, lambdaauth.CachedByRoute, lambdaauth.NotCached} {
		w := newWorld(t, lambdaauth.Config{Caching: caching, Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}"}}}})
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(), shortStage+"GET/orders/*"))
		if err != nil || !isAllowed(answer.PolicyDocument, shortStage+"GET/orders/*") || isAllowed(answer.PolicyDocument, shortStage+"GET/orders/1/2") {
			t.Errorf("caching %d: %+v, %v", caching, answer, err)
		}
	}
}

// TestDenyBadTokensChangesNothingElse: neither for a good token nor for one that cannot be checked.
func TestDenyBadTokensChangesNothingElse(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{DenyBadTokens: true})
	for kind, handle := range w.answered(t, w.access()) {
		answer, err := handle()
		if text, _ := json.Marshal(answer); err != nil || !strings.Contains(string(text), `"Allow"`) && !strings.Contains(string(text), `"isAuthorized":true`) {
			t.Errorf("%s, a good token: %s, %v", kind, text, err)
		}
	}
	w = newWorld(t, lambdaauth.Config{DenyBadTokens: true})
	w.issuer.Pool().FailKeySet(500)
	for kind, handle := range w.answered(t, w.access()) {
		answer, err := handle()
		checkRefusal(t, kind+", no keys", 500, answer, err)
	}
}

// TestRulesWithoutRequirementsCostNoCheck: Config.Revoked is called once for the request, and once more
// for a rule with a requirement.
func TestRulesWithoutRequirementsCostNoCheck(t *testing.T) {
	for path, want := range map[string]int{"plain": 1, "checked": 2} {
		calls := 0
		scopes := []cognito.Requirement{cognito.RequireScopes("a")}
		w := newWorld(t, lambdaauth.Config{
			Caching: lambdaauth.NotCached,
			Routes:  []lambdaauth.Route{{Keys: []string{"GET /plain"}}, {Keys: []string{"GET /checked"}, Require: scopes}},
			AppSync: lambdaauth.AppSync{Channels: []lambdaauth.ChannelRule{{Channels: []string{"/news/plain"}}, {Channels: []string{"/news/checked"}, Require: scopes}}},
		}, func(c *cognito.Config) {
			c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { calls++; return false, nil }
		})
		token := w.access(cognitotest.Scopes("a"))
		if answer, err := w.RESTToken(t.Context(), tokenEvent(token, shortStage+"GET/"+path)); err != nil || !isAllowed(answer.PolicyDocument, shortStage+"GET/"+path) || calls != want {
			t.Errorf("GET /%s: %d calls, want %d: %+v, %v", path, calls, want, answer, err)
		}
		calls = 0
		if answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, token, "EVENT_SUBSCRIBE", "/news/"+path)); err != nil || !answer.IsAuthorized || calls != want {
			t.Errorf("the channel %s: %d calls, want %d: %+v, %v", path, calls, want, answer, err)
		}
	}
}

// TestDeniedRoutesAcceptNoKindOfToken: where the others accept one kind, a token of the other kind does
// not reach a requirement.
func TestDeniedRoutesAcceptNoKindOfToken(t *testing.T) {
	for routes, config := range map[string]lambdaauth.Config{
		"one kind, by default": {Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}"}}}},
		"one kind, by routes":  {TokenUse: cognito.TokenUseID, Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}"}, TokenUse: cognito.TokenUseAccess}}},
	} {
		config.Routes = append(config.Routes, lambdaauth.Route{Keys: []string{"GET /internal"}, Allow: cognito.Denied})
		reached := false
		config.Require = []cognito.Requirement{cognito.Require(func(_ context.Context, token cognito.Token) error {
			_, isID := token.(*cognito.IDToken)
			reached = reached || isID
			return nil
		})}
		w := newWorld(t, config)
		_, err := w.RESTToken(t.Context(), tokenEvent(w.issuer.Pool().IDToken(), shortStage+"GET/orders/1"))
		if cognito.CodeOf(err) != cognito.ErrTokenUseMismatch || reached {
			t.Errorf("%s: %v, a requirement was called: %t", routes, err, reached)
		}
	}
}

// TestRefusalsGoToTheDefaultLogger where the configuration names none.
func TestRefusalsGoToTheDefaultLogger(t *testing.T) {
	logs := &logBuffer{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(logs, nil)))
	defer slog.SetDefault(before)
	_, err := (&lambdaauth.Authorizer{}).RESTToken(t.Context(), events.APIGatewayCustomAuthorizerRequest{})
	if err == nil {
		t.Error("no error for an empty event")
	}
	for _, part := range []string{`"WARN"`, `"code":"request_invalid"`, `"error":"`, `not \"TOKEN\"`, `"handler":"RESTToken"`} {
		if !strings.Contains(strings.ReplaceAll(logs.String(), `\\\"`, `\"`), part) {
			t.Errorf("%s is not in the log: %s", part, logs)
		}
	}
}
