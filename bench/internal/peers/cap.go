package peers

import (
	"context"

	"github.com/hashicorp/cap/jwt"
)

// newCap sets up hashicorp/cap's package jwt with the key set that it fetches and
// keeps itself.
func newCap(ctx context.Context, pool Pool) (Verify, error) {
	keys, err := jwt.NewJSONWebKeySet(ctx, pool.JWKSURL, "")
	if err != nil {
		return nil, err
	}
	validator, err := jwt.NewValidator(keys)
	if err != nil {
		return nil, err
	}
	expected := jwt.Expected{
		Issuer:            pool.Issuer,
		Audiences:         pool.audience(),
		SigningAlgorithms: []jwt.Alg{jwt.RS256},
		Now:               pool.Now,
		// 0 would be its defaults of one minute to two and a half.
		NotBeforeLeeway: -1, ExpirationLeeway: -1, ClockSkewLeeway: -1,
	}
	return func(ctx context.Context, raw string) error {
		claims, err := validator.Validate(ctx, raw, expected)
		if err != nil {
			return err
		}
		if _, there := claims["exp"]; !there { // it makes one up from iat
			return errNoExpiry
		}
		var mine cognitoClaims
		// What is no string stays "", which check refuses.
		mine.TokenUse, _ = claims["token_use"].(string)
		mine.ClientID, _ = claims["client_id"].(string)
		return mine.check(pool)
	}, nil
}
