package ratelimit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/ratelimit"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// rules are a decider that is a function.
type rules func(ctx context.Context, r *authz.Request) authz.Decision

func (f rules) Decide(ctx context.Context, r *authz.Request) authz.Decision { return f(ctx, r) }

// refusing answers with one refusal.
func refusing(e *cognito.Error) rules {
	return func(context.Context, *authz.Request) authz.Decision { return authz.Decision{Err: e} }
}

func newLimiter(t *testing.T, count int, per time.Duration) *ratelimit.Limiter {
	t.Helper()
	l, err := ratelimit.New(count, per)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func from(address string) *authz.Request { return &authz.Request{Client: netip.MustParseAddr(address)} }

func TestOnlyForgedTokensCount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refusal *cognito.Error
		counts  bool
	}{
		"malformed":           {cognito.NewError(cognito.ErrTokenMalformed, "m"), true},
		"too large":           {cognito.NewError(cognito.ErrTokenTooLarge, "m"), true},
		"encrypted":           {cognito.NewError(cognito.ErrEncryptedToken, "m"), true},
		"algorithm":           {cognito.NewError(cognito.ErrAlgorithmNotAllowed, "m"), true},
		"issuer":              {cognito.NewError(cognito.ErrIssuerMismatch, "m"), true},
		"unknown key":         {cognito.NewError(cognito.ErrKeyNotFound, "m"), true},
		"signature":           {cognito.NewError(cognito.ErrSignatureInvalid, "m"), true},
		"key of a newer set":  {cognito.NewError(cognito.ErrKeyNotFound, "m").WithRetryAfter(time.Second), false},
		"no keys":             {cognito.NewError(cognito.ErrKeysUnavailable, "m"), false},
		"expired":             {cognito.NewError(cognito.ErrTokenExpired, "m"), false},
		"not yet valid":       {cognito.NewError(cognito.ErrTokenNotYetValid, "m"), false},
		"absent":              {cognito.NewError(cognito.ErrTokenMissing, "m"), false},
		"other client":        {cognito.NewError(cognito.ErrClientMismatch, "m"), false},
		"other kind":          {cognito.NewError(cognito.ErrTokenUseMismatch, "m"), false},
		"no scope":            {cognito.NewError(cognito.ErrScopeMissing, "m"), false},
		"no rule":             {cognito.NewError(cognito.ErrAccessDenied, "m"), false},
		"a signed bad claim":  {cognito.NewError(cognito.ErrClaimInvalid, "m"), false},
		"two credentials":     {cognito.NewError(cognito.ErrRequestInvalid, "m"), false},
		"allowed":             {nil, false},
		"a check that failed": {cognito.NewError(cognito.ErrCheckUnavailable, "m"), false},
	} {
		guard := newLimiter(t, 1, time.Minute).Guard(refusing(test.refusal))
		guard.Decide(t.Context(), from("198.51.100.7"))
		second := guard.Decide(t.Context(), from("198.51.100.7"))
		if got := second.Code() == answer.ErrRateLimited; got != test.counts {
			t.Errorf("%s: the second one is %q", name, second.Code())
		}
	}
}

func TestTokensComeBackWithTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guard := newLimiter(t, 20, time.Minute).Guard(refusing(cognito.NewError(cognito.ErrSignatureInvalid, "m")))
		pass := func() (count int) {
			for guard.Decide(t.Context(), from("198.51.100.7")).Err.Code() != answer.ErrRateLimited {
				count++
			}
			return count
		}
		if got := pass(); got != 20 {
			t.Errorf("%d tokens passed at once", got)
		}
		limited := guard.Decide(t.Context(), from("198.51.100.7"))
		if got := limited.Err.RetryAfter(); got != 3*time.Second {
			t.Errorf("Retry-After is %v", got)
		}
		time.Sleep(limited.Err.RetryAfter())
		if got := pass(); got != 1 {
			t.Errorf("after Retry-After %d tokens passed", got)
		}
		time.Sleep(time.Hour)
		if got := pass(); got != 20 {
			t.Errorf("after an hour %d tokens passed", got)
		}
	})
}

func TestClientsAreCountedApart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second string
		same          bool
	}{
		"one address":             {"198.51.100.7", "198.51.100.7", true},
		"neighbours in IPv4":      {"198.51.100.7", "198.51.100.8", false},
		"one network in IPv6":     {"2001:db8:1:2:3::4", "2001:db8:1:2:ffff::", true},
		"another network in IPv6": {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		"IPv4 in IPv6":            {"2001:db8::1", "198.51.100.7", false},
	} {
		guard := newLimiter(t, 1, time.Minute).Guard(refusing(cognito.NewError(cognito.ErrSignatureInvalid, "m")))
		guard.Decide(t.Context(), from(test.first))
		second := guard.Decide(t.Context(), from(test.second))
		if got := second.Code() == answer.ErrRateLimited; got != test.same {
			t.Errorf("%s: got %q", name, second.Code())
		}
	}
}

// A request of an unknown address counts for all of them.
func TestUnknownAddressesAreOneClient(t *testing.T) {
	t.Parallel()
	guard := newLimiter(t, 1, time.Minute).Guard(refusing(cognito.NewError(cognito.ErrSignatureInvalid, "m")))
	guard.Decide(t.Context(), &authz.Request{})
	if second := guard.Decide(t.Context(), &authz.Request{}); second.Code() != answer.ErrRateLimited {
		t.Errorf("got %q", second.Code())
	}
}

func TestDecisionKeepsWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	guard := newLimiter(t, 1, time.Minute).Guard(rules(func(context.Context, *authz.Request) authz.Decision {
		return authz.Decision{
			Allowed: true, Rule: "orders", AllowOrigin: "https://app.example.com", Err: cognito.NewError(cognito.ErrTokenMalformed, "m"),
		}
	}))
	guard.Decide(t.Context(), from("198.51.100.7"))
	d := guard.Decide(t.Context(), from("198.51.100.7"))
	if !d.ReportOnly() || d.Code() != answer.ErrRateLimited || d.Rule != "orders" || d.AllowOrigin != "https://app.example.com" {
		t.Errorf("got %+v", d)
	}
	denial := answer.Of(&d)
	if denial.Status() != http.StatusTooManyRequests {
		t.Errorf("the status is %d", denial.Status())
	}
}

// A pool with keys and its rules, behind a limit of one token an hour.
func guarded(t *testing.T) (*cognitotest.Issuer, *ratelimit.Guard) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.New(authz.Config{
		Verifier: verifier, UserPools: issuer.Config().UserPools, Rules: []authz.Rule{{Match: route.Match{Path: "/**"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return issuer, newLimiter(t, 1, time.Hour).Guard(policy)
}

func request(token string) *authz.Request {
	r := from("198.51.100.7")
	r.Method, r.Host, r.Target, r.Bearer.Token = "GET", "api.example.com", "/", cognito.Raw(token)
	return r
}

// Many people share one address. One of them must not lock the others out.
func TestGoodTokensPassOverTheLimit(t *testing.T) {
	t.Parallel()
	issuer, guard := guarded(t)
	known := issuer.Pool().AccessToken()
	if d := guard.Decide(t.Context(), request(known)); !d.Allowed {
		t.Fatal(d.Err)
	}
	for range 5 {
		guard.Decide(t.Context(), request(issuer.Pool().AccessToken(cognitotest.TamperedSignature())))
	}
	if d := guard.Decide(t.Context(), request(issuer.Pool().AccessToken(cognitotest.TamperedSignature()))); d.Code() != answer.ErrRateLimited {
		t.Fatalf("got %q", d.Code())
	}
	for name, token := range map[string]string{"known": known, "new": issuer.Pool().AccessToken(cognitotest.ForSubject("another"))} {
		if d := guard.Decide(t.Context(), request(token)); !d.Allowed {
			t.Errorf("a %s token: %v", name, d.Err)
		}
	}
	if d := guard.Decide(t.Context(), request(issuer.Pool().AccessToken(cognitotest.Expired()))); d.Code() != cognito.ErrTokenExpired {
		t.Errorf("an expired token: got %q", d.Code())
	}
}

// Attack: memory under a million addresses.
func TestClientsAreBounded(t *testing.T) {
	t.Parallel()
	limiter := newLimiter(t, 1, time.Hour)
	guard := limiter.Guard(refusing(cognito.NewError(cognito.ErrSignatureInvalid, "m")))
	const addresses = 4 * ratelimit.MaxClients
	for n := range addresses {
		guard.Decide(t.Context(), from(fmt.Sprintf("2001:db8:%x:%x::", n>>16, n&0xffff)))
	}
	if got := limiter.Clients(); got > ratelimit.MaxClients {
		t.Errorf("%d clients are counted", got)
	}
}

func TestConcurrentTokensCountOneByOne(t *testing.T) {
	t.Parallel()
	guard := newLimiter(t, 50, time.Hour).Guard(refusing(cognito.NewError(cognito.ErrSignatureInvalid, "m")))
	var passed atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range 100 {
				if guard.Decide(t.Context(), from("198.51.100.7")).Err.Code() != answer.ErrRateLimited {
					passed.Add(1)
				}
			}
		})
	}
	clients.Wait()
	if got := passed.Load(); got != 50 {
		t.Errorf("%d tokens passed", got)
	}
}

func TestFaultyRateIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		count int
		per   time.Duration
	}{{0, time.Minute}, {-1, time.Minute}, {1, 0}} {
		if _, err := ratelimit.New(test.count, test.per); err == nil {
			t.Errorf("%+v: no error", test)
		}
	}
}
