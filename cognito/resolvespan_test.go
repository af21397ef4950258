package cognito_test

import (
	"math"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// TestResolveForEver: with the longest Duration an answer is good for ever, and not never.
func TestResolveForEver(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, func(c *cognito.Config) {
		c.ResolvePolicy = cognito.ResolvePolicy{MaxAge: math.MaxInt64, DeniedMaxAge: math.MaxInt64}
	})
	for _, year := range []int{1971, 2026, 2200} {
		issuer.Clock().Set(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		_ = checkCode(t, verifier, pool.AccessToken(), "")
		before := len(tenants.asked)
		for range 3 {
			_ = checkCode(t, verifier, pool.AccessToken(), "")
		}
		if n := len(tenants.asked); n != before {
			t.Errorf("in %d: asked %d times more", year, n-before)
		}
	}
}
