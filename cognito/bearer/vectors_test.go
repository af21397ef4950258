package bearer_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/vectortest"
)

// vectorStatus returns the status of each code that a vector can have.
func vectorStatus(code cognito.Code) int {
	switch code { //nolint:exhaustive // every other code is 401
	case "":
		return http.StatusOK
	case "request_invalid":
		return http.StatusBadRequest
	case "scope_missing", "group_missing", "claim_mismatch":
		return http.StatusForbidden
	case "keys_unavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusUnauthorized
}

// TestVectors sends every vector that a header can carry as a request.
func TestVectors(t *testing.T) {
	vectortest.RunAdapter(t, "../testdata/vectors", func(t *testing.T, s vectortest.Setting) func(*testing.T, string, cognito.Code) {
		t.Helper()
		guard, err := bearer.Middleware(bearer.Config{Verifier: s.Verifier, TokenUse: s.TokenUse, Require: s.Require, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		handler := guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, access := bearer.AccessToken(r.Context())
			_, id := bearer.IDToken(r.Context())
			if access != (s.TokenUse == cognito.TokenUseAccess) || id != (s.TokenUse == cognito.TokenUseID) {
				t.Errorf("the handler has an access token: %t, an ID token: %t", access, id)
			}
		}))
		return func(t *testing.T, token string, want cognito.Code) {
			t.Helper()
			checkVector(t, handler, token, want)
		}
	})
}

func checkVector(t *testing.T, handler http.Handler, token string, want cognito.Code) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	request.Header["Authorization"] = []string{"Bearer " + token}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if answer.Code != vectorStatus(want) {
		t.Errorf("status %d, want %d", answer.Code, vectorStatus(want))
	}
	var body struct {
		Error struct{ Code cognito.Code }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); want != "" && (err != nil || body.Error.Code != want) {
		t.Errorf("body %s, want the code %q", answer.Body, want)
	}
	if challenged := answer.Header().Get("WWW-Authenticate") != ""; challenged != (want != "" && want != "keys_unavailable") {
		t.Errorf("challenge %q", answer.Header().Get("WWW-Authenticate"))
	}
}
