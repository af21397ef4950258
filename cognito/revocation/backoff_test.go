package revocation_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// retryAfterOf requires that the verifier could not find out, and returns its RetryAfter.
func retryAfterOf(t *testing.T, verifier *cognito.Verifier, raw string) time.Duration {
	t.Helper()
	_, err := verifier.VerifyAccessToken(t.Context(), raw)
	var e *cognito.Error
	if !errors.As(err, &e) || e.Code() != cognito.ErrCheckUnavailable {
		t.Errorf("got %v, want check_unavailable", err)
		return 0
	}
	return e.RetryAfter()
}

// TestThrottledCognitoIsNotAskedOncePerCall: 200 calls with ten tokens are one request,
// until the time is over that Cognito asked for.
func TestThrottledCognitoIsNotAskedOncePerCall(t *testing.T) {
	t.Parallel()
	throttled := map[string]reply{
		"429":                      {429, jsonType, "", `{}`},
		"503":                      {503, "text/html", "", "<html>"},
		"TooManyRequestsException": {400, amazonType, "", `{"__type":"TooManyRequestsException","message":"Rate exceeded"}`},
	}
	for name, answer := range throttled {
		for asked, least := range map[string]time.Duration{"": time.Second, "20": 20 * time.Second, "86400": 5 * time.Minute, "soon": time.Second} {
			c := newFakeCognito(t)
			c.retryAfter.Store(asked)
			c.answer(answer)
			_, verifier := c.online(t, nil)
			clock := c.issuer.Clock()
			var tokens [10]string
			for n := range tokens {
				tokens[n] = c.issuer.Pool().AccessToken(cognitotest.Scopes(admin))
			}
			var last time.Duration
			for n := range 200 {
				last = retryAfterOf(t, verifier, tokens[n%len(tokens)])
			}
			c.wantRequests(t, 1)
			if last < least || last > least*5/4 {
				t.Errorf("%s, Retry-After %q: try again in %v, want %v and up to a quarter", name, asked, last, least)
			}
			clock.Advance(last - 1)
			retryAfterOf(t, verifier, tokens[0])
			c.wantRequests(t, 1)

			// The next one is a request, and the last one if it has an answer.
			clock.Advance(1)
			c.answer(goodUser)
			for _, raw := range tokens {
				wantCode(t, verifier, raw, "")
			}
			c.wantRequests(t, 11)
		}
	}
}

// TestBackOffDoubles while Cognito goes on throttling, and ends after a good answer.
func TestBackOffDoubles(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	c.answer(reply{429, jsonType, "", `{}`})
	_, verifier := c.online(t, nil)
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	rounds := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second}
	for n, least := range rounds {
		wait := retryAfterOf(t, verifier, raw)
		if wait < least || wait > least*5/4 {
			t.Errorf("round %d: %v, want %v and up to a quarter", n, wait, least)
		}
		c.wantRequests(t, int64(n)+1)
		c.issuer.Clock().Advance(wait)
	}
	c.answer(goodInfo)
	wantCode(t, verifier, raw, "")
	c.issuer.Clock().Advance(revocation.DefaultOnlineMaxAge)
	c.answer(reply{429, jsonType, "", `{}`})
	if wait := retryAfterOf(t, verifier, raw); wait > 2*time.Second {
		t.Errorf("after a good answer: %v", wait)
	}
	// A clock that was set back does not prolong it. No answer about the other token is in memory.
	other := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	c.issuer.Clock().Set(c.issuer.Clock().Now().Add(-time.Minute))
	c.answer(goodInfo)
	wantCode(t, verifier, other, "")
}

// TestPoolsOfOneRegionShareTheBackOff: the quota of GetUser is the account's.
func TestPoolsOfOneRegionShareTheBackOff(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	other := c.issuer.AddPool(otherPool)
	_, verifier := c.online(t, func(o *revocation.OnlineConfig) {
		o.UserPools = append(o.UserPools, revocation.OnlineUserPool{ID: otherPool, GetUser: true, Endpoint: c.URL})
	})
	c.answer(reply{429, amazonType, "", `{}`})
	retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(admin)))
	retryAfterOf(t, verifier, other.AccessToken(cognitotest.Scopes(admin)))
	c.wantRequests(t, 1)
}

// TestOneEndpointIsThrottledAlone: tokens for the other one are asked about.
func TestOneEndpointIsThrottledAlone(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	_, verifier := c.online(t, nil)
	c.answer(reply{429, jsonType, "", `{}`})
	retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
	c.answer(goodUser)
	wantCode(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(admin)), "")
	c.wantRequests(t, 2)
}

// TestUnclearAnswersAreNotAskedForOncePerCall: of one token. Others are asked about, so
// that a token with a strange answer shuts out no other.
func TestUnclearAnswersAreNotAskedForOncePerCall(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	_, verifier := c.online(t, nil)
	strange, other := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)), c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	c.answer(reply{500, jsonType, "", `{}`})
	var last time.Duration
	for range 200 {
		last = retryAfterOf(t, verifier, strange)
	}
	c.wantRequests(t, 1)
	if last < time.Second || last > 2*time.Second {
		t.Errorf("try again in %v", last)
	}
	c.answer(goodInfo)
	wantCode(t, verifier, other, "")
	c.wantRequests(t, 2)
	c.issuer.Clock().Advance(last)
	wantCode(t, verifier, strange, "")
	c.wantRequests(t, 3)
}

// TestBackOffOfUnclearAnswersDoubles for one token, until an answer is clear.
func TestBackOffOfUnclearAnswersDoubles(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	_, verifier := c.online(t, nil)
	raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	wait := func(least time.Duration) {
		t.Helper()
		c.answer(reply{404, jsonType, "", `{}`})
		wait := retryAfterOf(t, verifier, raw)
		if wait < least || wait > least*5/4 {
			t.Errorf("%v, want %v and up to a quarter", wait, least)
		}
		c.issuer.Clock().Advance(wait)
	}
	wait(time.Second)
	wait(2 * time.Second)
	wait(4 * time.Second)
	c.answer(goodInfo)
	wantCode(t, verifier, raw, "")
	c.issuer.Clock().Advance(revocation.DefaultOnlineMaxAge)
	wait(time.Second)
	wait(2 * time.Second)
	c.issuer.Clock().Advance(-3 * time.Second) // a clock that was set back does not prolong it
	c.answer(goodInfo)
	wantCode(t, verifier, raw, "")
}

// TestOneQuestionProbesAThrottledEndpoint: when the wait is over, not all waiting clients
// ask at once.
func TestOneQuestionProbesAThrottledEndpoint(t *testing.T) {
	const tokens = 20
	var throttle bool
	var mu sync.Mutex
	asks := 0
	network := transport(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		asks++
		status := http.StatusOK
		if throttle {
			status = http.StatusTooManyRequests
		}
		time.Sleep(time.Millisecond)
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {jsonType}}, Body: io.NopCloser(strings.NewReader(goodInfo.body)), Request: r}, nil
	})
	issuer := cognitotest.NewIssuer()
	questions := make([]question, tokens+1)
	for n := range questions {
		raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID))
		questions[n] = question{verified(t, issuer, raw), cognito.Raw(raw)}
	}
	synctest.Test(t, func(t *testing.T) {
		online, err := revocation.NewOnline(revocation.OnlineConfig{
			UserPools:  []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}},
			HTTPClient: &http.Client{Transport: network},
		})
		must(t, err)
		throttle = true
		if _, err := online.Revoked(t.Context(), questions[tokens].token, questions[tokens].raw); err == nil {
			t.Fatal("a throttled question has an answer")
		}
		time.Sleep(2 * time.Second)
		var all sync.WaitGroup
		for _, q := range questions[:tokens] {
			all.Go(func() {
				if revoked, err := online.Revoked(t.Context(), q.token, q.raw); revoked || err == nil {
					t.Errorf("%v, %v", revoked, err)
				}
			})
		}
		all.Wait()
		if asks != 2 {
			t.Errorf("%d requests, want one for each wait", asks)
		}
	})
}

// TestErrorsDoNotQuoteThePeer: a peer that echoes the request has package http write the
// token into its error.
func TestErrorsDoNotQuoteThePeer(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID, admin))
	for _, way := range []revocation.OnlineUserPool{
		{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}, {ID: cognitotest.PoolID, GetUser: true},
	} {
		online, err := revocation.NewOnline(revocation.OnlineConfig{
			UserPools: []revocation.OnlineUserPool{way}, Now: issuer.Clock().Now,
			HTTPClient: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				body := ""
				if r.Body != nil {
					text, _ := io.ReadAll(r.Body)
					body = string(text)
				}
				return nil, fmt.Errorf("malformed HTTP response %q %q", r.Header.Get("Authorization"), body)
			})},
		})
		must(t, err)
		_, err = newVerifier(t, issuer, online.Revoked).VerifyAccessToken(t.Context(), raw)
		for parts := range strings.SplitSeq(raw, ".") {
			if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), parts[:12]) {
				t.Errorf("the error quotes the token: %v", err)
			}
		}
	}
}

// TestOneDomainForTwoPoolsIsAFault, in any spelling: it would report the tokens of one of
// them as revoked.
func TestOneDomainForTwoPoolsIsAFault(t *testing.T) {
	t.Parallel()
	for second, fault := range map[string]bool{
		"https://auth.example.com": true, "https://auth.example.com/": true, "https://AUTH.example.com": true, "https://auth.example.com:443": true,
		"HTTPS://Auth.Example.com/": true, "https://auth.example.com:0443": true, "https://auth.example.com.:00443/": true, "https://auth.example.com:8443": false, "https://auth2.example.com": false,
	} {
		_, err := revocation.NewOnline(revocation.OnlineConfig{UserPools: []revocation.OnlineUserPool{
			{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}, {ID: otherPool, Domain: second}, {ID: "us-east-1_Third0001", GetUser: true},
		}})
		if !fault {
			must(t, err)
			continue
		}
		var wrong *revocation.ConfigError
		if !errors.As(err, &wrong) || wrong.Field != "OnlineConfig.UserPools[1].Domain" {
			t.Errorf("%s: %v", second, err)
		}
	}
}

func TestOneDomainInAllSpellingsOfAnAddress(t *testing.T) {
	t.Parallel()
	for first, second := range map[string]string{
		"https://[2001:db8::1]": "https://[2001:0DB8:0:0::1]:443", "http://127.0.0.1:9229": "http://[::ffff:7f00:1]:9229", "http://[::1]:80": "http://[0:0:0:0:0:0:0:1]",
	} {
		_, err := revocation.NewOnline(revocation.OnlineConfig{UserPools: []revocation.OnlineUserPool{
			{ID: cognitotest.PoolID, Domain: first}, {ID: otherPool, Domain: second},
		}})
		wantFields(t, err, "OnlineConfig.UserPools[1].Domain")
	}
}
