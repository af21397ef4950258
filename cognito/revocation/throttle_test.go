package revocation_test

import (
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

// A step is the answer to one request: after took, with the status. 0 is a broken connection.
type step struct {
	status     int
	retryAfter string
	took       time.Duration
}

// A script answers requests in the order in which they begin, and the later ones with its
// last step.
type script struct {
	mu    sync.Mutex
	steps []step
	began []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	now := s.steps[min(len(s.began), len(s.steps)-1)]
	s.began = append(s.began, time.Now())
	s.mu.Unlock()
	time.Sleep(now.took)
	if now.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	header := http.Header{"Content-Type": {jsonType}}
	if now.retryAfter != "" {
		header.Set("Retry-After", now.retryAfter)
	}
	return &http.Response{StatusCode: now.status, Header: header, Body: io.NopCloser(strings.NewReader(goodInfo.body)), Request: r}, nil
}

func (s *script) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.began)
}

// scripted runs test in a bubble. ask starts a question about another token each time.
func scripted(t *testing.T, tokens int, steps []step, test func(t *testing.T, s *script, ask func())) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	questions := make([]question, tokens)
	for n := range questions {
		raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID))
		questions[n] = question{verified(t, issuer, raw), cognito.Raw(raw)}
	}
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: steps}
		online, err := revocation.NewOnline(revocation.OnlineConfig{
			UserPools:  []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}},
			HTTPClient: &http.Client{Transport: s}, Timeout: time.Minute,
		})
		must(t, err)
		var all sync.WaitGroup
		test(t, s, func() {
			q := questions[0]
			questions = questions[1:]
			all.Go(func() { _, _ = online.Revoked(t.Context(), q.token, q.raw) }) // the requests count
			synctest.Wait()
		})
		all.Wait()
	})
}

// TestOldAnswersDoNotEndABackOff: a request that began before the throttled one has an answer
// after it. Whatever that is, the next question waits as long as Cognito asked for.
func TestOldAnswersDoNotEndABackOff(t *testing.T) {
	t.Parallel()
	for _, old := range []step{{status: 200}, {status: 401}, {status: 500}, {}, {status: 429}, {status: 429, retryAfter: "2"}} {
		old.took = 10 * time.Second
		steps := []step{old, {429, "60", time.Second}, {status: 200}}
		scripted(t, 4, steps, func(t *testing.T, s *script, ask func()) {
			t.Helper()
			ask()
			ask()
			time.Sleep(11 * time.Second) // both have their answers, the old one last
			ask()
			if n := s.requests(); n != 2 {
				t.Errorf("%+v: %d requests, want none within Retry-After", old, n-2)
			}
			time.Sleep(65 * time.Second) // and up to a quarter
			ask()
			if n := s.requests(); n != 3 {
				t.Errorf("%+v: %d requests after Retry-After, want one", old, n-2)
			}
		})
	}
}

// TestOldAnswersLetNoSecondProbeOut: a request that began before the back-off ends while the
// probe is under way.
func TestOldAnswersLetNoSecondProbeOut(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 500, 0, 429} {
		steps := []step{{status: status, took: 10 * time.Second}, {status: 429}, {429, "", 30 * time.Second}}
		scripted(t, 5, steps, func(t *testing.T, s *script, ask func()) {
			t.Helper()
			ask()
			ask()
			time.Sleep(5 * time.Second)
			ask() // the probe
			ask()
			time.Sleep(10 * time.Second)
			ask()
			if n := s.requests(); n != 3 {
				t.Errorf("status %d: %d probes at the same time", status, n-2)
			}
		})
	}
}

// TestProbeOpensOnlyWhatShutBeforeIt: Cognito throttles an old request while the probe is
// under way, and asks for a minute.
func TestProbeOpensOnlyWhatShutBeforeIt(t *testing.T) {
	t.Parallel()
	steps := []step{{429, "60", 10 * time.Second}, {status: 429}, {200, "", 10 * time.Second}, {status: 200}}
	scripted(t, 6, steps, func(t *testing.T, s *script, ask func()) {
		t.Helper()
		ask()
		ask()
		time.Sleep(5 * time.Second)
		ask() // the probe
		time.Sleep(15 * time.Second)
		ask()
		if n := s.requests(); n != 3 {
			t.Errorf("%d requests within Retry-After", n-3)
		}
		time.Sleep(time.Minute + 15*time.Second)
		ask()
		ask()
		if n := s.requests(); n != 5 {
			t.Errorf("%d requests after a probe with an answer, want 2", n-3)
		}
	})
}

// TestMixedAnswersKeepTheBackOff: Cognito answers one request of two, the good ones late.
// After a throttled answer no request begins before the time that it asked for.
func TestMixedAnswersKeepTheBackOff(t *testing.T) {
	t.Parallel()
	const callers, wait = 16, 30 * time.Second
	steps := make([]step, 400)
	for n := range steps {
		steps[n] = step{200, "", time.Duration(20+n%7*10) * time.Millisecond}
		if n%3 == 1 {
			steps[n] = step{429, fmt.Sprint(wait.Seconds()), 5 * time.Millisecond}
		}
	}
	scripted(t, callers*100, steps, func(t *testing.T, s *script, ask func()) {
		t.Helper()
		for range 100 {
			for range callers {
				ask()
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		// Each round that shuts the gate has at most one request for each caller.
		if n := s.requests(); n > 5*callers {
			t.Errorf("%d requests in 100 seconds", n)
		}
		for n, began := range s.began {
			if n >= len(steps) || steps[n].status != http.StatusTooManyRequests {
				continue
			}
			from := began.Add(steps[n].took)
			for _, other := range s.began[n+1:] {
				if other.After(from) && other.Before(from.Add(wait)) {
					t.Errorf("a request %v after request %d was throttled", other.Sub(from), n)
				}
			}
		}
	})
}
