package cognito_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// madeUp returns a token that nobody signed, with so many bytes of padding in it.
func madeUp(issuer string, padding int) string {
	encoding := base64.RawURLEncoding
	payload := fmt.Sprintf(`{"iss":%q,"token_use":"access","x":%q}`, issuer, strings.Repeat("x", padding))
	return encoding.EncodeToString([]byte(`{"kid":"k","alg":"RS256"}`)) + "." + encoding.EncodeToString([]byte(payload)) + "." + encoding.EncodeToString(make([]byte, 256))
}

func stranger(n int) string {
	return fmt.Sprintf("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_S%08d", n)
}

// TestResolveDeniedMemory: what is remembered of a denied issuer is its name, and not
// the token that named it.
func TestResolveDeniedMemory(t *testing.T) {
	if cognito.UnderRace {
		t.Skip("the race detector takes memory of its own")
	}
	const remembered = 1000
	_, _, _, verifier := multiTenant(t, func(c *cognito.Config) {
		c.ResolvePolicy.MaxPools = remembered
		c.Resolve = func(context.Context, string) (*cognito.UserPool, error) { return nil, nil }
	})
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	checkCode(t, verifier, madeUp(stranger(0), 11_000), cognito.ErrIssuerMismatch)
	before := live()
	for n := range 2 * remembered {
		checkCode(t, verifier, madeUp(stranger(n), 11_000), cognito.ErrIssuerMismatch)
	}
	if grown := live() - before; grown > 1000*remembered {
		t.Errorf("the heap has grown by %d bytes for %d issuers", grown, remembered)
	}
	runtime.KeepAlive(verifier)
}

// TestResolveHeedsNoContext: a Resolve that goes on after its time-out keeps nobody
// waiting, is not called again meanwhile, and its answer comes too late.
func TestResolveHeedsNoContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hold chan struct{}
		issuer, pool, tenants, verifier := multiTenant(t, func(c *cognito.Config) {
			inner := c.Resolve
			c.Resolve = func(ctx context.Context, iss string) (*cognito.UserPool, error) {
				up, err := inner(ctx, iss)
				if hold != nil {
					<-hold
				}
				return up, err
			}
		})
		raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
		timeOut := func(want cognito.Code) {
			t.Helper()
			var all sync.WaitGroup
			all.Go(func() { checkCode(t, verifier, raw, want) })
			synctest.Wait()
			issuer.Clock().Advance(cognito.DefaultResolveTimeout)
			all.Wait()
			checkCode(t, verifier, raw, want) // or it would wait forever
			if n := tenants.calls(); n != 1 {
				t.Errorf("%d calls", n)
			}
			close(hold)
			synctest.Wait()
		}
		hold = make(chan struct{})
		timeOut(cognito.ErrCheckUnavailable)
		hold = nil
		checkCode(t, verifier, raw, "") // asked again: the answer came too late
		if n := tenants.calls(); n != 1 {
			t.Errorf("%d calls after the late answer", n)
		}
		issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
		hold = make(chan struct{})
		timeOut("") // by the last answer
		// A denial is never too late.
		tenants.set(func() { delete(tenants.pools, tenant) })
		issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
		hold = make(chan struct{})
		timeOut("")
		checkCode(t, verifier, raw, cognito.ErrIssuerMismatch)
	})
}

// TestResolveMaxAgeFromAsking: an answer is as old as the question.
func TestResolveMaxAgeFromAsking(t *testing.T) {
	var slow func()
	issuer, pool, tenants, verifier := multiTenant(t, func(c *cognito.Config) {
		inner := c.Resolve
		c.Resolve = func(ctx context.Context, iss string) (*cognito.UserPool, error) {
			up, err := inner(ctx, iss)
			slow()
			return up, err
		}
	})
	slow = func() { issuer.Clock().Advance(cognito.DefaultResolveTimeout - 1) }
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	slow = func() {}
	tenants.set(func() { delete(tenants.pools, tenant) })
	issuer.Clock().Advance(cognito.DefaultResolveMaxAge - cognito.DefaultResolveTimeout + 1)
	checkCode(t, verifier, raw, cognito.ErrIssuerMismatch)
}

// TestResolveTooManyCalls: those under way are bounded, whoever has gone away since, and
// a pool that is known does not suffer for it.
func TestResolveTooManyCalls(t *testing.T) {
	release := make(chan struct{})
	issuer, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
		inner := c.Resolve
		c.ResolvePolicy = cognito.ResolvePolicy{MaxPools: 10, Timeout: time.Hour}
		c.Resolve = func(ctx context.Context, iss string) (*cognito.UserPool, error) {
			if cognito.UserPoolID(iss) != tenant {
				<-release
			}
			return inner(ctx, iss)
		}
	})
	raw := pool.AccessToken()
	checkCode(t, verifier, raw, "")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	before := runtime.NumGoroutine()
	for n := range 3000 {
		if _, err := verifier.VerifyAccessToken(gone, madeUp(stranger(n), 0)); !errors.Is(err, cognito.ErrCheckUnavailable) {
			t.Fatal(err)
		}
	}
	if grown := runtime.NumGoroutine() - before; grown > 1100 {
		t.Errorf("%d calls under way", grown)
	}
	issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
	checkCode(t, verifier, raw, "")
	close(release)
}

// uncomparable is a source whose values cannot be compared, though its type can.
type uncomparable struct {
	keyset.Source
	_ any
	x any
}

func (uncomparable) Key(context.Context, string) (*keyset.Key, error) {
	return nil, keyset.ErrKeyNotFound
}

func TestResolveUncomparableKeySet(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, nil)
	tenants.set(func() {
		tenants.pools[tenant] = cognito.UserPool{ID: tenant, ClientIDs: []string{"web"}, KeySet: uncomparable{x: []int{1}}}
	})
	checkCode(t, verifier, pool.AccessToken(), cognito.ErrKeyNotFound)
	issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
	checkCode(t, verifier, pool.AccessToken(), cognito.ErrKeyNotFound)
}

// TestResolveByModel compares verdicts with those of a plain model, while tenants come,
// go and change, the clock is set, and Resolve fails now and then. Every token is known
// from an earlier time, so that the cache is asked too.
func TestResolveByModel(t *testing.T) {
	const tenants, moves = 4, 3000
	clients := []string{"web", "cli"}
	type span struct{ from, until time.Time }
	in := func(s span, now time.Time) bool { return !now.Before(s.from) && now.Before(s.until) }
	type known struct {
		clients             []string // of the answer; nil: there is none
		good, stale, denied span
	}
	for seed := range uint64(4) {
		dice := rand.New(rand.NewPCG(seed, 1))
		issuer, _, registry, verifier := multiTenant(t, nil)
		registry.pools = map[string]cognito.UserPool{}
		policy := cognito.ResolvePolicy{MaxAge: cognito.DefaultResolveMaxAge, Stale: cognito.DefaultResolveStale, DeniedMaxAge: cognito.DefaultDeniedMaxAge}
		model := make([]known, tenants)
		ids, raws := make([]string, tenants), map[string]string{}
		for n := range ids {
			ids[n] = fmt.Sprintf("eu-west-1_T%05d", n)
			pool := issuer.AddPool(ids[n], clients...)
			for _, client := range clients {
				raws[ids[n]+client] = pool.AccessToken(cognitotest.ForClient(client), cognitotest.ExpiresIn(90*24*time.Hour))
			}
		}
		for move := range moves {
			switch dice.IntN(8) {
			case 0:
				issuer.Clock().Advance(time.Duration(dice.Int64N(int64(90 * time.Second))))
			case 1:
				issuer.Clock().Advance(time.Duration(dice.Int64N(int64(2*time.Hour))) - time.Hour)
			case 2:
				id := ids[dice.IntN(tenants)]
				registry.pools[id] = cognito.UserPool{ID: id, ClientIDs: clients[:1+dice.IntN(2)]}
			case 3:
				delete(registry.pools, ids[dice.IntN(tenants)])
			case 4:
				if registry.err = nil; dice.IntN(3) == 0 {
					registry.err = errors.New("down")
				}
			}
			n, client, now := dice.IntN(tenants), clients[dice.IntN(2)], issuer.Clock().Now()
			k := &model[n]
			want := cognito.Code("")
			if !in(k.good, now) && in(k.denied, now) {
				want = cognito.ErrIssuerMismatch
			} else if !in(k.good, now) {
				up, exists := registry.pools[ids[n]]
				switch {
				case registry.err != nil && in(k.stale, now):
					k.good = span{now, now.Add(min(10*time.Second, k.stale.until.Sub(now)))}
				case registry.err != nil:
					want = cognito.ErrCheckUnavailable
				case !exists:
					*k, want = known{denied: span{now, now.Add(policy.DeniedMaxAge)}}, cognito.ErrIssuerMismatch
				default:
					*k = known{up.ClientIDs, span{now, now.Add(policy.MaxAge)}, span{now, now.Add(policy.Stale)}, span{}}
				}
			}
			if want == "" && len(k.clients) == 1 && client != k.clients[0] {
				want = cognito.ErrClientMismatch
			}
			if checkCode(t, verifier, raws[ids[n]+client], want); t.Failed() {
				t.Fatalf("seed %d, move %d: %s of %s", seed, move, client, ids[n])
			}
		}
	}
}

// TestResolveCrowd: many callers at once, more tenants than are kept, and a clock that
// jumps. No token is ever accepted that no answer allowed, and in the end each is judged
// by the last answer.
func TestResolveCrowd(t *testing.T) {
	const tenants, callers = 8, 16
	moves := 300
	if cognito.UnderRace {
		moves = 60
	}
	issuer, _, registry, verifier := multiTenant(t, func(c *cognito.Config) { c.ResolvePolicy.MaxPools = 3 })
	registry.pools = map[string]cognito.UserPool{}
	ids, raws := make([]string, tenants), map[string]string{}
	for n := range ids {
		ids[n] = fmt.Sprintf("eu-west-1_T%05d", n)
		pool := issuer.AddPool(ids[n], "web", "cli", "never")
		for _, client := range []string{"web", "cli", "never"} {
			raws[ids[n]+client] = pool.AccessToken(cognitotest.ForClient(client), cognitotest.ExpiresIn(90*24*time.Hour))
		}
	}
	// The first tenant is denied always; the second has only the client cli.
	registry.pools[ids[1]] = cognito.UserPool{ID: ids[1], ClientIDs: []string{"cli"}}
	var all sync.WaitGroup
	for caller := range uint64(callers) {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(caller, 2))
			for range moves {
				id := ids[dice.IntN(tenants)]
				switch dice.IntN(12) {
				case 0:
					issuer.Clock().Advance(time.Duration(dice.Int64N(int64(10*time.Minute))) - 4*time.Minute)
				case 1:
					if id != ids[0] && id != ids[1] {
						registry.set(func() {
							registry.pools[id] = cognito.UserPool{ID: id, ClientIDs: []string{"web", "cli"}[:1+dice.IntN(2)]}
						})
					}
				case 2:
					if id != ids[1] {
						registry.set(func() { delete(registry.pools, id) })
					}
				case 3:
					registry.set(func() {
						if registry.err = nil; dice.IntN(4) == 0 {
							registry.err = errors.New("down")
						}
					})
				}
				for _, client := range []string{"web", "cli", "never"} {
					_, err := verifier.VerifyAccessToken(t.Context(), raws[id+client])
					if err == nil && (client == "never" || id == ids[0] || id == ids[1] && client != "cli") {
						t.Errorf("a token of %s for %s is accepted", id, client)
					}
				}
			}
		})
	}
	all.Wait()
	registry.set(func() { registry.err = nil })
	issuer.Clock().Advance(cognito.DefaultResolveStale)
	for _, id := range ids {
		for n, client := range []string{"web", "cli", "never"} {
			want := cognito.ErrIssuerMismatch
			if up, ok := registry.pools[id]; ok {
				if want = ""; n >= len(up.ClientIDs) && id != ids[1] || id == ids[1] && client != "cli" {
					want = cognito.ErrClientMismatch
				}
			}
			checkCode(t, verifier, raws[id+client], want)
		}
	}
}
