package cognitotest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// pastCoolDown is longer than what keeps a key set from being asked for again.
const pastCoolDown = time.Minute

func TestPoolsAreApart(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := verifierOf(t, issuer)
	late := issuer.AddPool("us-gov-west-1_Late00001", "a", "b")
	if got := verify(t, verifier, late.AccessToken()); got != cognito.ErrIssuerMismatch {
		t.Errorf("a pool added after Config: %q", got)
	}
	verifier = verifierOf(t, issuer)
	for name, raw := range map[string]string{
		"first": pool.IDToken(), "second": late.IDToken(), "second client": late.IDToken(cognitotest.ForClient("b")),
	} {
		if got := verify(t, verifier, raw); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := verify(t, verifier, pool.IDToken(cognitotest.ForClient("b"))); got != cognito.ErrClientMismatch {
		t.Errorf("the second pool's client in the first: %q", got)
	}
	if late.ID() != "us-gov-west-1_Late00001" || late.ClientID() != "a" {
		t.Errorf("got pool %q with client %q", late.ID(), late.ClientID())
	}
	if pool.KeySetRequests() != 1 || late.KeySetRequests() != 1 {
		t.Errorf("key sets were asked for %d and %d times, want once", pool.KeySetRequests(), late.KeySetRequests())
	}
}

func TestKeysOfThreePoolsDiffer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pools := []*cognitotest.Pool{issuer.Pool(), issuer.AddPool("us-east-1_B"), issuer.AddPool("us-east-1_C")}
	seen := map[string]bool{}
	for _, pool := range pools {
		for _, key := range []*cognitotest.Key{pool.AccessKey(), pool.IDKey()} {
			if n := key.Private().N.String(); seen[n] {
				t.Errorf("the key %s is there twice", key.ID())
			} else {
				seen[n] = true
			}
		}
	}
	for range 20 { // and with more of them there is always some key, never one twice in a pool
		pool := issuer.AddPool("us-east-1_D")
		if pool.AccessKey().Private().Equal(pool.IDKey().Private()) {
			t.Error("a pool has one key twice")
		}
	}
}

func TestRotateAndWithdraw(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, verifier := issuer.Pool(), verifierOf(t, issuer)
	old, oldKey := pool.AccessToken(cognitotest.ExpiresIn(24*time.Hour)), pool.AccessKey()
	if got := verify(t, verifier, old); got != "" {
		t.Fatal(got)
	}
	pool.RotateKeys()
	if pool.AccessKey().ID() == oldKey.ID() {
		t.Fatal("the key is still the old one")
	}
	issuer.Clock().Advance(pastCoolDown)
	if got := verify(t, verifier, pool.AccessToken()); got != "" {
		t.Errorf("the new key: %q", got)
	}
	if got := verify(t, verifier, old); got != "" {
		t.Errorf("the old key, not withdrawn: %q", got)
	}
	if !pool.WithdrawKey(oldKey.ID()) || pool.WithdrawKey(oldKey.ID()) {
		t.Error("WithdrawKey does not say whether the key was there")
	}
	issuer.Clock().Advance(2 * time.Hour) // past the age at which a set is fetched anew
	if got := verify(t, verifier, old); got != cognito.ErrKeyNotFound {
		t.Errorf("the old key, withdrawn: %q", got)
	}
	if got := verify(t, verifier, pool.AccessToken(cognitotest.SignedBy(oldKey))); got != cognito.ErrKeyNotFound {
		t.Errorf("a new token by the old key: %q", got)
	}
}

func TestReplaceKey(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, verifier := issuer.Pool(), verifierOf(t, issuer)
	old, kid := pool.AccessToken(), pool.AccessKey().ID()
	if got := verify(t, verifier, old); got != "" {
		t.Fatal(got)
	}
	if !pool.ReplaceKey(kid) || pool.ReplaceKey("no such key") {
		t.Error("ReplaceKey does not say whether the key was there")
	}
	issuer.Clock().Advance(pastCoolDown)
	if got := verify(t, verifier, pool.AccessToken()); got != "" || pool.AccessKey().ID() != kid {
		t.Errorf("the new key: %q", got)
	}
	if got := verify(t, verifier, old); got != cognito.ErrSignatureInvalid {
		t.Errorf("the old key: %q", got)
	}
}

func TestSwitchIssuer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, verifier := issuer.Pool(), verifierOf(t, issuer)
	before := pool.AccessToken()
	if got := verify(t, verifier, pool.AccessToken(cognitotest.Claim("iss", pool.UpdatedIssuer()))); got != cognito.ErrKeyNotFound {
		t.Errorf("the updated issuer of a pool that was not switched: %q", got)
	}
	if err := verifier.WarmUp(t.Context()); err != nil {
		t.Errorf("a pool that was not switched is not ready: %v", err)
	}
	pool.SwitchIssuer()
	if pool.Issuer() != pool.UpdatedIssuer() {
		t.Errorf("the issuer is %s", pool.Issuer())
	}
	issuer.Clock().Advance(11 * time.Minute)
	if got := verify(t, verifier, pool.AccessToken()); got != "" {
		t.Errorf("after the switch: %q", got)
	}
	if got := verify(t, verifier, before); got != "" {
		t.Errorf("a token from before the switch: %q", got)
	}
}

func TestKeySetFaults(t *testing.T) {
	faults := map[string]func(*cognitotest.Pool){
		"500":          func(p *cognitotest.Pool) { p.FailKeySet(http.StatusInternalServerError) },
		"broken":       func(p *cognitotest.Pool) { p.FailKeySet(0) },
		"no key set":   func(p *cognitotest.Pool) { p.SetJWKS([]byte("<html>")) },
		"an empty one": func(p *cognitotest.Pool) { p.SetJWKS([]byte(`{"keys":[]}`)) },
		"half a body": func(p *cognitotest.Pool) {
			p.ServeKeySet(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `{"keys":`)
			}))
		},
		"endless": func(p *cognitotest.Pool) {
			p.ServeKeySet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 1<<16)); err != nil {
						return
					}
				}
			}))
		},
		"a panic": func(p *cognitotest.Pool) {
			p.ServeKeySet(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boo") }))
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			issuer := cognitotest.NewIssuer()
			pool, verifier := issuer.Pool(), verifierOf(t, issuer)
			fault(pool)
			if got := verify(t, verifier, pool.AccessToken()); got != cognito.ErrKeysUnavailable {
				t.Errorf("%q, want %q", got, cognito.ErrKeysUnavailable)
			}
			pool.RestoreKeySet()
			issuer.Clock().Advance(pastCoolDown)
			if got := verify(t, verifier, pool.AccessToken()); got != "" {
				t.Errorf("restored: %q", got)
			}
			if n := pool.KeySetRequests(); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
		})
	}
}

func TestSlowKeySet(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, verifier := issuer.Pool(), verifierOf(t, issuer)
	pool.SlowKeySet(3 * time.Second)
	impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := verifier.VerifyAccessToken(impatient, pool.AccessToken()); cognito.CodeOf(err) != cognito.ErrKeysUnavailable {
		t.Errorf("given up: %v", err)
	}
	verdict := make(chan error)
	go func() {
		_, err := verifier.VerifyAccessToken(context.WithoutCancel(t.Context()), pool.AccessToken())
		verdict <- err
	}()
	if err := issuer.Clock().AwaitTimers(t.Context(), 2); err != nil { // the answer's and the time-out's
		t.Fatal(err)
	}
	issuer.Clock().Advance(3 * time.Second)
	if err := <-verdict; err != nil {
		t.Errorf("waited: %v", err)
	}
}

func TestOverASocket(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	server := httptest.NewTLSServer(issuer.Handler())
	defer server.Close()
	issuer.SetAddress(server.URL + "/")
	config := issuer.Config()
	config.HTTPClient = server.Client()
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if got := verify(t, verifier, issuer.Pool().AccessToken()); got != "" {
		t.Errorf("%q", got)
	}
	if want := server.URL + "/" + cognitotest.PoolID; issuer.Pool().Issuer() != want {
		t.Errorf("issuer %s, want %s", issuer.Pool().Issuer(), want)
	}
}

func TestAddresses(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	issuer.Pool().SetJWKS([]byte("here"))
	path := "/" + cognitotest.PoolID + "/.well-known/jwks.json"
	for url, want := range map[string]int{
		"https://cognito-idp.us-east-1.amazonaws.com" + path:                             200,
		"https://cognito-idp-fips.us-east-1.amazonaws.com" + path:                        200,
		"https://issuer-cognito-idp.us-east-1.amazonaws.com" + path:                      403,
		"https://cognito-idp.us-west-1.amazonaws.com" + path:                             404,
		"https://other.us-east-1.amazonaws.com" + path:                                   404,
		"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_No/.well-known/jwks.json": 404,
		"https://cognito-idp.us-east-1.amazonaws.com/" + cognitotest.PoolID:              404,
		"http://127.0.0.1:1" + path:                                                      200,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := issuer.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != want || (want == 200) != (string(body) == "here") {
			t.Errorf("%s: %s, %s, %v", url, response.Status, body, err)
		}
	}
}

// Everything may be done from several goroutines at once.
func TestConcurrentUse(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool, verifier := issuer.Pool(), verifierOf(t, issuer)
	steps := []func(){
		func() { issuer.AddPool("us-east-1_X") },
		func() { issuer.Config() },
		func() { issuer.Clock().Advance(time.Second) },
		pool.RotateKeys,
		func() { pool.ReplaceKey(pool.IDKey().ID()) },
		func() { pool.WithdrawKey(pool.AccessKey().ID()) },
		func() { pool.FailKeySet(500); pool.RestoreKeySet() },
		func() { _, _ = verifier.VerifyIDToken(t.Context(), pool.IDToken()) },
		func() { _ = strings.Count(string(pool.JWKS()), "kid") + pool.KeySetRequests() },
		pool.SwitchIssuer,
	}
	var all sync.WaitGroup
	for _, step := range steps {
		all.Go(func() {
			for range 5 {
				step()
			}
		})
	}
	all.Wait()
}

func BenchmarkNewIssuer(b *testing.B) {
	for b.Loop() {
		if _, err := cognito.New(cognitotest.NewIssuer().Config()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAccessToken(b *testing.B) {
	pool := cognitotest.NewIssuer().Pool()
	for b.Loop() {
		pool.AccessToken()
	}
}
