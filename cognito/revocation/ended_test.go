package revocation_test

import (
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// TestClockThatExits: a clock that fails after the answer of a throttled endpoint holds
// nothing up: the endpoint is asked again.
func TestClockThatExits(t *testing.T) {
	for name, fault := range map[string]func(){"panic": func() { panic("a secret") }, "exit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			issuer := cognitotest.NewIssuer()
			s := &script{steps: []step{{status: http.StatusTooManyRequests}, {status: http.StatusTooManyRequests}, {status: http.StatusOK}}}
			var faults atomic.Int32
			online, err := revocation.NewOnline(revocation.OnlineConfig{
				UserPools: []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}},
				HTTPClient: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
					if s.requests() == 1 { // the question after the wait
						faults.Store(2)
					}
					return s.RoundTrip(r)
				})},
				Now: func() time.Time {
					if faults.Add(-1) >= 0 {
						fault()
					}
					return issuer.Clock().Now()
				},
			})
			must(t, err)
			for n := range 3 {
				raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID))
				_, err = online.Revoked(t.Context(), verified(t, issuer, raw), cognito.Raw(raw))
				if (err == nil) != (n == 2) {
					t.Errorf("question %d: %v", n, err)
				}
				issuer.Clock().Advance(time.Minute)
			}
			if s.requests() != 3 {
				t.Errorf("%d requests, want 3", s.requests())
			}
		})
	}
}
