package bearer_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestEveryChallengeNamesTheMetadata (RFC 9728 §5.1), and an answer without a challenge does not.
func TestEveryChallengeNamesTheMetadata(t *testing.T) {
	const where = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
	const parameter = `Bearer realm="cognito", resource_metadata="` + where + `"`
	issuer, verifier := newVerifier(t)
	config := bearer.Config{Verifier: verifier, ResourceMetadata: where, Require: []cognito.Requirement{cognito.RequireScopes("mcp/call")}}
	protect, err := bearer.Middleware(config)
	if err != nil {
		t.Fatal(err)
	}
	handler := protect(http.HandlerFunc(whoami))
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
		want   string
	}{
		"no token":  {func(*http.Request) {}, 401, parameter},
		"expired":   {withBearer(issuer.Pool().AccessToken(cognitotest.Expired())), 401, parameter + `, error="invalid_token", `},
		"no scope":  {withBearer(issuer.Pool().AccessToken()), 403, parameter + `, error="insufficient_scope", `},
		"malformed": {withBearer("a b"), 400, parameter + `, error="invalid_request", `},
	} {
		w := serve(handler, test.change)
		got := w.Header().Get("WWW-Authenticate")
		if w.Code != test.status || !strings.HasPrefix(got, test.want) || name == "no token" && got != test.want {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
	}
	if got := config.Challenge(cognito.ErrKeysUnavailable); got != "" {
		t.Errorf("keys are unavailable: %s", got)
	}
	if got := (&bearer.Config{Realm: "r", ResourceMetadata: where}).Challenge(cognito.ErrTokenMissing); got != `Bearer realm="r", resource_metadata="`+where+`"` {
		t.Errorf("of a config: %s", got)
	}
	if got := bearer.Challenge(cognito.ErrTokenMissing, ""); strings.Contains(got, "resource_metadata") {
		t.Errorf("without a config: %s", got)
	}
}

func TestMetadataMustBeAnAddress(t *testing.T) {
	_, verifier := newVerifier(t)
	for address, valid := range map[string]bool{
		"https://a.example/.well-known/oauth-protected-resource":       true,
		"https://a.example/.well-known/oauth-protected-resource/x?a=b": true,
		"http://localhost:8080/.well-known/oauth-protected-resource":   true,
		"http://a.example/.well-known/oauth-protected-resource":        false,
		"/.well-known/oauth-protected-resource":                        false,
		`https://a.example/"`:                                          false,
		"https://a.example/é":                                          false,
		"https://a.example/\\x":                                        false,
		"https://a.example/\n":                                         false,
		"https://u:p@a.example":                                        false,
	} {
		_, err := bearer.Middleware(bearer.Config{Verifier: verifier, ResourceMetadata: address})
		if valid != (err == nil) || err != nil && !strings.Contains(err.Error(), "Config.ResourceMetadata") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
