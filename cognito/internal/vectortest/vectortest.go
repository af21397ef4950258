package vectortest

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// Verifier returns the verifier that a config of a file describes. It fetches key sets by the
// addresses that Amazon uses and gets the answers that the file has for them.
func Verifier(t testing.TB, file vectors.File, config vectors.Config) *cognito.Verifier {
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

// Requirements returns the requirements of a config, in the reverse of the order in which the
// verifier checks them: the order in which a caller lists them must not matter.
func Requirements(r vectors.Require) (list []cognito.Requirement) {
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
