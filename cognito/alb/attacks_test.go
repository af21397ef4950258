package alb_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestPoolsDisagree: with two pools trusted, the access token must be of the one that the
// load balancer asked, whatever user and app client it names.
func TestPoolsDisagree(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	home := issuer.Pool()
	other := issuer.AddPool("us-east-1_Other0001", "other-client")
	trust := issuer.Config()
	trust.UserPools = nil
	for _, pool := range []*cognitotest.Pool{home, other} {
		trust.UserPools = append(trust.UserPools, cognito.UserPool{ID: pool.ID(), InsecureSkipClientCheck: true})
	}
	tokens, err := cognito.New(trust)
	if err != nil {
		t.Fatal(err)
	}
	verifier := newEndpoint().verifier(t, func(c *alb.Config) {
		c.ClientIDs, c.Issuers = []string{home.ClientID()}, []string{home.OriginalIssuer(), home.UpdatedIssuer(), other.Issuer()}
	})
	protect := alb.Require(verifier, tokens)
	data := func(iss string) string {
		return token(header("iss", iss), claim("iss", iss), header("client", home.ClientID()))
	}
	of := func(pool *cognitotest.Pool) string {
		return pool.AccessToken(cognitotest.ForSubject(subject), cognitotest.ForClient(home.ClientID()))
	}
	for name, test := range map[string]struct {
		iss, access string
		status      int
	}{
		"the same":           {home.OriginalIssuer(), of(home), 200},
		"its updated issuer": {home.UpdatedIssuer(), of(home), 200},
		"another pool's":     {home.OriginalIssuer(), of(other), 400},
		"another pool":       {other.Issuer(), of(home), 400},
	} {
		if status, body := do(protect, dataHeader, data(test.iss), identityHeader, subject, accessHeader, test.access); status != test.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

// TestIssuerOfALocalPoolIsComparedByName: its address is no issuer of Amazon, and the ID
// at its end says nothing.
func TestIssuerOfALocalPoolIsComparedByName(t *testing.T) {
	local := cognitotest.NewIssuer()
	local.SetAddress("https://local.example")
	config := local.Config()
	config.HTTPClient = local.Client()
	tokens, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	pool := local.Pool()
	statuses := map[string]int{pool.Issuer(): 200, pool.OriginalIssuer(): 400, "https://other.example/" + pool.ID(): 400}
	verifier := newEndpoint().verifier(t, func(c *alb.Config) {
		c.ClientIDs, c.Issuers = []string{pool.ClientID()}, slices.Collect(maps.Keys(statuses))
	})
	for iss, want := range statuses {
		data := token(header("iss", iss), claim("iss", iss), header("client", pool.ClientID()))
		status, body := do(alb.Require(verifier, tokens), dataHeader, data, identityHeader, subject, accessHeader, pool.AccessToken(cognitotest.ForSubject(subject)))
		if status != want {
			t.Errorf("%s: %d %s, want %d", iss, status, body, want)
		}
	}
}

// TestRetryAfter: who is told to come back is told when that may help.
func TestRetryAfter(t *testing.T) {
	refusal := func(t *testing.T, v *alb.Verifier, raw string) *cognito.Error {
		t.Helper()
		_, err := v.Verify(t.Context(), raw)
		refusal, ok := errors.AsType[*cognito.Error](err)
		if !ok || refusal.Code() != cognito.ErrKeysUnavailable || strings.Contains(refusal.Message(), "amazonaws") || refusal.Unwrap() == nil {
			t.Fatalf("%v", err)
		}
		return refusal
	}
	within := func(t *testing.T, got, least, most time.Duration) {
		t.Helper()
		if got < least || got > most {
			t.Errorf("retry after %v, want %v to %v", got, least, most)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		e.serve(respond(500, ""))
		v := e.verifier(t)
		for least := time.Second; least <= 8*time.Second; least *= 2 {
			wait := refusal(t, v, token()).RetryAfter()
			within(t, wait, least, least*5/4)
			// Nobody asks meanwhile, and who comes is told what is left.
			time.Sleep(wait / 2)
			within(t, refusal(t, v, token()).RetryAfter(), wait-wait/2, wait-wait/2)
			time.Sleep(wait - wait/2)
		}
		time.Sleep(time.Hour)
		e.serve(respond(429, "", "Retry-After", "70"))
		within(t, refusal(t, v, token()).RetryAfter(), 70*time.Second, 88*time.Second)
	})
	synctest.Test(t, func(t *testing.T) { // the budget
		e := newEndpoint()
		v := e.verifier(t)
		for n := range alb.DefaultKeyFetches {
			expect(t, v, token(unknown(n)), cognito.ErrKeyNotFound)
		}
		time.Sleep(3 * time.Second)
		within(t, refusal(t, v, token()).RetryAfter(), 7*time.Second, 7*time.Second)
	})
	synctest.Test(t, func(t *testing.T) { // 403 from an address that never gave a key
		e := newEndpoint()
		e.serve(respond(403, ""))
		v := e.verifier(t)
		within(t, refusal(t, v, token()).RetryAfter(), 10*time.Second, 10*time.Second)
		time.Sleep(4 * time.Second)
		within(t, refusal(t, v, token()).RetryAfter(), 6*time.Second, 6*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		time.Sleep(10 * time.Second)
		e.serve(slow(time.Second))
		if _, err := v.Verify(ctx, token()); !errors.Is(err, context.Canceled) || !errors.Is(err, cognito.ErrKeysUnavailable) {
			t.Errorf("cancelled: %v", err)
		}
		time.Sleep(time.Minute) // the fetch ends by itself
	})

	s := newScene(t)
	s.endpoint.serve(respond(503, "", "Retry-After", "70"))
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set(dataHeader, s.data())
	alb.Require(s.verifier, s.tokens)(http.NotFoundHandler()).ServeHTTP(w, r)
	if got := w.Header().Get("Retry-After"); w.Code != 503 || len(got) != 2 || got < "70" {
		t.Errorf("%d, Retry-After %q", w.Code, got)
	}
}

// TestRangeOfSignatures: r and s of 0, of the order and above are no signature, whoever
// claims to have made it (CVE-2022-21449).
func TestRangeOfSignatures(t *testing.T) {
	v := newEndpoint().verifier(t)
	order := p256.Params().N.FillBytes(make([]byte, 32))
	zero, one, most := make([]byte, 32), make([]byte, 32), []byte(strings.Repeat("\xff", 32))
	one[31] = 1
	for _, r := range [][]byte{zero, one, order, most} {
		for _, s := range [][]byte{zero, one, order, most} {
			raw := token(func(d *draft) { d.sign = func([]byte) []byte { return append(append([]byte{}, r...), s...) } })
			expect(t, v, raw, cognito.ErrSignatureInvalid)
		}
	}
}
