package cognito_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
	"github.com/poolguard/poolguard/cognito/internal/vectortest"
)

// leastVectors is how many vectors there are of each code, "" for tokens that must
// be accepted, at the least: nobody deletes a class without saying so here.
var leastVectors = map[cognito.Code]int{
	"":                               160,
	cognito.ErrTokenTooLarge:         5,
	cognito.ErrEncryptedToken:        5,
	cognito.ErrTokenMalformed:        120,
	cognito.ErrAlgorithmNotAllowed:   45,
	cognito.ErrIssuerMismatch:        20,
	cognito.ErrKeyNotFound:           80,
	cognito.ErrKeysUnavailable:       25,
	cognito.ErrSignatureInvalid:      65,
	cognito.ErrClaimMissing:          15,
	cognito.ErrClaimInvalid:          90,
	cognito.ErrTokenUseMismatch:      10,
	cognito.ErrClientMismatch:        14,
	cognito.ErrTokenExpired:          12,
	cognito.ErrTokenNotYetValid:      7,
	cognito.ErrAudienceMismatch:      20,
	cognito.ErrNonceMismatch:         7,
	cognito.ErrTokenRevoked:          5,
	cognito.ErrAuthenticationTooWeak: 15,
	cognito.ErrAuthenticationTooOld:  8,
	cognito.ErrScopeMissing:          15,
	cognito.ErrGroupMissing:          12,
	cognito.ErrClaimMismatch:         12,
}

// TestVectors judges every vector as the library does, by verification and by
// inspection.
func TestVectors(t *testing.T) {
	files, err := vectors.Load("testdata/vectors")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[cognito.Code]int{}
	for _, file := range files {
		verifiers := map[string]*cognito.Verifier{}
		for name, config := range file.Configs {
			verifiers[name] = vectortest.Verifier(t, file, config)
		}
		for _, v := range file.Cases {
			counts[cognito.Code(v.Expected.Code)]++
			t.Run(v.ID, func(t *testing.T) {
				vectortest.SkipNotApproved(t, v.ID)
				raw, err := v.Text()
				if err != nil {
					t.Fatal(err)
				}
				config := file.Configs[v.Config]
				use := cognito.TokenUse(strings.TrimSuffix(config.TokenUse, "any"))
				requirements := vectortest.Requirements(config.Require)
				want := cognito.Code(v.Expected.Code)
				checkVerdict(t, verifiers[v.Config], raw, use, want, requirements...)
				if v.Expected.Valid {
					checkContents(t, verifiers[v.Config], raw, v.Expected, requirements)
				}
			})
		}
	}
	for code, least := range leastVectors {
		if counts[code] < least {
			t.Errorf("%d vectors have the code %q, of at least %d", counts[code], code, least)
		}
	}
	for code := range counts {
		if leastVectors[code] == 0 {
			t.Errorf("the code %q has vectors and no least number of them", code)
		}
	}
}

// checkContents compares what an accepted token says with what it must say.
func checkContents(t *testing.T, verifier *cognito.Verifier, raw string, want vectors.Expected, requirements []cognito.Requirement) {
	t.Helper()
	token, err := verifier.VerifyEither(t.Context(), raw, requirements...)
	if err != nil {
		t.Fatal(err)
	}
	got := vectors.Expected{Valid: true, TokenUse: "id"}
	var expires time.Time
	switch token := token.(type) {
	case *cognito.AccessToken:
		got.TokenUse, got.Scopes = "access", token.Scopes().Slice()
		got.UserPool, got.Issuer, got.KeyID, got.Subject = token.UserPoolID(), token.Issuer(), token.KeyID(), token.Subject()
		got.ClientID, got.Username, got.Groups, expires = token.ClientID(), token.Username(), token.Groups().Slice(), token.ExpiresAt()
	case *cognito.IDToken:
		got.UserPool, got.Issuer, got.KeyID, got.Subject = token.UserPoolID(), token.Issuer(), token.KeyID(), token.Subject()
		got.ClientID, got.Username, got.Groups, expires = token.ClientID(), token.Username(), token.Groups().Slice(), token.ExpiresAt()
	}
	seconds, err := want.ExpiresAt.Float64()
	if err != nil {
		t.Fatal(err)
	}
	got.ExpiresAt = want.ExpiresAt
	if whole := int64(seconds); expires.Unix() != whole || time.Duration(expires.Nanosecond()) != time.Duration((seconds-float64(whole))*1e9) {
		t.Errorf("expires at %s, want %s", expires, strconv.FormatFloat(seconds, 'f', -1, 64))
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("present", func(list []string) []string { return append([]string{}, list...) })); diff != "" {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
}
