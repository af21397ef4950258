package peers

import (
	"context"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

type golangJWTClaims struct {
	jwt.RegisteredClaims
	cognitoClaims
}

// newGolangJWT sets up golang-jwt with claims of a type of its own, the faster of the
// two forms in its documentation.
func newGolangJWT(_ context.Context, pool Pool) (Verify, error) {
	parser, keyFunc, err := golangJWTParser(pool)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, raw string) error {
		var claims golangJWTClaims
		if _, err := parser.ParseWithClaims(raw, &claims, keyFunc); err != nil {
			return err
		}
		return claims.check(pool)
	}, nil
}

// newGolangJWTMap sets up golang-jwt with jwt.MapClaims, the other form.
func newGolangJWTMap(_ context.Context, pool Pool) (Verify, error) {
	parser, keyFunc, err := golangJWTParser(pool)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, raw string) error {
		claims := jwt.MapClaims{}
		if _, err := parser.ParseWithClaims(raw, claims, keyFunc); err != nil {
			return err
		}
		var mine cognitoClaims
		// What is no string stays "", which check refuses.
		mine.TokenUse, _ = claims["token_use"].(string)
		mine.ClientID, _ = claims["client_id"].(string)
		return mine.check(pool)
	}, nil
}

func golangJWTParser(pool Pool) (*jwt.Parser, jwt.Keyfunc, error) {
	keys, err := rsaKeys(pool.JWKS)
	if err != nil {
		return nil, nil, err
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(pool.Issuer),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(pool.Now),
	}
	if audience := pool.audience(); audience != nil {
		options = append(options, jwt.WithAudience(audience...))
	}
	keyFunc := func(token *jwt.Token) (any, error) {
		kid, isText := token.Header["kid"].(string)
		key := keys[kid]
		if !isText || key == nil {
			return nil, fmt.Errorf("kid: %w", errKeyID)
		}
		return key, nil
	}
	return jwt.NewParser(options...), keyFunc, nil
}
