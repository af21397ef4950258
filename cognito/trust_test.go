package cognito_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestStaleAnswerIsNotUsedWhileAsking: a pool whose last answer is older than Stale is
// not trusted while another caller waits for Resolve.
func TestStaleAnswerIsNotUsedWhileAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		hold := false
		issuer, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
			inner := c.Resolve
			c.Resolve = func(ctx context.Context, iss string) (*cognito.UserPool, error) {
				if hold {
					<-release
				}
				return inner(ctx, iss)
			}
		})
		raw := pool.AccessToken(cognitotest.ExpiresIn(1000 * time.Hour))
		checkCode(t, verifier, raw, "")
		hold = true
		issuer.Clock().Advance(2 * cognito.DefaultResolveStale)
		results := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := verifier.VerifyAccessToken(t.Context(), raw)
				results <- err
			}()
			synctest.Wait()
		}
		if len(results) != 0 {
			t.Errorf("an answer while Resolve is asked: %v", <-results)
		}
		close(release)
		for range 2 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
	})
}

// TestAbsenceHoldsAtOnce: the second token of an issuer that is not used asks for no
// key set, at the very moment of the first one.
func TestAbsenceHoldsAtOnce(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, updated := notSwitched(t, issuer)
	before := issuer.Pool().KeySetRequests()
	checkVerdict(t, verifier, updated, cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	if n := issuer.Pool().KeySetRequests() - before; n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestPoolIsReadyWithItsUpdatedIssuer: the set of either issuer is enough.
func TestPoolIsReadyWithItsUpdatedIssuer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	pool.SwitchIssuer()
	pool.ServeKeySet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Host, "issuer-") {
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(pool.JWKS())
	}))
	if err := newVerifier(t, issuer, nil).WarmUp(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestLongIssuersAreNotResolved: Resolve is asked about 512 bytes at most.
func TestLongIssuersAreNotResolved(t *testing.T) {
	_, pool, tenants, verifier := multiTenant(t, nil)
	for length, asked := range map[int]int{512: 1, 513: 0} {
		name := "https://idp.example.com/" + strings.Repeat("a", length-len("https://idp.example.com/"))
		checkCode(t, verifier, pool.AccessToken(cognitotest.Claim("iss", name)), cognito.ErrIssuerMismatch)
		if n := tenants.calls(); n != asked {
			t.Errorf("%d bytes: asked %d times", length, n)
		}
	}
}

// TestFaultsOfPoolsAreExact: each mistake is named once, and nothing else is.
func TestFaultsOfPoolsAreExact(t *testing.T) {
	good := goodPool()
	fips, ownKeys, otherIssuer := goodPool(), goodPool(), goodPool()
	fips.FIPS = true
	ownKeys.FIPS, ownKeys.KeySet = true, uncomparable{}
	otherIssuer.ID = "us-east-1_Other"
	names, err := cognito.Issuers(poolID)
	if err != nil {
		t.Fatal(err)
	}
	otherIssuer.Issuer = names[1]
	for name, test := range map[string]struct {
		pools []cognito.UserPool
		want  []string
	}{
		"a FIPS endpoint":              {[]cognito.UserPool{fips}, nil},
		"a FIPS endpoint and keys":     {[]cognito.UserPool{ownKeys}, []string{"UserPools[0].FIPS"}},
		"two empty IDs":                {[]cognito.UserPool{{ClientIDs: []string{"a"}}, {ClientIDs: []string{"a"}}}, []string{"UserPools[0].ID", "UserPools[1].ID"}},
		"a pool twice":                 {[]cognito.UserPool{good, good}, []string{"UserPools[1].ID"}},
		"the second issuer of another": {[]cognito.UserPool{otherIssuer, good}, []string{"UserPools[0].Issuer", "UserPools[1].Issuer"}},
	} {
		_, err := cognito.New(cognito.Config{UserPools: test.pools})
		var got []string
		if err != nil {
			got = strings.Split(err.Error(), "\n")
		}
		if len(got) != len(test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
			continue
		}
		for n, field := range test.want {
			if !strings.Contains(got[n], field+" ") {
				t.Errorf("%s: %q, want %s", name, got[n], field)
			}
		}
	}
	resolve := func(context.Context, string) (*cognito.UserPool, error) { return nil, nil }
	_, err = cognito.New(cognito.Config{Resolve: resolve, ResolvePolicy: cognito.ResolvePolicy{Stale: -1}})
	if err == nil || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("a negative Stale: %v", err)
	}
}

// A scriptedSource finds one key and has a replacement for it.
type scriptedSource struct {
	keyset.Source
	held        *keyset.Key
	replacement func(context.Context) (*keyset.Key, error)
}

func (s scriptedSource) Key(context.Context, string) (*keyset.Key, error) { return s.held, nil }

func (s scriptedSource) Replacement(ctx context.Context, _ *keyset.Key) (*keyset.Key, error) {
	return s.replacement(ctx)
}

func (scriptedSource) Holds(*keyset.Key, time.Time) bool { return false }

// TestReplacementCountsWithoutAnErrorOnly: a source of the application's may return a
// key and an error together, or answer after the caller has gone.
func TestReplacementCountsWithoutAnErrorOnly(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	kid := pool.AccessKey().ID()
	keyOf := func() *keyset.Key {
		set, err := keyset.Parse(pool.JWKS())
		if err != nil {
			t.Fatal(err)
		}
		key, ok := set.Key(kid)
		if !ok {
			t.Fatal("the key is gone")
		}
		return key
	}
	before := keyOf()
	pool.ReplaceKey(kid)
	after, raw := keyOf(), pool.AccessToken()
	renamed, err := keyset.Parse([]byte(strings.ReplaceAll(string(pool.JWKS()), kid, "another")))
	if err != nil {
		t.Fatal(err)
	}
	another, _ := renamed.Key("another")
	for name, test := range map[string]struct {
		replacement *keyset.Key
		err         error
		leaves      bool
		want        cognito.Code
	}{
		"a replacement":             {after, nil, false, ""},
		"under another name":        {another, nil, false, cognito.ErrSignatureInvalid},
		"with an error":             {after, errors.New("down"), false, cognito.ErrSignatureInvalid},
		"none, and the caller left": {nil, nil, true, cognito.ErrSignatureInvalid},
		"an error, and it left":     {nil, context.Canceled, true, cognito.ErrKeysUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			verifier := newVerifier(t, issuer, func(c *cognito.Config) {
				c.UserPools[0].KeySet = scriptedSource{held: before, replacement: func(context.Context) (*keyset.Key, error) {
					if test.leaves {
						leave()
					}
					return test.replacement, test.err
				}}
			})
			_, err := verifier.VerifyAccessToken(ctx, raw)
			if got := cognito.CodeOf(err); got != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
