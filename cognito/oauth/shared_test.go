package oauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// TestTransportBreaks has transports that do what none should, in goroutines that belong
// to no caller: it must neither end the process nor leave anybody waiting.
func TestTransportBreaks(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*http.Request, url.Values) (*http.Response, error){
		"panic": func(_ *http.Request, form url.Values) (*http.Response, error) { panic(form.Encode()) },
		"index": func(_ *http.Request, form url.Values) (*http.Response, error) {
			_ = form["x"][len(form)]
			return nil, nil
		},
		"abort":   func(*http.Request, url.Values) (*http.Response, error) { panic(http.ErrAbortHandler) },
		"goexit":  func(*http.Request, url.Values) (*http.Response, error) { runtime.Goexit(); return nil, nil },
		"nothing": func(*http.Request, url.Values) (*http.Response, error) { return nil, nil },
		"no body": func(*http.Request, url.Values) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusServiceUnavailable}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPool()
			p.answer = answer
			client, source := p.client(t), p.machine(t, 0)
			for range 2 {
				_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
				wantCode(t, err, oauth.ErrUnavailable)
				_, err = source.Token()
				wantCode(t, err, oauth.ErrUnavailable)
			}
			if p.count() != 3 { // the machine waits
				t.Errorf("%d requests", p.count())
			}
			if name == "nothing" || name == "no body" { // what panics here is the caller's to recover
				wantCode(t, client.Revoke(t.Context(), oldRefresh), oauth.ErrUnavailable)
			}
			p.refreshes(t, false, 0)
			if _, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestClientCredentialsRenewalBreaks makes the early renewal panic, for which no caller waits.
func TestClientCredentialsRenewalBreaks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.machines(0)
		good := p.answer
		source := p.machine(t, 0)
		wantToken(t, source, "token-1")
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { panic("x") }
		time.Sleep(55 * time.Minute)
		wantToken(t, source, "token-1")
		synctest.Wait()
		p.answer = good
		time.Sleep(2 * time.Second)
		wantToken(t, source, "token-1")
		synctest.Wait()
		wantToken(t, source, "token-3")
	})
}

// TestRevokedMeanwhile has a user sign out while a refresh is under way: those who come
// with the old token afterwards must not get its answer.
func TestRevokedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"refresh lands first", "revocation lands first"} {
		synctest.Test(t, func(t *testing.T) {
			p := newPool()
			p.refreshes(t, true, time.Second)
			client, answer := p.client(t), p.answer
			p.answer = func(r *http.Request, form url.Values) (*http.Response, error) {
				if !strings.HasSuffix(r.URL.Path, "/revoke") {
					return answer(r, form)
				}
				if first == "refresh lands first" {
					time.Sleep(2 * time.Second)
				}
				return respondText(http.StatusOK, "", ""), nil
			}
			refresh := func() error { return second(client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)) }
			var all sync.WaitGroup
			begin := func(f func() error) {
				all.Go(func() {
					if err := f(); err != nil {
						t.Error(first, err)
					}
				})
				synctest.Wait()
			}
			revoke := func() error { return client.Revoke(t.Context(), oldRefresh) }
			if first == "refresh lands first" { // begun after the revocation, answered before the pool knew
				begin(revoke)
				begin(refresh)
			} else {
				begin(refresh)
				begin(revoke)
				time.Sleep(time.Second / 2)
				wantCode(t, refresh(), oauth.ErrInvalidGrant) // one of its own, while the first is under way
			}
			all.Wait()
			wantCode(t, refresh(), oauth.ErrInvalidGrant)
		})
	}
}

// TestTwoUsersAtOnce has many sign-ins at once, and the pool mix up whose tokens it
// gives: nobody gets another's.
func TestTwoUsersAtOnce(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	const users = 40
	visits := make([]visit, users)
	answers := map[string]map[string]any{}
	for n := range visits {
		visits[n] = start(t, client, oauth.StartOptions{Keep: fmt.Sprint(n)})
	}
	for n, v := range visits {
		who := cognitotest.ForSubject(fmt.Sprint("user-", n))
		access := p.Pool().AccessToken(who)
		answers[fmt.Sprint("code-", n)] = map[string]any{
			"access_token": access, "token_type": "Bearer",
			"id_token": p.Pool().IDToken(who, cognitotest.Nonce(v.sent.Get("nonce")), cognitotest.Claim("at_hash", hashOf(access))),
		}
	}
	p.answer = func(_ *http.Request, form url.Values) (*http.Response, error) {
		return respondJSON(http.StatusOK, answers[form.Get("code")]), nil
	}
	var all sync.WaitGroup
	for n, v := range visits {
		all.Go(func() {
			swapped := n%4 == 3 // comes back with the code of the one before
			code := fmt.Sprint("code-", n)
			if swapped {
				code = fmt.Sprint("code-", n-1)
			}
			tokens, err := client.Finish(t.Context(), v.Flow, v.back("code", code))
			switch {
			case swapped:
				wantCode(t, err, oauth.ErrTokensInvalid)
			case err != nil || tokens.ID.Subject() != fmt.Sprint("user-", n) || tokens.Kept != fmt.Sprint(n):
				t.Error(n, err)
			}
		})
	}
	all.Wait()
}

// lives answers with tokens of so many seconds.
func (p *pool) lives(seconds int) {
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondJSON(http.StatusOK, map[string]any{
			"access_token": fmt.Sprintf("token-%d", p.count()), "token_type": "Bearer", "TOKEN_TYPE": "mac", "refresh_token": "x", "expires_in": seconds,
		}), nil
	}
}

// TestClientCredentialsShortLives has tokens that x/oauth2 takes for expired as they come: the pool
// is not asked at each call.
func TestClientCredentialsShortLives(t *testing.T) {
	t.Parallel()
	for seconds, most := range map[int]int{1: 210, 5: 40, 12: 20, 30: 9} {
		synctest.Test(t, func(t *testing.T) {
			p := newPool()
			p.lives(seconds)
			source := p.machine(t, 0)
			for range 1000 {
				token, err := source.Token()
				if err != nil || !token.Expiry.After(time.Now()) {
					t.Error(token, err)
				}
				time.Sleep(100 * time.Millisecond)
			}
			if n := p.count(); n > most || n < 100/seconds {
				t.Errorf("%d requests in 100 s for tokens of %d s", n, seconds)
			}
		})
	}
}

// TestClientCredentialsClock has the clock of the machine set back, and its monotonic part, which
// stands still while the machine sleeps, not count.
func TestClientCredentialsClock(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.lives(3600)
	token, err := p.machine(t, 0).Token()
	if err != nil || strings.Contains(token.Expiry.String(), "m=") || token.Type() != "Bearer" || token.RefreshToken != "" {
		t.Error(token, err)
	}
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: p.secretApp()})
	if err != nil {
		t.Fatal(err)
	}
	wantNext := func() {
		t.Helper()
		before := p.count()
		if _, err := source.Token(); err != nil || p.count() != before+1 {
			t.Error(err, p.count()-before)
		}
	}
	wantNext()
	p.Clock().Advance(-time.Hour) // by which the token would live two hours
	wantNext()
	p.Clock().Advance(2 * time.Hour)
	p.answer = func(*http.Request, url.Values) (*http.Response, error) { return nil, errors.New("no route") }
	wantCode(t, second(source.Token()), oauth.ErrUnavailable)
	p.lives(3600)
	p.Clock().Advance(-30 * time.Minute) // by which it would wait for half an hour; the token is none again
	p.Clock().Advance(-3 * time.Hour)
	wantNext()
}

// TestCallersShareAFetchWhileTheClockIsSetBack: by the clock, the pause after an earlier
// failure is not over yet. The request that is sent after it still gives its token to all.
func TestCallersShareAFetchWhileTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{App: p.secretApp()})
		if err != nil {
			t.Fatal(err)
		}
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return nil, errors.New("no route") }
		wantCode(t, second(source.Token()), oauth.ErrUnavailable)
		p.Clock().Advance(time.Second)
		answered := make(chan struct{})
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			<-answered
			return respondJSON(http.StatusOK, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 3600}), nil
		}
		errs := make(chan error, 2)
		for range cap(errs) {
			go func() { errs <- second(source.Token()) }()
			synctest.Wait()
			p.Clock().Advance(-time.Second)
		}
		close(answered)
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if p.count() != 2 {
			t.Errorf("%d requests", p.count())
		}
	})
}

// TestClientCredentialsFloods has many callers at a pool that fails: one request each time.
func TestClientCredentialsFloods(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			time.Sleep(time.Second)
			return respondText(http.StatusServiceUnavailable, "text/html", "<h1>ill</h1>"), nil
		}
		source := p.machine(t, 0)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				for range 100 {
					_, err := source.Token()
					if e := wantCode(t, err, oauth.ErrUnavailable); e.RetryAfter() <= 0 {
						t.Error(e)
					}
					time.Sleep(time.Second)
				}
			})
		}
		all.Wait()
		if n := p.count(); n > 8 { // after 1, 2, 4, 8, 16, 32, and 60 seconds
			t.Errorf("%d requests in 100 s", n)
		}
	})
}
