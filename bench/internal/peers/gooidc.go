package peers

import (
	"context"

	"github.com/coreos/go-oidc/v3/oidc"
)

// newGoOIDC sets up go-oidc with the key set that it fetches and keeps itself. It knows
// ID tokens only; its users verify access tokens by skipping the check of aud.
func newGoOIDC(ctx context.Context, pool Pool) (Verify, error) {
	config := &oidc.Config{SupportedSigningAlgs: []string{oidc.RS256}, Now: pool.Now}
	if pool.TokenUse == "id" {
		config.ClientID = pool.ClientID
	} else {
		config.SkipClientIDCheck = true
	}
	verifier := oidc.NewVerifier(pool.Issuer, oidc.NewRemoteKeySet(ctx, pool.JWKSURL), config)
	return func(ctx context.Context, raw string) error {
		token, err := verifier.Verify(ctx, raw)
		if err != nil {
			return err
		}
		var claims cognitoClaims
		if err := token.Claims(&claims); err != nil {
			return err
		}
		return claims.check(pool)
	}, nil
}
