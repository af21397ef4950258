package revocation_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// A slowEndpoint answers in process when the test lets it.
type slowEndpoint struct {
	answer        chan struct{} // closed, or a value for each answer
	asked, inside atomic.Int64
	most          atomic.Int64
	givenUp       atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (s *slowEndpoint) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked.Add(1)
	s.most.Store(max(s.most.Load(), s.inside.Add(1)))
	defer s.inside.Add(-1)
	select {
	case <-s.answer:
	case <-r.Context().Done():
		s.givenUp.Add(1)
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: goodInfo.status, Header: http.Header{"Content-Type": {jsonType}}, Body: io.NopCloser(strings.NewReader(goodInfo.body)), Request: r,
	}, nil
}

// A question is a token to ask about.
type question struct {
	token cognito.Token
	raw   cognito.Raw
}

// slowly runs test in a bubble, with an online check at an endpoint that is slow.
func slowly(t *testing.T, tokens int, change func(*revocation.OnlineConfig), test func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question)) {
	t.Helper()
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	asked := make([]question, tokens)
	for n := range asked {
		raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID))
		asked[n] = question{verified(t, issuer, raw), cognito.Raw(raw)}
	}
	synctest.Test(t, func(t *testing.T) {
		s := &slowEndpoint{answer: make(chan struct{})}
		config := revocation.OnlineConfig{
			UserPools:  []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}},
			HTTPClient: &http.Client{Transport: s}, Now: issuer.Clock().Now,
		}
		if change != nil {
			change(&config)
		}
		online, err := revocation.NewOnline(config)
		must(t, err)
		test(t, s, online, asked)
	})
}

// TestCallersShareOneQuestion has a hundred callers with one token.
func TestCallersShareOneQuestion(t *testing.T) {
	slowly(t, 1, nil, func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question) {
		t.Helper()
		first, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := online.Revoked(first, asked[0].token, asked[0].raw); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		synctest.Wait()
		for range 99 {
			all.Go(func() {
				if revoked, err := online.Revoked(t.Context(), asked[0].token, asked[0].raw); revoked || err != nil {
					t.Errorf("%v, %v", revoked, err)
				}
			})
		}
		synctest.Wait()
		leave() // the first gives up, and takes nobody along
		synctest.Wait()
		close(s.answer)
		all.Wait()
		if n := s.asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestQuestionEndsWithItsLastCaller: the request is cancelled when no caller waits, and a later
// caller starts another one.
func TestQuestionEndsWithItsLastCaller(t *testing.T) {
	slowly(t, 1, nil, func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question) {
		t.Helper()
		ctx, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if _, err := online.Revoked(ctx, asked[0].token, asked[0].raw); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
		synctest.Wait()
		if s.givenUp.Load() != 1 || s.inside.Load() != 0 {
			t.Error("the request goes on")
		}
		for range 50 { // a caller that has gone already starts none
			if _, err := online.Revoked(ctx, asked[0].token, asked[0].raw); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			synctest.Wait()
		}
		close(s.answer)
		if revoked, err := online.Revoked(t.Context(), asked[0].token, asked[0].raw); revoked || err != nil {
			t.Errorf("%v, %v", revoked, err)
		}
		if n := s.asked.Load(); n != 2 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestLaterCallerDoesNotGetTheEndOfAnotherQuestion: the transport ignores that the question was
// cancelled, and the later caller has its own.
func TestLaterCallerDoesNotGetTheEndOfAnotherQuestion(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID))
	token := verified(t, issuer, raw)
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{{status: 500, took: time.Minute}, {status: 200, took: time.Second}}}
		online, err := revocation.NewOnline(revocation.OnlineConfig{
			UserPools:  []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}},
			HTTPClient: &http.Client{Transport: s}, Timeout: 2 * time.Minute,
		})
		must(t, err)
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if _, err := online.Revoked(ctx, token, cognito.Raw(raw)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if revoked, err := online.Revoked(t.Context(), token, cognito.Raw(raw)); revoked || err != nil || s.requests() != 2 {
			t.Errorf("%v, %v, %d requests", revoked, err, s.requests())
		}
		time.Sleep(2 * time.Minute) // the first one ends
	})
}

// TestQuestionsAreBounded has more tokens than may be asked about at a time.
func TestQuestionsAreBounded(t *testing.T) {
	const tokens, bound = 20, 3
	slowly(t, tokens, func(c *revocation.OnlineConfig) { c.MaxConcurrent = bound }, func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question) {
		t.Helper()
		var all sync.WaitGroup
		for _, q := range asked {
			all.Go(func() {
				if revoked, err := online.Revoked(t.Context(), q.token, q.raw); revoked || err != nil {
					t.Errorf("%v, %v", revoked, err)
				}
			})
		}
		for range asked {
			synctest.Wait()
			if n := s.inside.Load(); n > bound {
				t.Errorf("%d requests at a time", n)
			}
			s.answer <- struct{}{}
		}
		all.Wait()
		if s.asked.Load() != tokens || s.most.Load() != bound {
			t.Errorf("asked %d times, %d at a time", s.asked.Load(), s.most.Load())
		}
	})
}

// TestTimeout ends questions and the wait for a turn alike. It is not the caller's. Two
// questions are fewer than the failures in a row after which the endpoint is not asked.
func TestTimeout(t *testing.T) {
	slowly(t, 2, func(c *revocation.OnlineConfig) { c.MaxConcurrent, c.Timeout = 1, time.Second }, func(t *testing.T, s *slowEndpoint, online *revocation.Online, asked []question) {
		t.Helper()
		began := time.Now()
		var all sync.WaitGroup
		for _, q := range asked {
			all.Go(func() {
				_, err := online.Revoked(t.Context(), q.token, q.raw)
				var unavailable *revocation.UnavailableError
				if !errors.As(err, &unavailable) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took != time.Second { // the bubble's clock
			t.Errorf("it took %s", took)
		}
		close(s.answer)
		if revoked, err := online.Revoked(t.Context(), asked[0].token, asked[0].raw); revoked || err != nil {
			t.Errorf("%v, %v", revoked, err)
		}
	})
}

// A rude transport ends badly.
type rude func()

// RoundTrip implements http.RoundTripper.
func (r rude) RoundTrip(*http.Request) (*http.Response, error) { r(); return nil, io.EOF }

// TestTransportsThatMisbehave: each question gets its error, the next one too.
func TestTransportsThatMisbehave(t *testing.T) {
	for name, misbehave := range map[string]rude{"panicked with a value of type string": func() { panic("Bearer x") }, "ended the goroutine": runtime.Goexit} {
		issuer := cognitotest.NewIssuer()
		raw := issuer.Pool().AccessToken(cognitotest.Scopes(openID))
		online, err := revocation.NewOnline(revocation.OnlineConfig{
			UserPools:  []revocation.OnlineUserPool{{ID: cognitotest.PoolID, Domain: "https://auth.example.com"}},
			HTTPClient: &http.Client{Transport: misbehave}, Now: issuer.Clock().Now,
		})
		must(t, err)
		for range 2 {
			revoked, err := online.Revoked(t.Context(), verified(t, issuer, raw), cognito.Raw(raw))
			var unavailable *revocation.UnavailableError
			if revoked || !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "transport "+name) || strings.Contains(err.Error(), "Bearer") {
				t.Errorf("%s: %v, %v", name, revoked, err)
			}
		}
	}
}
