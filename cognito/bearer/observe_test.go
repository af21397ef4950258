package bearer_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestRefusalsAreObserved: those of the middleware beside those of the verifier, each
// once; a request that is let through without a token is none.
func TestRefusalsAreObserved(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var told []cognito.Code
	config := issuer.Config()
	config.Observer = &cognito.Observer{VerificationEnded: func(_ context.Context, v cognito.Verification) { told = append(told, v.Code) }}
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	send := func(optional bool, credentials ...string) {
		protect, err := bearer.Middleware(bearer.Config{Verifier: verifier, Optional: optional})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header["Authorization"] = credentials
		protect(http.HandlerFunc(whoami)).ServeHTTP(httptest.NewRecorder(), r)
	}
	send(false)
	send(true)
	send(false, "Bearer a", "Bearer b")
	send(true, "Basic x")
	send(false, "Bearer "+issuer.Pool().AccessToken())
	send(false, "Bearer "+issuer.Pool().IDToken())
	want := []cognito.Code{cognito.ErrTokenMissing, cognito.ErrRequestInvalid, cognito.ErrTokenMissing, "", cognito.ErrTokenUseMismatch}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
