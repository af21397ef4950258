package peers

import (
	"context"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// newGoJOSE sets up go-jose with its package jwt. It takes the key set itself and goes
// by kid.
func newGoJOSE(_ context.Context, pool Pool) (Verify, error) {
	keys, err := parseJWKS(pool.JWKS)
	if err != nil {
		return nil, err
	}
	algorithms := []jose.SignatureAlgorithm{jose.RS256}
	audience := jwt.Audience(pool.audience())
	return func(_ context.Context, raw string) error {
		token, err := jwt.ParseSigned(raw, algorithms)
		if err != nil {
			return err
		}
		// One type for all claims: given two destinations it would read the payload twice.
		var claims struct {
			jwt.Claims
			cognitoClaims
		}
		if err := token.Claims(keys, &claims); err != nil {
			return err
		}
		if claims.Expiry == nil { // Validate lets it be absent
			return errNoExpiry
		}
		expected := jwt.Expected{Issuer: pool.Issuer, AnyAudience: audience, Time: pool.Now()}
		if err := claims.ValidateWithLeeway(expected, 0); err != nil {
			return err
		}
		return claims.check(pool)
	}, nil
}
