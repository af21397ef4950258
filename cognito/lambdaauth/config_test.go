package lambdaauth_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

func TestConfigFaults(t *testing.T) {
	config := lambdaauth.Config{
		TokenUse: "both", Caching: 9, ContextPrefix: "1x", WebSocketQuery: "a b", MaxAnswerBytes: 1023,
		Require: []cognito.Requirement{{}},
		Claims:  map[string]string{"sub": "x", "a:b": "x", "empty": "", "principalId": "x"},
		Routes: []lambdaauth.Route{
			{TokenUse: "both"}, {Keys: []string{"GET /a", "ANY /a", "GET /{x}/{y+}"}},
			{Keys: []string{"GET /a", "get /b", "GET b", "/b", "GET /b/", "GET /b*", "GET /{x+}/b", "GET /{x", "GET /../b", "GET /$x", "$", "GET /{z}/{w+}", "ALL /x", "GET /a//b"}, Allow: cognito.Denied, Require: []cognito.Requirement{cognito.RequireScopes()}},
			{Keys: []string{"GET /o"}, Allow: cognito.Optional}, {Keys: []string{"GET /p"}, Allow: cognito.Anonymous}, {Keys: []string{"GET /q"}, Allow: 9},
		},
		AppSync: lambdaauth.AppSync{
			Channels: []lambdaauth.ChannelRule{
				{Operation: "EVENT_CONNECT", Require: []cognito.Requirement{{}}}, {Channels: []string{"news/x", "/", "/*", "/a//b", "/a/*/b", "/a b/c", "/a/b/c/d/e/f", "/n/x"}},
				{Channels: []string{"/n/x"}, Operation: lambdaauth.Publish, Allow: cognito.Optional}, {Channels: []string{"/n/y"}, Allow: cognito.Denied, Require: []cognito.Requirement{cognito.RequireScopes("s")}},
			},
			MaxTTL: 2 * time.Hour, Prefix: "é", Fields: []lambdaauth.FieldRule{{}, {Names: []string{"orders", "Query.a-b", "Query.x", "Query.x"}, Require: []cognito.Requirement{{}}}}},
	}
	_, err := lambdaauth.New(config)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{
		"Config.Verifier", "Config.TokenUse", "Config.Caching", "Config.ContextPrefix", "Config.MaxAnswerBytes", "Config.WebSocketQuery", "Config.Require[0]", `"sub"`, `"a:b"`, `"empty"`,
		"Routes[0].Keys is empty", "Routes[0].TokenUse", "Routes[2].Allow is denied", "Routes[3].Allow is optional", "Routes[4].Allow is anonymous", "Routes[5].Allow is invalid", "Routes[2].Require[0]", "AppSync.MaxTTL", "AppSync.Prefix", "AppSync.Fields[0].Names", "AppSync.Fields[0].Require", "AppSync.Fields[1].Names[0]", "AppSync.Fields[1].Names[1]", "AppSync.Fields[1].Names[3]", "AppSync.Fields[1].Require[0]",
		"AppSync.Channels[0].Channels is empty", "AppSync.Channels[0].Operation", "AppSync.Channels[0].Require[0]", "AppSync.Channels[2].Channels[0]", "AppSync.Channels[2].Allow is optional", "AppSync.Channels[3].Allow is denied",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not among the faults", part)
		}
	}
	if n := strings.Count(err.Error(), "Routes[2].Keys["); n != 14 {
		t.Errorf("%d faults of 14 keys: %v", n, err)
	}
	if n := strings.Count(err.Error(), "AppSync.Channels[1].Channels["); n != 7 {
		t.Errorf("%d faults of 7 channels: %v", n, err)
	}
	w := newWorld(t, lambdaauth.Config{})
	verifier, _ := cognito.New(w.issuer.Config())
	// What was configured stays, whatever the caller does to it.
	claims := map[string]string{"v": "version"}
	if a, err := lambdaauth.New(lambdaauth.Config{Verifier: verifier, Claims: claims}); err != nil {
		t.Error(err)
	} else {
		maps.DeleteFunc(claims, func(string, string) bool { return true })
		answer, err := a.RESTToken(t.Context(), event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", w.issuer.Pool().AccessToken(cognitotest.Claim("version", 2))))
		if err != nil || answer.Context["v"] == nil {
			t.Errorf("%+v, %v", answer, err)
		}
	}
}
