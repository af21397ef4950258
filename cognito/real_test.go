package cognito_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/testvectors"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestRealToken verifies a token that Amazon Cognito signed, at a time when it was
// good and after.
func TestRealToken(t *testing.T) {
	raw := strings.TrimSpace(string(testvectors.Read(t, "cognito-real/access.jwt")))
	keys, err := keyset.NewStatic(testvectors.Read(t, "cognito-real/jwks.json"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2021, 4, 9, 8, 0, 0, 0, time.UTC)
	verifier, err := cognito.New(cognito.Config{
		UserPools: []cognito.UserPool{{ID: "us-east-1_iWcTPhZBA", ClientIDs: []string{"6i0o6sela15jdctgeflkmj4gjo"}, KeySet: keys}},
		Now:       func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := verifier.VerifyAccessToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(token, string(token.RawClaims()), token.Scopes(), token.Groups().Slice(), token.Username(), token.IsMachine())
	if token.UserPoolID() != "us-east-1_iWcTPhZBA" || token.Username() == "" || token.IsMachine() {
		t.Errorf("unexpected claims in %s", token.RawClaims())
	}

	now = time.Date(2021, 4, 9, 8, 9, 8, 0, time.UTC)
	if _, err := verifier.VerifyAccessToken(t.Context(), raw); !errors.Is(err, cognito.ErrTokenExpired) {
		t.Errorf("at exp: %v, want token_expired", err)
	}
	now = now.Add(-time.Second)
	if _, err := verifier.VerifyIDToken(t.Context(), raw); !errors.Is(err, cognito.ErrTokenUseMismatch) {
		t.Errorf("as ID token: %v, want token_use_mismatch", err)
	}
}
