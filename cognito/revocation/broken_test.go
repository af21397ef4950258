package revocation_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// TestBrokenCognitoIsNotAskedOncePerCall: after three requests in a row without an answer, or
// with a failure of the server, 200 calls are no further request until the back-off is over.
// It doubles, and one good answer ends it.
func TestBrokenCognitoIsNotAskedOncePerCall(t *testing.T) {
	t.Parallel()
	for name, network := range map[string]transport{
		"500":     (&script{steps: []step{{status: http.StatusInternalServerError}}}).RoundTrip,
		"502":     (&script{steps: []step{{status: http.StatusBadGateway}}}).RoundTrip,
		"refused": func(*http.Request) (*http.Response, error) { return nil, context.DeadlineExceeded },
		"panic":   func(*http.Request) (*http.Response, error) { panic("oh") },
		"exit":    func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newFakeCognito(t)
			requests, works := 0, false
			_, verifier := c.online(t, func(o *revocation.OnlineConfig) {
				o.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
					if requests++; works {
						return http.DefaultTransport.RoundTrip(r)
					}
					return network(r)
				})}
			})
			var last time.Duration
			for range 200 {
				last = retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
			}
			if requests != 3 || last < time.Second || last > time.Second*5/4 {
				t.Errorf("%d requests, want 3; try again in %v", requests, last)
			}
			c.issuer.Clock().Advance(last)
			retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
			last = retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
			if requests != 4 || last < 2*time.Second || last > 2*time.Second*5/4 {
				t.Errorf("%d requests, want 4; try again in %v", requests, last)
			}
			raw := c.issuer.Pool().AccessToken(cognitotest.Scopes(openID))
			if _, err := verifier.VerifyAccessToken(t.Context(), raw); err == nil || !strings.Contains(err.Error(), "its last requests failed") {
				t.Errorf("error %v", err)
			}
			c.issuer.Clock().Advance(last)
			works = true
			c.answer(goodInfo)
			for range 3 {
				wantCode(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)), "")
			}
		})
	}
}

// TestSilentCognitoIsNotAskedOncePerCall: time-outs count as failures.
func TestSilentCognitoIsNotAskedOncePerCall(t *testing.T) {
	slowly(t, 6, func(c *revocation.OnlineConfig) { c.Timeout = time.Second }, func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question) {
		t.Helper()
		began := time.Now()
		for _, q := range asked {
			if _, err := online.Revoked(t.Context(), q.token, q.raw); err == nil {
				t.Error("an answer without an answer")
			}
		}
		if took := time.Since(began); s.asked.Load() != 3 || took != 3*time.Second { // the bubble's clock
			t.Errorf("%d requests in %v", s.asked.Load(), took)
		}
	})
}

// TestFailuresBetweenGoodAnswersHoldNothingUp: an endpoint that fails now and then is asked
// about each token.
func TestFailuresBetweenGoodAnswersHoldNothingUp(t *testing.T) {
	t.Parallel()
	c := newFakeCognito(t)
	_, verifier := c.online(t, nil)
	for range 5 {
		c.answer(reply{500, jsonType, "", `{}`})
		retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
		retryAfterOf(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)))
		c.answer(goodInfo)
		wantCode(t, verifier, c.issuer.Pool().AccessToken(cognitotest.Scopes(openID)), "")
	}
	c.wantRequests(t, 15)
}

// TestCallersWhoLeaveSayNothingAboutTheEndpoint: clients that disconnect cannot have other
// tokens held up.
func TestCallersWhoLeaveSayNothingAboutTheEndpoint(t *testing.T) {
	slowly(t, 6, nil, func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question) {
		t.Helper()
		for _, q := range asked[1:] {
			ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)
			if _, err := online.Revoked(ctx, q.token, q.raw); err == nil {
				t.Error("an answer without an answer")
			}
			leave()
		}
		close(s.answer)
		if revoked, err := online.Revoked(t.Context(), asked[0].token, asked[0].raw); revoked || err != nil {
			t.Errorf("%v, %v", revoked, err)
		}
	})
}
