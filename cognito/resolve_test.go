package cognito_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

const tenant = "eu-west-1_Tenant01"

func issuersOf(t *testing.T, id string) (original, updated string) {
	t.Helper()
	names, err := cognito.Issuers(id)
	if err != nil || len(names) != 2 {
		t.Fatalf("got %q, %v", names, err)
	}
	return names[0], names[1]
}

// A registry is what a Resolve looks tenants up in.
type registry struct {
	mu    sync.Mutex
	pools map[string]cognito.UserPool // by ID
	err   error
	asked []string
}

func (r *registry) resolve(_ context.Context, issuer string) (*cognito.UserPool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, issuer)
	if r.err != nil {
		return nil, r.err
	}
	if pool, ok := r.pools[cognito.UserPoolID(issuer)]; ok {
		return &pool, nil
	}
	return nil, nil
}

func (r *registry) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// calls returns how often it was asked since the last time.
func (r *registry) calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.asked)
	r.asked = nil
	return n
}

// multiTenant returns a verifier that trusts the pool tenant by its registry, and no
// other.
func multiTenant(t testing.TB, change func(*cognito.Config)) (*cognitotest.Issuer, *cognitotest.Pool, *registry, *cognito.Verifier) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	pool := issuer.AddPool(tenant, "web")
	tenants := &registry{pools: map[string]cognito.UserPool{tenant: {ID: tenant, ClientIDs: []string{"web"}}}}
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools, c.Resolve = nil, tenants.resolve
		if change != nil {
			change(c)
		}
	})
	return issuer, pool, tenants, verifier
}

// checkCode verifies an access token, once and with no inspection beside it.
func checkCode(t *testing.T, verifier *cognito.Verifier, raw string, want cognito.Code) error {
	t.Helper()
	_, err := verifier.VerifyAccessToken(t.Context(), raw)
	if got := cognito.CodeOf(err); got != want || (err == nil) != (want == "") {
		t.Errorf("got %v, want %q", err, want)
	}
	return err
}

// TestResolve: asked once for a pool, whatever tokens come, and tokens are judged by
// what it answered.
func TestResolve(t *testing.T) {
	_, pool, tenants, verifier := multiTenant(t, nil)
	for range 3 {
		checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
	}
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.ForClient("other")), cognito.TokenUseAccess, cognito.ErrClientMismatch)
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.WrongKey()), cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
	if n := tenants.calls(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestResolveDenied: no key set is fetched for an issuer that Resolve denies, and the
// denial is remembered for its time.
func TestResolveDenied(t *testing.T) {
	issuer, _, tenants, verifier := multiTenant(t, nil)
	stranger := issuer.Pool()
	for range 3 {
		checkVerdict(t, verifier, stranger.AccessToken(), cognito.TokenUseAccess, cognito.ErrIssuerMismatch)
	}
	if n := tenants.calls(); n != 1 {
		t.Errorf("asked %d times about a denied issuer", n)
	}
	if n := stranger.KeySetRequests(); n != 0 {
		t.Errorf("%d requests for the keys of a denied issuer", n)
	}
	tenants.set(func() {
		tenants.pools[cognitotest.PoolID] = cognito.UserPool{ID: cognitotest.PoolID, ClientIDs: []string{cognitotest.ClientID}}
	})
	issuer.Clock().Advance(cognito.DefaultDeniedMaxAge - time.Nanosecond)
	checkCode(t, verifier, stranger.AccessToken(), cognito.ErrIssuerMismatch)
	issuer.Clock().Advance(time.Nanosecond)
	checkCode(t, verifier, stranger.AccessToken(), "")
}

// TestResolveIsNotAsked about what no issuer can be, nor about configured ones.
func TestResolveIsNotAsked(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	var tenants registry
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.Resolve = tenants.resolve })
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, "")
	for _, iss := range []string{"", "x", "https://", "ftp://issuer.example", "https://user@issuer.example", "https://issuer.example?x", "https://issuer.example#x",
		"https://issuer.example/\x00", "https://" + strings.Repeat("a", 520)} {
		checkCode(t, verifier, issuer.Pool().AccessToken(cognitotest.Claim("iss", iss)), cognito.ErrIssuerMismatch)
	}
	if n := tenants.calls(); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

// TestResolveOtherIssuer: an answer is for the issuer that was asked about and no
// other, be it of the same pool.
func TestResolveOtherIssuer(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, nil)
	original, updated := issuersOf(t, tenant)
	checkCode(t, verifier, pool.AccessToken(), "")
	tenants.set(func() { delete(tenants.pools, tenant) })
	checkCode(t, verifier, pool.AccessToken(), "") // known for a while
	checkCode(t, verifier, pool.AccessToken(cognitotest.Claim("iss", updated)), cognito.ErrIssuerMismatch)
	// A Resolve that gives one pool for every issuer does not have them trusted.
	tenants.set(func() {
		tenants.pools[cognitotest.PoolID] = cognito.UserPool{ID: tenant, ClientIDs: []string{"web"}}
	})
	failure := checkCode(t, verifier, issuer.Pool().AccessToken(), cognito.ErrCheckUnavailable)
	if failure == nil || !strings.Contains(failure.Error(), "was asked about") || strings.Contains(failure.Error(), original) {
		t.Errorf("%v", failure)
	}
	if n := issuer.Pool().KeySetRequests(); n != 0 {
		t.Errorf("%d requests for the keys of an issuer that is not the pool's", n)
	}
}

// TestResolveUpdatedIssuer: a pool that was switched, and one that was not, whose
// updated issuer has no keys.
func TestResolveUpdatedIssuer(t *testing.T) {
	_, pool, _, verifier := multiTenant(t, nil)
	_, updated := issuersOf(t, tenant)
	checkCode(t, verifier, pool.AccessToken(cognitotest.Claim("iss", updated)), cognito.ErrKeyNotFound)
	checkCode(t, verifier, pool.AccessToken(), "")
}

// TestResolveAgain: when its time is over the pool is asked for anew, and the tokens
// that are known by then are judged by the new answer.
func TestResolveAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(r *registry)
		want   cognito.Code
		fetch  bool
	}{
		{"the same", func(*registry) {}, "", false},
		{"gone", func(r *registry) { delete(r.pools, tenant) }, cognito.ErrIssuerMismatch, false},
		{"other clients", func(r *registry) { r.pools[tenant] = cognito.UserPool{ID: tenant, ClientIDs: []string{"cli"}} }, cognito.ErrClientMismatch, true},
		{"one client more", func(r *registry) { r.pools[tenant] = cognito.UserPool{ID: tenant, ClientIDs: []string{"web", "cli"}} }, "", true},
		{"an audience", func(r *registry) {
			r.pools[tenant] = cognito.UserPool{ID: tenant, ClientIDs: []string{"web"}, Audiences: []string{"x"}}
		}, "", true},
		{"another pool under the name", func(r *registry) {
			r.pools[tenant] = cognito.UserPool{ID: "eu-west-1_Other", ClientIDs: []string{"web"}}
		}, "", false}, // a mistake there: the last answer stays
		{"down", func(r *registry) { r.err = errors.New("down") }, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			issuer, pool, tenants, verifier := multiTenant(t, nil)
			raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
			checkCode(t, verifier, raw, "")
			tenants.set(func() { test.change(tenants) })
			issuer.Clock().Advance(cognito.DefaultResolveMaxAge - time.Nanosecond)
			checkCode(t, verifier, raw, "")
			if n := tenants.calls(); n != 1 {
				t.Errorf("asked %d times", n)
			}
			fetches := pool.KeySetRequests()
			issuer.Clock().Advance(time.Nanosecond)
			checkCode(t, verifier, raw, test.want)
			checkCode(t, verifier, raw, test.want)
			if n := tenants.calls(); n != 1 {
				t.Errorf("asked %d times when the time was over", n)
			}
			if fetched := pool.KeySetRequests() > fetches; fetched != test.fetch {
				t.Errorf("keys fetched again: %t", fetched)
			}
		})
	}
}

// TestResolvedPoolThatChangesInPlaceIsNoticed: Resolve may keep the pool that it returns,
// and change it later. Until it is asked again, the old answer counts.
func TestResolvedPoolThatChangesInPlaceIsNoticed(t *testing.T) {
	kept := &cognito.UserPool{ID: tenant, ClientIDs: []string{"web"}, Audiences: []string{"x"}}
	issuer, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
		c.Resolve = func(context.Context, string) (*cognito.UserPool, error) { return kept, nil }
	})
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	kept.ClientIDs[0] = "cli"
	checkCode(t, verifier, raw, "")
	issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
	checkCode(t, verifier, raw, cognito.ErrClientMismatch)
}

// TestResolvedReplicaThatChangesInPlaceIsNoticed likewise.
func TestResolvedReplicaThatChangesInPlaceIsNoticed(t *testing.T) {
	kept := &cognito.UserPool{ID: tenant, ClientIDs: []string{"web"}, ReplicaRegions: []string{"us-west-2"}}
	issuer, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
		c.Resolve = func(context.Context, string) (*cognito.UserPool, error) { return kept, nil }
	})
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	kept.ReplicaRegions[0] = "ap-south-1"
	fetches := pool.KeySetRequests()
	issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
	checkCode(t, verifier, raw, "")
	if pool.KeySetRequests() == fetches {
		t.Error("the pool is taken for the one that it was")
	}
}

// TestResolveOutageEndsAtTheLimit: an attempt shortly before the limit of the last answer
// does not make it last longer.
func TestResolveOutageEndsAtTheLimit(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, nil)
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	tenants.set(func() { tenants.err = errors.New("the directory is down") })
	issuer.Clock().Advance(cognito.DefaultResolveStale - time.Second)
	checkCode(t, verifier, raw, "")
	issuer.Clock().Advance(time.Second)
	checkCode(t, verifier, raw, cognito.ErrCheckUnavailable)
}

// TestResolveOutage: the last answer is used up to its limit, and asked about again
// now and then; an issuer that was never heard of is not judged.
func TestResolveOutage(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, nil)
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	tenants.set(func() { tenants.err = errors.New("the directory is down") })
	err := checkCode(t, verifier, issuer.Pool().AccessToken(), cognito.ErrCheckUnavailable)
	if refused, ok := errors.AsType[*cognito.Error](err); !ok || refused.RetryAfter() <= 0 || !strings.Contains(err.Error(), "directory is down") || strings.Contains(refused.Message(), "directory") {
		t.Errorf("%v", err)
	}
	tenants.calls()
	for issuer.Clock().Advance(cognito.DefaultResolveMaxAge); ; issuer.Clock().Advance(time.Minute) {
		_, err := verifier.VerifyAccessToken(t.Context(), raw)
		if err != nil {
			break
		}
	}
	if n := tenants.calls(); n < 40 || n > 70 {
		t.Errorf("asked %d times in an hour", n)
	}
	checkCode(t, verifier, raw, cognito.ErrCheckUnavailable)
	tenants.set(func() { tenants.err = nil })
	checkCode(t, verifier, raw, "")
}

// TestResolveClockSetBack: an answer must not be used longer because of it.
func TestResolveClockSetBack(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, nil)
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	tenants.set(func() { delete(tenants.pools, tenant) })
	issuer.Clock().Advance(-time.Hour)
	checkCode(t, verifier, raw, cognito.ErrIssuerMismatch)
}

// TestResolveDeniedThenSetBack: what was ended does not hold again when the clock is in
// its time once more.
func TestResolveDeniedThenSetBack(t *testing.T) {
	issuer, pool, tenants, verifier := multiTenant(t, nil)
	raw := pool.AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	checkCode(t, verifier, raw, "")
	tenants.set(func() { delete(tenants.pools, tenant) })
	issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
	// A new token of the pool: the known one is not looked at, and stays in the cache.
	checkCode(t, verifier, pool.AccessToken(), cognito.ErrIssuerMismatch)
	issuer.Clock().Advance(-time.Minute)
	checkCode(t, verifier, raw, cognito.ErrIssuerMismatch)
}

// TestResolveShared: callers share one question, which ends with none of them.
func TestResolveShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var calls atomic.Int64
		_, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
			inner := c.Resolve
			c.Resolve = func(ctx context.Context, iss string) (*cognito.UserPool, error) {
				calls.Add(1)
				<-release
				return inner(ctx, iss)
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			_, err := verifier.VerifyAccessToken(ctx, pool.AccessToken())
			gaveUp <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, cognito.ErrCheckUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up: %v", err)
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { checkCode(t, verifier, pool.AccessToken(), "") })
		}
		synctest.Wait() // all of them wait
		close(release)
		all.Wait()
		if n := calls.Load(); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

// TestResolveStaleWhileAsking: one asks; the others use the last answer meanwhile.
func TestResolveStaleWhileAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hold atomic.Bool
		release := make(chan struct{})
		issuer, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
			inner := c.Resolve
			c.Resolve = func(ctx context.Context, iss string) (*cognito.UserPool, error) {
				if hold.Load() {
					<-release
				}
				return inner(ctx, iss)
			}
		})
		raw := pool.AccessToken()
		checkCode(t, verifier, raw, "")
		issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
		hold.Store(true)
		var asks sync.WaitGroup
		asks.Go(func() { checkCode(t, verifier, raw, "") })
		synctest.Wait()
		checkCode(t, verifier, raw, "") // or it would wait forever
		close(release)
		asks.Wait()
	})
}

// TestResolveHangs: it is given up after its time-out.
func TestResolveHangs(t *testing.T) {
	issuer, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
		c.Resolve = func(ctx context.Context, _ string) (*cognito.UserPool, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
	failed := make(chan error)
	go func() {
		_, err := verifier.VerifyAccessToken(t.Context(), pool.AccessToken())
		failed <- err
	}()
	if err := issuer.Clock().AwaitTimers(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	issuer.Clock().Advance(cognito.DefaultResolveTimeout)
	if err := <-failed; !errors.Is(err, cognito.ErrCheckUnavailable) || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "no answer within 5s") {
		t.Errorf("%v", err)
	}
}

// TestResolveMisbehaves: a panic, or the end of its goroutine, is an outage.
func TestResolveMisbehaves(t *testing.T) {
	for name, misbehave := range map[string]func(){"panic": func() { panic("oh") }, "exit": runtime.Goexit} {
		_, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
			c.Resolve = func(context.Context, string) (*cognito.UserPool, error) { misbehave(); return nil, nil }
		})
		for range 2 {
			if err := checkCode(t, verifier, pool.AccessToken(), cognito.ErrCheckUnavailable); err == nil || !strings.Contains(err.Error(), "Config.Resolve") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestResolveBadPool: an answer that could not be configured is no answer.
func TestResolveBadPool(t *testing.T) {
	for _, pool := range []cognito.UserPool{{}, {ID: tenant}, {ID: tenant, ClientIDs: []string{""}}, {ID: tenant, ClientIDs: []string{"web"}, Issuer: "http://issuer.example/" + tenant}} {
		_, p, tenants, verifier := multiTenant(t, nil)
		tenants.set(func() { tenants.pools[tenant] = pool })
		checkCode(t, verifier, p.AccessToken(), cognito.ErrCheckUnavailable)
		if n := p.KeySetRequests(); n != 0 {
			t.Errorf("%+v: %d requests for keys", pool, n)
		}
	}
}

// TestResolveMaxPools: more pools than are kept work, each anew.
func TestResolveMaxPools(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	tenants := &registry{pools: map[string]cognito.UserPool{}}
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools, c.Resolve, c.ResolvePolicy = nil, tenants.resolve, cognito.ResolvePolicy{MaxPools: 8}
	})
	var pools []*cognitotest.Pool
	for n := range 64 {
		id := fmt.Sprintf("eu-west-1_T%05d", n)
		pools = append(pools, issuer.AddPool(id, "web"))
		tenants.pools[id] = cognito.UserPool{ID: id, ClientIDs: []string{"web"}}
	}
	for range 3 {
		for _, p := range pools {
			checkCode(t, verifier, p.AccessToken(), "")
		}
	}
	if n := tenants.calls(); n < 3*64-3*8 {
		t.Errorf("asked %d times: more than 8 pools are kept", n)
	}
}

// TestResolveMemory: tokens that are known keep no more pools in memory than the bytes
// of the cache allow, though none of these pools is kept for its own sake.
func TestResolveMemory(t *testing.T) {
	if cognito.UnderRace {
		t.Skip("the race detector takes memory of its own")
	}
	const cacheBytes, pools = 1 << 20, 1500
	issuer := cognitotest.NewIssuer()
	tenants := &registry{pools: map[string]cognito.UserPool{}}
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools, c.Resolve, c.CacheBytes, c.ResolvePolicy = nil, tenants.resolve, cacheBytes, cognito.ResolvePolicy{MaxPools: 1}
	})
	raws := make([]string, pools)
	for n := range raws {
		id := fmt.Sprintf("eu-west-1_T%05d", n)
		raws[n] = issuer.AddPool(id, "web").AccessToken()
		tenants.pools[id] = cognito.UserPool{ID: id, ClientIDs: []string{"web"}}
	}
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	checkCode(t, verifier, raws[0], "") // what is allocated once
	before := live()
	for _, raw := range raws {
		checkCode(t, verifier, raw, "")
	}
	grown := live() - before
	runtime.KeepAlive(raws)
	if grown > cacheBytes*5/4 {
		t.Errorf("the heap has grown by %d bytes, with a cache of %d", grown, cacheBytes)
	}
	t.Logf("grown by %d bytes", grown)
	runtime.KeepAlive(verifier)
}

func TestResolveConfig(t *testing.T) {
	_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{{ID: tenant, ClientIDs: []string{"web"}}}, ResolvePolicy: cognito.ResolvePolicy{MaxPools: -1, MaxAge: 2 * time.Hour, Stale: time.Hour, DeniedMaxAge: -1, Timeout: -1}})
	for _, part := range []string{"Config.ResolvePolicy has no effect without Resolve", "ResolvePolicy.MaxPools is negative", "ResolvePolicy.Stale (1h0m0s) is shorter than MaxAge", "ResolvePolicy.DeniedMaxAge is negative", "ResolvePolicy.Timeout is negative"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
	for _, policy := range []cognito.ResolvePolicy{{MaxAge: 2 * time.Hour}, {Stale: 5 * time.Minute}} {
		if _, err := cognito.New(cognito.Config{Resolve: new(registry).resolve, ResolvePolicy: policy}); err != nil {
			t.Error(err)
		}
	}
	if _, err := cognito.New(cognito.Config{Resolve: new(registry).resolve, ResolvePolicy: cognito.ResolvePolicy{Stale: time.Minute}}); err == nil {
		t.Error("a Stale under the default MaxAge is taken")
	}
}

func TestUserPoolID(t *testing.T) {
	original, updated := issuersOf(t, tenant)
	for issuer, want := range map[string]string{
		original: tenant, updated: tenant, "": "", tenant: "", original + "/": "", "http" + original[5:]: "",
		"https://cognito-idp.us-east-1.amazonaws.com/" + tenant:              tenant, // of a replica
		"https://issuer-cognito-idp.us-east-1.amazonaws.com/" + tenant:       "",     // a replica has the updated issuer of the primary Region
		"https://evil.example/" + tenant:                                     "",
		"https://cognito-idp.eu-west-1.amazonaws.com.evil.example/" + tenant: "",
	} {
		if got := cognito.UserPoolID(issuer); got != want {
			t.Errorf("%q is of %q, want %q", issuer, got, want)
		}
	}
}
