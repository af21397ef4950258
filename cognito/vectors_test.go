package cognito_test

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
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
			verifiers[name] = vectorVerifier(t, file, config)
		}
		for _, v := range file.Cases {
			counts[cognito.Code(v.Expected.Code)]++
			t.Run(v.ID, func(t *testing.T) {
				raw, err := v.Text()
				if err != nil {
					t.Fatal(err)
				}
				config := file.Configs[v.Config]
				use := cognito.TokenUse(strings.TrimSuffix(config.TokenUse, "any"))
				requirements := requirementsOf(config.Require)
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

// vectorVerifier makes the verifier that a config describes. It fetches key sets as
// it would from Amazon, from what the file says that is there.
func vectorVerifier(t *testing.T, file vectors.File, config vectors.Config) *cognito.Verifier {
	t.Helper()
	c := cognito.Config{
		Leeway:        time.Duration(config.LeewaySeconds) * time.Second,
		MaxTokenBytes: config.MaxTokenBytes,
		Now:           func() time.Time { return config.Now },
		HTTPClient:    &http.Client{Transport: file.Transport(config)},
		Logger:        slog.New(slog.DiscardHandler),
	}
	if len(config.RevokedOriginJTIs) > 0 {
		c.Revoked = func(_ context.Context, token cognito.Token, _ cognito.Raw) (bool, error) {
			named, ok := token.(interface{ OriginTokenID() string })
			return ok && slices.Contains(config.RevokedOriginJTIs, named.OriginTokenID()), nil
		}
	}
	for _, p := range config.UserPools {
		pool := cognito.UserPool{ID: p.ID, ClientIDs: p.ClientIDs, InsecureSkipClientCheck: p.AnyClient, Audiences: p.Audiences}
		if len(p.KeySets) == 1 {
			pool.Issuer = slices.Collect(maps.Keys(p.KeySets))[0]
		}
		c.UserPools = append(c.UserPools, pool)
	}
	verifier, err := cognito.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// requirementsOf has them against the order in which they are looked at.
func requirementsOf(r vectors.Require) (list []cognito.Requirement) {
	add := func(asked bool, requirement cognito.Requirement) {
		if asked {
			list = append(list, requirement)
		}
	}
	for name, values := range r.Claims {
		add(true, cognito.RequireClaim(name, values...))
	}
	add(len(r.AnyGroup) > 0, cognito.RequireAnyGroup(r.AnyGroup...))
	add(len(r.Groups) > 0, cognito.RequireGroups(r.Groups...))
	add(len(r.AnyScope) > 0, cognito.RequireAnyScope(r.AnyScope...))
	add(len(r.Scopes) > 0, cognito.RequireScopes(r.Scopes...))
	add(len(r.Audiences) > 0, cognito.RequireAudience(r.Audiences...))
	add(r.MaxAuthAgeSeconds > 0, cognito.RequireMaxAuthAge(time.Duration(r.MaxAuthAgeSeconds)*time.Second))
	add(r.ACR != "", cognito.RequireACR(r.ACR))
	add(r.Nonce != "", cognito.RequireNonce(r.Nonce))
	return list
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
		t.Errorf("contents (-want +got):\n%s", diff)
	}
}
