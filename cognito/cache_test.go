package cognito_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// known returns a verifier and a token that it has verified twice already.
func known(t *testing.T, issuer *cognitotest.Issuer, change func(*cognito.Config)) (verifier *cognito.Verifier, raw string) {
	t.Helper()
	verifier = newVerifier(t, issuer, change)
	raw = issuer.Pool().AccessToken(cognitotest.Scopes("a", "b"), cognitotest.SignedInAgo(time.Minute))
	first, err := verifier.VerifyAccessToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	again, err := verifier.VerifyAccessToken(t.Context(), strings.Clone(raw))
	if err != nil {
		t.Fatal(err)
	}
	if first != again {
		t.Fatal("the second time is no hit")
	}
	return verifier, raw
}

// TestKnownTokenExpires: the moment that exp comes.
func TestKnownTokenExpires(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, raw := known(t, issuer, nil)
	issuer.Clock().Advance(time.Hour - time.Second)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	issuer.Clock().Advance(time.Second)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrTokenExpired)
	issuer.Clock().Advance(-time.Hour)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
}

// TestKnownTokenExpiresWhileKeysAreAsked: the time that counts is that after the wait.
func TestKnownTokenExpiresWhileKeysAreAsked(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().AccessToken(cognitotest.ExpiresIn(61 * time.Minute))
	if _, err := verifier.VerifyAccessToken(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	issuer.Clock().Advance(61*time.Minute - time.Second) // the set is past its max age
	issuer.Pool().SlowKeySet(2 * time.Second)
	verdict := make(chan error)
	go func() {
		_, err := verifier.VerifyAccessToken(t.Context(), raw)
		verdict <- err
	}()
	if err := issuer.Clock().AwaitTimers(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	issuer.Clock().Advance(2 * time.Second)
	if err := <-verdict; cognito.CodeOf(err) != cognito.ErrTokenExpired {
		t.Errorf("got %v, want token_expired", err)
	}
}

// TestKnownTokenOfWithdrawnKey: when a refreshed set no longer has its key.
func TestKnownTokenOfWithdrawnKey(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, raw := known(t, issuer, nil)
	issuer.Pool().RotateKeys()
	token, err := verifier.VerifyAccessToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	issuer.Pool().WithdrawKey(token.KeyID())
	issuer.Clock().Advance(11 * time.Second)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "") // nobody has asked anew
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
}

// TestKnownTokenOfReplacedKey: when its key's name belongs to another one.
func TestKnownTokenOfReplacedKey(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, raw := known(t, issuer, nil)
	issuer.Pool().ReplaceKey(issuer.Pool().AccessKey().ID())
	issuer.Clock().Advance(11 * time.Second)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "") // nobody has asked anew
	fresh := issuer.Pool().AccessToken()
	first, err := verifier.VerifyAccessToken(t.Context(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := verifier.VerifyAccessToken(t.Context(), fresh); err != nil || again != first {
		t.Errorf("the token that found the new key is not known: %v", err)
	}
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
}

// TestKnownTokenOutlivesRefresh: a set that still has the key changes nothing, and
// hits alone keep it fresh.
func TestKnownTokenOutlivesRefresh(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().AccessToken(cognitotest.ExpiresIn(24 * time.Hour))
	for range 20 {
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
		issuer.Clock().Advance(time.Hour)
	}
	if n := issuer.Pool().KeySetRequests(); n < 15 {
		t.Errorf("%d requests in 20 hours of hits", n)
	}
}

// TestKnownTokenStaleKeys: past the stale limit the key set is unavailable for
// known tokens, too.
func TestKnownTokenStaleKeys(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().AccessToken(cognitotest.ExpiresIn(48 * time.Hour))
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	issuer.Pool().FailKeySet(500)
	issuer.Clock().Advance(23 * time.Hour)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	issuer.Clock().Advance(time.Hour)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
}

// TestKnownTokenRevoked: the check is asked at every hit.
func TestKnownTokenRevoked(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	revoked := false
	verifier, raw := known(t, issuer, func(c *cognito.Config) {
		c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return revoked, nil }
	})
	revoked = true
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrTokenRevoked)
}

// TestKnownTokenAskedForMore: what one call was content with does not carry over.
func TestKnownTokenAskedForMore(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, raw := known(t, issuer, nil)
	for _, test := range []struct {
		requirement cognito.Requirement
		code        cognito.Code
	}{
		{cognito.RequireScopes("a"), ""},
		{cognito.RequireScopes("c"), cognito.ErrScopeMissing},
		{cognito.RequireGroups("g"), cognito.ErrGroupMissing},
		{cognito.RequireACR("urn:cognito:loa:2"), cognito.ErrAuthenticationTooWeak},
		{cognito.RequireMaxAuthAge(time.Second), cognito.ErrAuthenticationTooOld},
		{cognito.RequireAudience("x"), cognito.ErrAudienceMismatch},
		{cognito.RequireClaim("x", "y"), cognito.ErrClaimMismatch},
		{cognito.Requirement{}, cognito.ErrAccessDenied},
	} {
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, test.code, test.requirement)
	}
	checkVerdict(t, verifier, raw, cognito.TokenUseID, cognito.ErrTokenUseMismatch)
	checkVerdict(t, verifier, raw, "", "")
}

// TestKnownTokenIsComparedWhole: a token with the end of a known one is another.
func TestKnownTokenIsComparedWhole(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, raw := known(t, issuer, nil)
	parts := strings.Split(raw, ".")
	other := strings.Split(issuer.Pool().AccessToken(cognitotest.Scopes("a", "admin")), ".")
	checkVerdict(t, verifier, parts[0]+"."+other[1]+"."+parts[2], cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
	checkVerdict(t, verifier, "A"+raw[1:], cognito.TokenUseAccess, cognito.ErrTokenMalformed)
	checkVerdict(t, verifier, raw[1:], cognito.TokenUseAccess, cognito.ErrTokenMalformed)
	checkVerdict(t, verifier, raw+"A", cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
	checkVerdict(t, verifier, parts[2], cognito.TokenUseAccess, cognito.ErrTokenMalformed)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
}

// TestRejectionIsNotRemembered: a token that was too early is good in its time, one
// of a key that was not there is good when it is.
func TestRejectionIsNotRemembered(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	early := issuer.Pool().AccessToken(cognitotest.NotYetValid())
	checkVerdict(t, verifier, early, cognito.TokenUseAccess, cognito.ErrTokenNotYetValid)
	issuer.Clock().Advance(31 * time.Minute)
	checkVerdict(t, verifier, early, cognito.TokenUseAccess, "")
}

func TestNoCache(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.CacheBytes = -1 })
	raw := issuer.Pool().AccessToken()
	first, err := verifier.VerifyAccessToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := verifier.VerifyAccessToken(t.Context(), raw); err != nil || first == second {
		t.Errorf("remembered all the same (%v)", err)
	}
}

// TestHitAllocatesNothing, with a requirement that was made before.
func TestHitAllocatesNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, raw := known(t, issuer, nil)
	requirement := cognito.RequireScopes("a")
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := verifier.VerifyAccessToken(ctx, raw, requirement); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestCacheIsBounded sends more tokens than the cache may hold, of all sizes, and
// looks at the heap.
func TestCacheIsBounded(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	const bound = 256 << 10
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.CacheBytes = bound })
	send := func(n int) {
		for i := range n {
			raw := issuer.Pool().AccessToken(cognitotest.Claim("custom:x", strings.Repeat("x", i%40*100)))
			if _, err := verifier.VerifyAccessToken(t.Context(), raw); err != nil {
				t.Fatal(err)
			}
		}
	}
	send(200)
	before := heap()
	send(1000)
	if grown := heap() - before; grown > bound {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(verifier)
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// TestCacheRace has tokens come and go while the keys change under them.
func TestCacheRace(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.CacheBytes = 16 << 10 })
	if err := verifier.WarmUp(t.Context()); err != nil { // or the clock may move past the time-out of the first fetch
		t.Fatal(err)
	}
	tokens := make([]string, 20)
	for n := range tokens {
		tokens[n] = issuer.Pool().AccessToken()
	}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 200 {
				if _, err := verifier.VerifyAccessToken(t.Context(), tokens[(i*n)%len(tokens)]); err != nil {
					t.Errorf("%v", err)
					return
				}
			}
		})
	}
	for range 20 {
		issuer.Pool().RotateKeys()
		issuer.Clock().Advance(time.Minute)
		_, _ = verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
	}
	all.Wait()
}
