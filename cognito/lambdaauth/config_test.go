package lambdaauth_test

import (
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
}

// TestLimitsOfTheConfigurationAreExact: one field at a time, a good value or one that is a fault.
func TestLimitsOfTheConfigurationAreExact(t *testing.T) {
	verifier := newVerifier(t)
	for _, test := range []struct {
		config lambdaauth.Config
		fault  string
	}{
		{lambdaauth.Config{MaxAnswerBytes: 1024}, ""},
		{lambdaauth.Config{MaxAnswerBytes: 1023}, "MaxAnswerBytes"},
		{lambdaauth.Config{Claims: map[string]string{"policy": "policy"}}, "Claims"},
		{lambdaauth.Config{Claims: map[string]string{"principalId": "x"}}, "Claims"},
		{lambdaauth.Config{Claims: map[string]string{"Id": "x"}, ContextPrefix: "principal"}, "Claims"},
		{lambdaauth.Config{Claims: map[string]string{"principalId": "x"}, ContextPrefix: "my_"}, ""},
	} {
		test.config.Verifier = verifier
		_, err := lambdaauth.New(test.config)
		if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), "Config."+test.fault+" ")) {
			t.Errorf("%+v: %v", test.config, err)
		}
	}
}

// TestConfigurationIsCopied: what was configured stays, whatever the caller does to it.
func TestConfigurationIsCopied(t *testing.T) {
	no := cognito.RequireGroups("nobody")
	config := lambdaauth.Config{
		Require: []cognito.Requirement{cognito.RequireScopes("a")}, Claims: map[string]string{"v": "version"},
		Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}", "$connect"}, Require: []cognito.Requirement{cognito.RequireScopes("b")}}, {Keys: []string{"GET /b"}}},
		AppSync: lambdaauth.AppSync{
			Fields:   []lambdaauth.FieldRule{{Names: []string{"Query.a"}, Require: []cognito.Requirement{no}}, {Names: []string{"Query.b"}, Require: []cognito.Requirement{cognito.RequireScopes("b")}}},
			Channels: []lambdaauth.ChannelRule{{Channels: []string{"/news/*"}, Require: []cognito.Requirement{cognito.RequireScopes("b")}}, {Channels: []string{"/chat/*"}}},
		},
	}
	w := newWorld(t, config)
	clear(config.Claims)
	for _, require := range [][]cognito.Requirement{config.Require, config.Routes[0].Require, config.AppSync.Fields[1].Require, config.AppSync.Channels[0].Require} {
		require[0] = no
	}
	config.AppSync.Fields[0].Names[0] = "Query.other"
	config.Routes[1].Allow, config.AppSync.Channels[1].Allow = cognito.Denied, cognito.Denied
	config.AppSync.Fields[1] = config.AppSync.Fields[0]
	token := w.access(cognitotest.Scopes("a", "b"), cognitotest.Claim("version", 2))
	answer, err := w.RESTToken(t.Context(), event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", token))
	if err != nil || answer.Context["v"] == nil || len(answer.PolicyDocument.Statement[0].Resource) != 3 {
		t.Errorf("the routes: %+v, %v", answer, err)
	}
	fields, err := w.AppSync(t.Context(), graphQL(token))
	if err != nil || !fields.IsAuthorized || len(fields.DeniedFields) != 1 || fields.DeniedFields[0] != "Query.a" {
		t.Errorf("the fields: %+v, %v", fields, err)
	}
	for _, channel := range []string{"/news/x", "/chat/x"} {
		if answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, token, "EVENT_PUBLISH", channel)); err != nil || !answer.IsAuthorized {
			t.Errorf("the channel %s: %+v, %v", channel, answer, err)
		}
	}
}
