package lambdaauth_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// answered calls each handler with its event, for GET /orders/1 where there is a path.
func (w *world) answered(t testing.TB, token string) map[string]func() (any, error) {
	t.Helper()
	return w.answeredWithin(t.Context(), t, token)
}

func (w *world) answeredWithin(ctx context.Context, t testing.TB, token string) map[string]func() (any, error) {
	t.Helper()
	return map[string]func() (any, error){
		"rest-token": func() (any, error) {
			return w.RESTToken(ctx, event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", token))
		},
		"rest-request": func() (any, error) {
			return w.RESTRequest(ctx, event[lambdaauth.RESTEvent](t, "rest-request", token))
		},
		"http-v1": func() (any, error) {
			return w.HTTPv1(ctx, event[lambdaauth.HTTPv1Event](t, "http-v1", token))
		},
		"http-v2-policy": func() (any, error) {
			return w.HTTPPolicy(ctx, event[lambdaauth.HTTPEvent](t, "http-v2", token))
		},
		"http-v2-simple": func() (any, error) {
			return w.HTTPSimple(ctx, event[lambdaauth.HTTPEvent](t, "http-v2", token))
		},
		"websocket-connect": func() (any, error) {
			return w.WebSocketConnect(ctx, event[lambdaauth.RESTEvent](t, "websocket-connect", token))
		},
		"appsync": func() (any, error) {
			return w.AppSync(ctx, event[lambdaauth.AppSyncEvent](t, "appsync", token))
		},
	}
}

func TestGoldenAnswers(t *testing.T) {
	fields := []lambdaauth.FieldRule{
		{Names: []string{"Query.orders"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
		{Names: []string{"Mutation.createTask", "Task.owner"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
	}
	for caching, name := range map[lambdaauth.Caching]string{lambdaauth.CachedByToken: "by-token", lambdaauth.CachedByRoute: "by-route", lambdaauth.NotCached: "not-cached"} {
		w := newWorld(t, lambdaauth.Config{
			Routes: shop(), Caching: caching, AppSync: lambdaauth.AppSync{Fields: fields},
			Claims: map[string]string{"tier": "custom:tier", "level": "level", "beta": "beta", "roles": "roles", "none": "none", "gone": "gone"},
		})
		token := w.access(
			cognitotest.Scopes("orders/read", "openid"), cognitotest.Groups("a, b", `"quoted"`),
			cognitotest.Claim("custom:tier", "gold\n\u00e9"), cognitotest.Claim("level", int64(12345678901234567)), cognitotest.Claim("beta", true),
			cognitotest.Claim("roles", []string{"x", "y,z"}), cognitotest.Claim("none", nil),
		)
		for kind, handle := range w.answered(t, token) {
			answer, err := handle()
			if err != nil {
				t.Errorf("%s: %v", kind, err)
			}
			golden(t, kind+"."+name, answer)
		}
	}
}

// TestGoldenDenials: a good token that may call no route.
func TestGoldenDenials(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Require: []cognito.Requirement{cognito.RequireGroups("admins")}, Routes: shop()})
	for kind, handle := range w.answered(t, w.access()) {
		answer, err := handle()
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		golden(t, kind+".denied", answer)
	}
}

func TestIDTokens(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{
		TokenUse: cognito.TokenUseID, ContextPrefix: "user_", Caching: lambdaauth.NotCached,
		UsageIdentifierKey: func(token cognito.Token) string { return "key of " + token.(*cognito.IDToken).ClientID() },
	})
	answer, err := w.RESTToken(t.Context(), event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", w.issuer.Pool().IDToken()))
	if err != nil || answer.UsageIdentifierKey != "key of "+cognitotest.ClientID || answer.PrincipalID != cognitotest.Subject {
		t.Fatalf("%+v, %v", answer, err)
	}
	if c := answer.Context; c["user_email"] != "anaya@example.com" || c["user_email_verified"] != true || c["user_token_use"] != "id" ||
		c["user_groups"] != "" || c["user_expires_at"] != noon.Add(time.Hour).Unix() || c["sub"] != nil {
		t.Errorf("%v", answer.Context)
	}
	if _, err = w.RESTToken(t.Context(), event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", w.access())); err == nil || err.Error() != "Unauthorized" {
		t.Errorf("an access token: %v", err)
	}
}
