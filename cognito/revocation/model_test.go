package revocation_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// TestListByModel compares a list that is often full with a plain one, while time
// passes and entries come, are prolonged and end.
func TestListByModel(t *testing.T) {
	t.Parallel()
	const names, moves, bound = 120, 2400, 60
	type name struct {
		kind revocation.Kind
		id   string
	}
	for seed := range uint64(2) {
		dice := rand.New(rand.NewPCG(seed, 3))
		issuer := cognitotest.NewIssuer()
		clock := issuer.Clock()
		list := newList(t, issuer, func(c *revocation.ListConfig) { c.MaxEntries = bound })
		plain := map[name]revocation.Entry{}
		inForce := func(e revocation.Entry) bool {
			return !e.Until.IsZero() && clock.Now().Before(e.Until.Add(revocation.DefaultListLeeway))
		}
		for move := range moves {
			clock.Advance(time.Duration(dice.Int64N(int64(time.Minute))))
			n := name{[]revocation.Kind{revocation.KindToken, revocation.KindSignIn, revocation.KindSubject}[dice.IntN(3)], fmt.Sprint(dice.IntN(names))}
			if held := plain[n]; !inForce(held) {
				delete(plain, n)
			}
			if dice.IntN(3) == 0 {
				e := revocation.Entry{Kind: n.kind, UserPool: cognitotest.PoolID, ID: n.id, Until: clock.Now().Add(time.Duration(dice.Int64N(int64(time.Hour))))}
				if n.kind == revocation.KindSubject {
					e.Before = clock.Now().Add(-time.Duration(dice.Int64N(int64(time.Hour))))
				}
				err := list.Add(e)
				old, known := plain[n]
				force := 0
				for _, other := range plain {
					if inForce(other) {
						force++
					}
				}
				if full := errors.Is(err, revocation.ErrFull); err != nil && !full || full != (!known && force >= bound) {
					t.Fatalf("seed %d, move %d: %v with %d in force", seed, move, err, force)
				}
				if err == nil {
					if known && old.Until.After(e.Until) {
						e.Until = old.Until
					}
					if known && old.Before.After(e.Before) {
						e.Before = old.Before
					}
					plain[n] = e
				}
			}
			// A token of which only the one name may be in the list.
			names := map[revocation.Kind]string{revocation.KindToken: "jti", revocation.KindSignIn: "origin_jti", revocation.KindSubject: "sub"}
			claims := []cognitotest.TokenOption{cognitotest.WithoutClaim("jti", "origin_jti")}
			signIn := clock.Now().Add(-time.Duration(dice.Int64N(int64(2 * time.Hour)))).Truncate(time.Second)
			claims = append(claims, cognitotest.Claim("sub", "nobody"), cognitotest.Claim("auth_time", signIn.Unix()), cognitotest.Claim(names[n.kind], n.id))
			if move%4 != 0 { // signing is what takes the time
				continue
			}
			e, known := plain[n]
			want := known && inForce(e) && (n.kind != revocation.KindSubject || signIn.Before(e.Before))
			got, err := list.Revoked(t.Context(), verified(t, issuer, issuer.Pool().AccessToken(claims...)), "")
			if got != want || err != nil {
				t.Fatalf("seed %d, move %d: %v of %q: %v, %v, want %v", seed, move, n.kind, n.id, got, err, want)
			}
		}
	}
}
