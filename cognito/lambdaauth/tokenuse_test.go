package lambdaauth_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// profile is a table with one route for ID tokens and others for access tokens.
func profile() []lambdaauth.Route {
	return []lambdaauth.Route{
		{Keys: []string{"GET /orders"}, Require: []cognito.Requirement{cognito.RequireGroups("staff")}},
		{Keys: []string{"GET /pets"}},
		{Keys: []string{"GET /me"}, TokenUse: cognito.TokenUseID, Require: []cognito.Requirement{cognito.RequireGroups("staff")}},
		{Keys: []string{"GET /me/picture"}, TokenUse: cognito.TokenUseID},
		{Keys: []string{"GET /internal"}, Allow: cognito.Denied},
	}
}

// TestRouteAcceptsItsKindOfToken also looks at the policy, which API Gateway keeps: it allows the
// routes for the kind of this token and no others.
func TestRouteAcceptsItsKindOfToken(t *testing.T) {
	for _, caching := range []lambdaauth.Caching{lambdaauth.CachedByToken, lambdaauth.CachedByRoute, lambdaauth.NotCached} {
		w := newWorld(t, lambdaauth.Config{Routes: profile(), Caching: caching})
		access, id := w.access(cognitotest.Groups("staff")), w.issuer.Pool().IDToken(cognitotest.Groups("staff"))
		for _, test := range []struct {
			path, token string
			want        bool
		}{
			{"orders", access, true},
			{"pets", access, true},
			{"me", access, false},
			{"me/picture", access, false},
			{"orders", id, false},
			{"pets", id, false},
			{"me", id, true},
			{"me/picture", id, true},
		} {
			e := event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", test.token)
			stage := strings.TrimSuffix(e.MethodArn, "GET/orders/1")
			e.MethodArn = stage + "GET/" + test.path
			answer, err := w.RESTToken(t.Context(), e)
			if !test.want {
				if cognito.CodeOf(err) != cognito.ErrTokenUseMismatch || err.Error() != "Unauthorized" {
					t.Errorf("caching %d, GET /%s: got %v, want a 401 for the kind of token", caching, test.path, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("caching %d, GET /%s: %v", caching, test.path, err)
				continue
			}
			for _, resource := range answer.PolicyDocument.Statement[0].Resource {
				of := strings.HasPrefix(resource, stage+"GET/me")
				if of != (test.token == id) {
					t.Errorf("caching %d, GET /%s: the policy allows %s", caching, test.path, resource)
				}
			}
		}
	}
}

// TestRequirementsHoldForBothKinds: Config.Require holds whichever kind a route accepts.
func TestRequirementsHoldForBothKinds(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Routes: profile(), Require: []cognito.Requirement{cognito.RequireGroups("staff")}})
	for path, token := range map[string]string{"pets": w.access(), "me/picture": w.issuer.Pool().IDToken()} {
		e := event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", token)
		e.MethodArn = strings.Replace(e.MethodArn, "orders/1", path, 1)
		answer, err := w.RESTToken(t.Context(), e)
		if err != nil || answer.PolicyDocument.Statement[0].Effect != "Deny" {
			t.Errorf("GET /%s: %+v, %v", path, answer.PolicyDocument, err)
		}
	}
}

// TestRoutesOverrideTheKindOfToken: where all routes agree, a token of the other kind is refused
// before any route is looked at.
func TestRoutesOverrideTheKindOfToken(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{
		TokenUse: cognito.TokenUseID, Caching: lambdaauth.NotCached,
		Routes: []lambdaauth.Route{
			{Keys: []string{"GET /orders/{id}"}, TokenUse: cognito.TokenUseAccess},
			{Keys: []string{"GET /internal"}, Allow: cognito.Denied},
		},
	})
	for token, want := range map[string]cognito.Code{w.access(): "", w.issuer.Pool().IDToken(): cognito.ErrTokenUseMismatch} {
		_, err := w.RESTToken(t.Context(), event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", token))
		if cognito.CodeOf(err) != want {
			t.Errorf("got %v, want %q", err, string(want))
		}
	}
	// AppSync has no routes.
	for token, want := range map[string]bool{w.access(): false, w.issuer.Pool().IDToken(): true} {
		answer, err := w.AppSync(t.Context(), graphQL(token))
		if err != nil || answer.IsAuthorized != want {
			t.Errorf("AppSync: got %+v, %v, want %t", answer, err, want)
		}
	}
}

// TestSimpleAnswerForTwoKinds: a true that is kept for all routes would let a token call routes
// for the other kind.
func TestSimpleAnswerForTwoKinds(t *testing.T) {
	for caching, want := range map[lambdaauth.Caching]bool{lambdaauth.CachedByToken: false, lambdaauth.CachedByRoute: true, lambdaauth.NotCached: true} {
		w := newWorld(t, lambdaauth.Config{Routes: profile()[:4], Caching: caching})
		e := event[lambdaauth.HTTPEvent](t, "http-v2", w.issuer.Pool().IDToken())
		e.RouteKey, e.RouteArn = "GET /me/picture", strings.Replace(e.RouteArn, "orders/1", "me/picture", 1)
		e.IdentitySource[1] = e.RouteKey
		answer, err := w.HTTPSimple(t.Context(), e)
		if err != nil || answer.IsAuthorized != want {
			t.Errorf("caching %d: got %+v, %v, want %t", caching, answer, err, want)
		}
	}
}
