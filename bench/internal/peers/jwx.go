package peers

import (
	"context"

	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// newJWX sets up jwx. It takes the algorithm from the key set and goes by kid.
func newJWX(_ context.Context, pool Pool) (Verify, error) {
	keys, err := jwk.Parse(pool.JWKS)
	if err != nil {
		return nil, err
	}
	options := []jwt.ParseOption{
		jwt.WithKeySet(keys),
		jwt.WithValidate(true),
		jwt.WithIssuer(pool.Issuer),
		jwt.WithRequiredClaim(jwt.ExpirationKey),
		jwt.WithClaimValue("token_use", pool.TokenUse),
		jwt.WithClock(jwt.ClockFunc(pool.Now)),
	}
	if pool.TokenUse == "id" {
		options = append(options, jwt.WithAudience(pool.ClientID))
	} else {
		options = append(options, jwt.WithClaimValue("client_id", pool.ClientID))
	}
	return func(_ context.Context, raw string) error {
		_, err := jwt.ParseString(raw, options...)
		return err
	}, nil
}
