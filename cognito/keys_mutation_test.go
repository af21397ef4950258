package cognito_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestOwnNowDoesNotKeepStaleKeys: Config.Now judges tokens. How old their keys are is
// for the clock of the key sets to say, for known tokens too.
func TestOwnNowDoesNotKeepStaleKeys(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	frozen := issuer.Clock().Now()
	verifier, raw := known(t, issuer, func(c *cognito.Config) { c.Now = func() time.Time { return frozen } })
	issuer.Pool().FailKeySet(500)
	issuer.Clock().Advance(25 * time.Hour)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
}

// TestForgedSignatureMeetsReplacedKey: the refresh that a bad signature asks for
// finds another key under its name, and by that one it does not hold either.
func TestForgedSignatureMeetsReplacedKey(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier, _ := known(t, issuer, nil)
	forged := pool.AccessToken(cognitotest.WrongKey())
	pool.ReplaceKey(pool.AccessKey().ID())
	issuer.Clock().Advance(11 * time.Second)
	checkVerdict(t, verifier, forged, cognito.TokenUseAccess, cognito.ErrSignatureInvalid)
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
}

// notSwitched returns a verifier that has found out that the pool does not use its
// updated issuer, and a token of that.
func notSwitched(t *testing.T, issuer *cognitotest.Issuer) (verifier *cognito.Verifier, updated string) {
	t.Helper()
	pool := issuer.Pool()
	verifier = newVerifier(t, issuer, nil)
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
	updated = pool.AccessToken(cognitotest.Claim("iss", pool.UpdatedIssuer()), cognitotest.ExpiresIn(1000*time.Hour))
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	return verifier, updated
}

// TestAbsenceIsAskedAboutEveryTenMinutes, and no more often.
func TestAbsenceIsAskedAboutEveryTenMinutes(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, updated := notSwitched(t, issuer)
	before := issuer.Pool().KeySetRequests()
	for range 9 {
		issuer.Clock().Advance(time.Minute)
		checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	}
	if n := issuer.Pool().KeySetRequests() - before; n != 0 {
		t.Errorf("%d requests within ten minutes", n)
	}
	issuer.Clock().Advance(2 * time.Minute)
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	if n := issuer.Pool().KeySetRequests() - before; n != 1 {
		t.Errorf("%d requests after ten minutes", n)
	}
}

// TestClockSetBackDoesNotProlongAbsence: ten minutes are ten minutes of any clock.
func TestClockSetBackDoesNotProlongAbsence(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, updated := notSwitched(t, issuer)
	issuer.Pool().SwitchIssuer()
	issuer.Clock().Advance(-24 * time.Hour)
	_, _ = verifier.VerifyAccessToken(t.Context(), updated) // learns of the new time
	issuer.Clock().Advance(10 * time.Minute)
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, "")
}

// TestOutageAfterTheSwitch: once its key set was there, an issuer that cannot be
// asked is out of order and no longer one that is not used.
func TestOutageAfterTheSwitch(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier, updated := notSwitched(t, issuer)
	pool.SwitchIssuer()
	issuer.Clock().Advance(11 * time.Minute)
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, "")
	pool.ServeKeySet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "issuer-cognito-idp.us-east-1.amazonaws.com" {
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(pool.JWKS())
	}))
	issuer.Clock().Advance(25 * time.Hour)
	fresh := pool.AccessToken(cognitotest.UnknownKey())
	checkVerdict(t, verifier, fresh, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
}

// TestOutageOfTheUpdatedIssuer: only 403 and 404 say that there is no such issuer.
func TestOutageOfTheUpdatedIssuer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, nil)
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, "")
	pool.SwitchIssuer()
	pool.FailKeySet(500)
	checkVerdict(t, verifier, pool.AccessToken(), cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
}

// TestGivingUpSaysNothingAboutTheIssuer: who leaves while the answer is on its way
// has found out nothing, whatever was answered before.
func TestGivingUpSaysNothingAboutTheIssuer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, updated := notSwitched(t, issuer)
	issuer.Clock().Advance(11 * time.Minute)
	issuer.Pool().SlowKeySet(time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verifier.VerifyAccessToken(ctx, updated); cognito.CodeOf(err) != cognito.ErrKeysUnavailable {
		t.Errorf("got %v, want keys_unavailable", err)
	}
}

// TestGivingUpOnAReplacedKey: a good token by a key that has replaced another one is
// not called forged because its sender had no time to wait for the set.
func TestGivingUpOnAReplacedKey(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier, _ := known(t, issuer, nil)
	pool.ReplaceKey(pool.AccessKey().ID())
	issuer.Clock().Advance(11 * time.Second)
	pool.SlowKeySet(time.Second)
	raw := pool.AccessToken()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verifier.VerifyAccessToken(ctx, raw); cognito.CodeOf(err) != cognito.ErrKeysUnavailable {
		t.Errorf("got %v, want keys_unavailable", err)
	}
	if err := issuer.Clock().AwaitTimers(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	issuer.Clock().Advance(time.Second)
	pool.SlowKeySet(0)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
}

// TestKeySetGoesByItsOwnClock, for known tokens too, whatever Config.Clock says.
func TestKeySetGoesByItsOwnClock(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	elsewhere := cognitotest.NewIssuer().Clock()
	remote, err := keyset.NewRemote(keyset.RemoteConfig{
		URL: issuer.Pool().Issuer() + "/.well-known/jwks.json", HTTPClient: issuer.Client(), Clock: elsewhere,
	})
	if err != nil {
		t.Fatal(err)
	}
	verifier, raw := known(t, issuer, func(c *cognito.Config) { c.UserPools[0].KeySet = remote })
	if n := testing.AllocsPerRun(1000, func() { _, _ = verifier.VerifyAccessToken(t.Context(), raw) }); n != 0 {
		t.Errorf("a hit makes %v allocations", n)
	}
	issuer.Pool().FailKeySet(http.StatusInternalServerError)
	elsewhere.Advance(25 * time.Hour)
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
}
