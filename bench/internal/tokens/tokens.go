package tokens

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// Scope is a scope that every token has.
const Scope = "orders/read"

// A Shape is a kind of token. Every one that it makes is another.
type Shape struct {
	Name string
	mint func(*cognitotest.Pool) string
}

// The shapes. Typical is what the figures are about unless they say otherwise; the
// others are there to show that nothing was made to fit it.
var (
	Typical = Shape{"1 KB", typical}
	Short   = Shape{"short", short}
	Long    = Shape{"long", long}
	Machine = Shape{"machine", machine}
)

// Shapes returns all of them.
func Shapes() []Shape { return []Shape{Typical, Short, Long, Machine} }

// typical is the token of a user who signed in and is in two groups.
func typical(pool *cognitotest.Pool) string {
	return pool.AccessToken(cognitotest.Groups("staff", "admins"), cognitotest.Scopes("openid", "profile", Scope))
}

// short has no claim that Poolguard or a peer can do without.
func short(pool *cognitotest.Pool) string {
	return pool.AccessToken(cognitotest.Scopes(Scope), cognitotest.WithoutClaim("origin_jti", "event_id", "auth_time", "version", "username"))
}

// long is what is left of a token after a trigger of the user pool has put a
// department's permissions into it.
func long(pool *cognitotest.Pool) string {
	groups := make([]string, 40)
	for n := range groups {
		groups[n] = fmt.Sprintf("department-%02d/readers", n)
	}
	permissions := map[string][]string{}
	for n := range 30 {
		name := fmt.Sprintf("project-%03d", n)
		permissions[name] = []string{"read", "comment", "write", strings.ToLower(rand.Text()) + "@example.com"}
	}
	return pool.AccessToken(cognitotest.Groups(groups...), cognitotest.Scopes("openid", "profile", Scope),
		cognitotest.Claim("custom:permissions", permissions))
}

// machine is a token of the client credentials grant.
func machine(pool *cognitotest.Pool) string { return pool.MachineToken(cognitotest.Scopes(Scope)) }

// Sign makes n tokens, on as many cores as Go uses: a signature takes about a
// millisecond.
func (s Shape) Sign(pool *cognitotest.Pool, n int) []string {
	signed := make([]string, n)
	workers := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for i := worker; i < n; i += workers {
				signed[i] = s.mint(pool)
			}
		})
	}
	all.Wait()
	return signed
}

// Bad are tokens that every contender must refuse, by what is wrong with them: without
// the checks behind that, a time would mean nothing.
func Bad(pool *cognitotest.Pool) map[string]string {
	return map[string]string{
		"signed with another key": pool.AccessToken(cognitotest.WrongKey()),
		"tampered with":           pool.AccessToken(cognitotest.TamperedPayload()),
		"of another algorithm":    pool.AccessToken(cognitotest.Algorithm("RS512")),
		"expired":                 pool.AccessToken(cognitotest.Expired()),
		"without exp":             pool.AccessToken(cognitotest.WithoutClaim("exp")),
		"of another issuer":       pool.AccessToken(cognitotest.Claim("iss", pool.Issuer()+"1")),
		"for another app client":  pool.AccessToken(cognitotest.ForClient("another")),
		"without app client":      pool.AccessToken(cognitotest.WithoutClaim("client_id")),
		"of another token_use":    pool.AccessToken(cognitotest.Claim("token_use", "id")),
	}
}
