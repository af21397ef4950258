package bearer_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestStrangerLearnsNothingOfTheConfiguration: body and challenge of a refusal name no
// pool, issuer, group or value of a rule. The log has them, once a second.
func TestStrangerLearnsNothingOfTheConfiguration(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	config := issuer.Config()
	config.UserPools = append(config.UserPools, cognito.UserPool{ID: "eu-west-1_Tenant", ClientIDs: []string{"tenant-client"}})
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		raw     string
		require []cognito.Requirement
		hidden  []string
		logged  string
	}{
		"issuer": {issuer.Pool().AccessToken(cognitotest.Claim("iss", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other")), nil,
			[]string{"Test00001", "eu-west-1_"}, `the token has \"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other\"`},
		"group": {issuer.Pool().AccessToken(), []cognito.Requirement{cognito.RequireGroups("owners")}, []string{"owners"}, `\"owners\"`},
		"claim": {issuer.Pool().AccessToken(cognitotest.Claim("tier", "free")), []cognito.Requirement{cognito.RequireClaim("tier", "platinum")}, []string{"platinum"}, `\"platinum\"`},
	} {
		var logs bytes.Buffer
		protect, err := bearer.Middleware(bearer.Config{Verifier: verifier, Require: test.require, Logger: slog.New(slog.NewTextHandler(&logs, nil))})
		if err != nil {
			t.Fatal(err)
		}
		issuer.Clock().Advance(time.Second)
		for range 5 {
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", "Bearer "+test.raw)
			protect(http.NotFoundHandler()).ServeHTTP(w, r)
			if w.Code == http.StatusNotFound {
				t.Fatalf("%s: accepted", name)
			}
			for _, hidden := range test.hidden {
				if told := w.Body.String() + w.Header().Get("WWW-Authenticate"); strings.Contains(told, hidden) {
					t.Errorf("%s: the answer has %q: %s", name, hidden, told)
				}
			}
		}
		if text := logs.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=INFO") || !strings.Contains(text, test.logged) {
			t.Errorf("%s: logged %s", name, text)
		}
	}
}
