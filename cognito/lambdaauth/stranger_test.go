package lambdaauth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestAnswersNameNothingOfTheConfiguration: neither answers nor errors have what the log has for
// operators.
func TestAnswersNameNothingOfTheConfiguration(t *testing.T) {
	config := lambdaauth.Config{
		Require: []cognito.Requirement{cognito.RequireGroups("secret-group")},
		Routes:  []lambdaauth.Route{{Keys: []string{"GET /secret-route"}}},
		AppSync: lambdaauth.AppSync{Channels: []lambdaauth.ChannelRule{{Channels: []string{"/secret-channel"}}}},
	}
	for name, mint := range map[string]func(*world) string{
		"another issuer": func(w *world) string { return w.access(cognitotest.Claim("iss", "https://issuer.example")) },
		"another client": func(w *world) string { return w.access(cognitotest.ForClient("other")) },
		"another group":  func(w *world) string { return w.access() },
		"too large":      func(w *world) string { return w.access(cognitotest.Claim("x", strings.Repeat("x", 20<<10))) },
		"no keys": func(w *world) string {
			w.issuer.Pool().FailKeySet(500)
			return w.access()
		},
		"no token": func(*world) string { return "" },
	} {
		w := newWorld(t, config)
		token := mint(w)
		for kind, handle := range w.answered(t, token) {
			answer, err := handle()
			text, _ := json.Marshal(answer)
			said := string(text) + fmt.Sprint(err)
			for _, secret := range []string{"secret-", cognitotest.PoolID, cognitotest.ClientID, "amazonaws.com", "16384"} {
				if strings.Contains(said, secret) {
					t.Errorf("%s, %s: %s is in %s", name, kind, secret, said)
				}
			}
			var typed *cognito.Error
			if err != nil && !errors.As(err, &typed) {
				t.Errorf("%s, %s: %v has no *cognito.Error", name, kind, err)
			}
		}
	}
}
