package cognito_test

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestBothIssuers verifies tokens of a pool before and after it was switched.
func TestBothIssuers(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	before := pool.AccessToken()
	checkVerdict(t, verifier, before, cognito.TokenUseAccess, "")
	forged := pool.AccessToken(cognitotest.Claim("iss", pool.UpdatedIssuer()))
	for range 5 {
		checkVerdict(t, verifier, forged, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	}
	if n := pool.KeySetRequests(); n != 2 {
		t.Errorf("%d requests for key sets, want one for each issuer", n)
	}
	pool.FailKeySet(500)
	issuer.Clock().Advance(11 * time.Minute)
	checkVerdict(t, verifier, forged, cognito.TokenUseAccess, cognito.ErrKeyNotFound) // also in an outage
	pool.RestoreKeySet()
	pool.SwitchIssuer()
	after := pool.AccessToken()
	checkVerdict(t, verifier, after, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	issuer.Clock().Advance(10*time.Minute - time.Second)
	checkVerdict(t, verifier, after, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	issuer.Clock().Advance(2 * time.Second)
	checkVerdict(t, verifier, after, cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, before, cognito.TokenUseAccess, "")
}

// TestNotSwitchedAndTheClockSetBack: the pool's other issuer is asked again within
// twice the ten minutes, not after as long as the clock was set back by.
func TestNotSwitchedAndTheClockSetBack(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.Claim("iss", pool.UpdatedIssuer())), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	pool.SwitchIssuer()
	issuer.Clock().Advance(-10 * time.Hour)
	for range 2 {
		_, _ = verifier.VerifyAccessToken(t.Context(), pool.AccessToken())
		issuer.Clock().Advance(11 * time.Minute)
	}
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
}

// TestIssuersHaveTheirOwnKeys: a key that one issuer's set has is not good for
// tokens that name the other.
func TestIssuersHaveTheirOwnKeys(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	first := issuer.Pool()
	second := issuer.AddPool("eu-west-1_Second001")
	verifier := newVerifier(t, issuer, nil)
	checkVerdict(t, verifier, second.AccessToken(), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, first.AccessToken(cognitotest.Claim("iss", second.Issuer())), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
}

// TestBothForbidden: where no issuer of the pool has a key set, nothing was found
// out; a proxy on the way may have said so.
func TestBothForbidden(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	pool.FailKeySet(403)
	verifier := newVerifier(t, issuer, nil)
	raw := pool.AccessToken()
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.Claim("iss", pool.UpdatedIssuer())), cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	if err := verifier.WarmUp(t.Context()); !errors.Is(err, cognito.ErrKeysUnavailable) {
		t.Errorf("warm-up: %v", err)
	}
	pool.RestoreKeySet()
	issuer.Clock().Advance(time.Minute)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
}

func TestWarmUp(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	if err := verifier.WarmUp(t.Context()); err != nil {
		t.Fatalf("a pool that was not switched is ready: %v", err)
	}
	n := issuer.Pool().KeySetRequests()
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, "")
	if got := issuer.Pool().KeySetRequests(); got != n || n != 2 {
		t.Errorf("%d requests, %d after a token", n, got)
	}
}

func TestKeyRotation(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	old, oldKey := pool.AccessToken(), pool.AccessKey().ID()
	checkVerdict(t, verifier, old, cognito.TokenUseAccess, "")
	pool.RotateKeys()
	fresh := pool.AccessToken()
	checkVerdict(t, verifier, fresh, cognito.TokenUseAccess, cognito.ErrKeyNotFound) // within the cool-down
	issuer.Clock().Advance(11 * time.Second)
	checkVerdict(t, verifier, fresh, cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, old, cognito.TokenUseAccess, "")

	pool.WithdrawKey(oldKey)
	issuer.Clock().Advance(11 * time.Second)
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.UnknownKey()), cognito.TokenUseAccess, cognito.ErrKeyNotFound) // asks anew
	checkVerdict(t, verifier, old, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
}

// TestKeyReplacedUnderItsName: the first signature that does not hold asks anew, and
// from then on the old key is good for nothing.
func TestKeyReplacedUnderItsName(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	old := pool.AccessToken()
	checkVerdict(t, verifier, old, cognito.TokenUseAccess, "")
	pool.ReplaceKey(pool.AccessKey().ID())
	issuer.Clock().Advance(11 * time.Second)
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, old, cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
}

// TestOutage: known tokens verify until the stale limit, forged signatures are
// called forged, and what cannot be found out is not called bad.
func TestOutage(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	mint := func() string { return pool.AccessToken(cognitotest.ExpiresIn(48 * time.Hour)) }
	raw := mint()
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	pool.FailKeySet(500)
	issuer.Clock().Advance(23 * time.Hour)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.TamperedSignature()), cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
	checkVerdict(t, verifier, pool.AccessToken(cognitotest.UnknownKey()), cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	issuer.Clock().Advance(time.Hour + time.Minute)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	pool.RestoreKeySet()
	issuer.Clock().Advance(10 * time.Minute)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
}

func TestConcurrentUse(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	tokens := []string{issuer.Pool().AccessToken(), issuer.Pool().AccessToken(cognitotest.Expired()), issuer.Pool().AccessToken(cognitotest.UnknownKey())}
	requirement := cognito.RequireScopes("nothing")
	var all sync.WaitGroup
	for n := range 30 {
		all.Go(func() {
			for range 20 {
				_, _ = verifier.VerifyEither(t.Context(), tokens[n%3], requirement)
			}
			issuer.Clock().Advance(time.Second)
		})
	}
	all.Wait()
	if n := issuer.Pool().KeySetRequests(); n > 10 {
		t.Errorf("%d requests", n)
	}
}

// TestEachAddressHasACopyOfItsOwn: what an issuer of one's own publishes for a pool is
// not trusted for Amazon's issuers of that pool, through the copies on disk.
func TestEachAddressHasACopyOfItsOwn(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	dir := t.TempDir()
	start := func(change func(*cognito.Config)) *cognito.Verifier {
		return newVerifier(t, issuer, func(c *cognito.Config) {
			c.KeySetDirectory, c.Logger = dir, slog.New(slog.DiscardHandler)
			change(c)
		})
	}
	own := cognitotest.NewIssuer() // of the same pool ID
	own.SetAddress("http://127.0.0.1:9229")
	local := start(func(c *cognito.Config) { c.UserPools, c.HTTPClient = own.Config().UserPools, own.Client() })
	if err := local.WarmUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	offline := func(c *cognito.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("no network")
		})}
	}
	forged := own.Pool().AccessToken(cognitotest.Claim("iss", pool.Issuer()))
	checkVerdict(t, start(offline), forged, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	if err := start(func(*cognito.Config) {}).WarmUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkVerdict(t, start(offline), pool.AccessToken(), cognito.TokenUseAccess, "")
	checkVerdict(t, start(offline), forged, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	ownAgain := start(func(c *cognito.Config) { c.UserPools = own.Config().UserPools; offline(c) })
	checkVerdict(t, ownAgain, own.Pool().AccessToken(), cognito.TokenUseAccess, "")
}

// TestCopiesDifferWhereLettersHaveNoCase: pool IDs do tell them apart.
func TestCopiesDifferWhereLettersHaveNoCase(t *testing.T) {
	dir := t.TempDir()
	issuer := cognitotest.NewIssuer()
	issuer.AddPool("us-east-1_TEST00001")
	if err := newVerifier(t, issuer, func(c *cognito.Config) { c.KeySetDirectory = dir }).WarmUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if !strings.HasPrefix(file.Name(), "us-east-1_") || !strings.HasSuffix(file.Name(), ".json") {
			t.Errorf("nobody can tell whose copy %s is", file.Name())
		}
		names[strings.ToLower(file.Name())] = true
	}
	if len(names) != 2 {
		t.Errorf("%d names, want 2", len(names))
	}
}
