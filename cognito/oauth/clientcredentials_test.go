package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito/oauth"
)

// machines hands out token-1, token-2, and so on, each for an hour.
func (p *pool) machines(after time.Duration) {
	p.answer = func(r *http.Request, _ url.Values) (*http.Response, error) {
		n := p.count()
		select {
		case <-time.After(after):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		return respondJSON(http.StatusOK, map[string]any{"access_token": fmt.Sprintf("token-%d", n), "token_type": "Bearer", "expires_in": 3600}), nil
	}
}

func (p *pool) machine(t testing.TB, jitter float64) *oauth.ClientCredentialsSource {
	t.Helper()
	app := p.secretApp()
	app.Now = nil
	source, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{
		App: app, Scopes: []string{"orders/read", "orders/write"}, Resource: "https://orders.example.com", Jitter: func() float64 { return jitter },
	})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func wantToken(t testing.TB, source oauth2.TokenSource, want string) {
	t.Helper()
	if token, err := source.Token(); err != nil || token.AccessToken != want || !token.Valid() {
		t.Errorf("%v %v, want %s", token, err, want)
	}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.machines(time.Second)
		source := p.machine(t, 0)
		wantToken(t, source, "token-1")
		want := url.Values{"grant_type": {"client_credentials"}, "scope": {"orders/read orders/write"}, "resource": {"https://orders.example.com"}}
		user, secret, _ := p.requests[0].BasicAuth()
		if diff := cmp.Diff(want, p.forms[0]); diff != "" || user != "machine" || secret != "the-secret" {
			t.Errorf("%s %s (-want +got):\n%s", user, secret, diff)
		}
		token, err := source.Token()
		if err != nil || !token.Expiry.Equal(time.Now().Add(time.Hour-time.Second)) {
			t.Errorf("%v %v", token, err)
		}
		token.AccessToken = "the caller's own"

		time.Sleep(54*time.Minute - 2*time.Second)
		wantToken(t, source, "token-1")
		time.Sleep(2 * time.Second)
		wantToken(t, source, "token-1") // has the next one fetched, and does not wait
		synctest.Wait()
		if p.count() != 2 {
			t.Errorf("%d requests", p.count())
		}
		wantToken(t, source, "token-1")
		time.Sleep(2 * time.Second)
		wantToken(t, source, "token-2")
		time.Sleep(2 * time.Hour)
		wantToken(t, source, "token-3") // nobody asked for long: waits
		if p.count() != 3 {
			t.Errorf("%d requests", p.count())
		}
	})
}

func TestClientCredentialsJitter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.machines(0)
		source := p.machine(t, 1)
		wantToken(t, source, "token-1")
		time.Sleep(51 * time.Minute) // 6 minutes early, and half of that more
		wantToken(t, source, "token-1")
		synctest.Wait()
		wantToken(t, source, "token-2")
	})
}

// TestClientCredentialsJitterThatIsNoNumber: NaN counts as 0.
func TestClientCredentialsJitterThatIsNoNumber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.machines(0)
		source := p.machine(t, math.NaN())
		wantToken(t, source, "token-1")
		time.Sleep(53 * time.Minute) // 7 minutes early
		wantToken(t, source, "token-1")
		synctest.Wait()
		wantToken(t, source, "token-1")
		time.Sleep(2 * time.Minute)
		wantToken(t, source, "token-1")
		synctest.Wait()
		wantToken(t, source, "token-2")
	})
}

// TestClientCredentialsShared has a hundred callers without a token, some of whom give up.
func TestClientCredentialsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.machines(time.Second)
		source := p.machine(t, 0.5)
		var all sync.WaitGroup
		for n := range 100 {
			all.Go(func() {
				ctx := t.Context()
				if n%10 == 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
					defer cancel()
				}
				token, err := source.TokenContext(ctx)
				if n%10 == 0 {
					if wantCode(t, err, oauth.ErrUnavailable); !errors.Is(err, context.DeadlineExceeded) {
						t.Error(err)
					}
					return
				}
				if err != nil || token.AccessToken != "token-1" {
					t.Error(err)
					return
				}
				token.AccessToken = "mine"
			})
			if n == 0 { // the one that began the fetch gives up
				synctest.Wait()
			}
		}
		all.Wait()
		if p.count() != 1 {
			t.Errorf("%d requests", p.count())
		}
	})
}

// TestClientCredentialsFails makes fetches fail. Callers do not notice while the source holds a
// token. Without a token, the source does not flood the pool.
func TestClientCredentialsFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.machines(0)
		good := p.answer
		bad := func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusUnauthorized, map[string]string{"error": "invalid_client"}), nil
		}
		source := p.machine(t, 0)
		wantToken(t, source, "token-1")
		p.answer = bad
		time.Sleep(55 * time.Minute)
		for range 10 {
			wantToken(t, source, "token-1")
			synctest.Wait()
		}
		if p.count() != 2 {
			t.Errorf("%d requests", p.count())
		}
		time.Sleep(5*time.Minute - 10*time.Second) // as good as expired
		for range 1000 {
			_, err := source.Token()
			wantCode(t, err, oauth.ErrInvalidClient)
			time.Sleep(100 * time.Millisecond)
		}
		if n := p.count(); n < 6 || n > 10 {
			t.Errorf("%d requests in 100 s", n)
		}
		busy := respondText(http.StatusTooManyRequests, "text/plain", "")
		busy.Header.Set("Retry-After", "120")
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return busy, nil }
		time.Sleep(time.Minute)
		_, err := source.Token()
		wantCode(t, err, oauth.ErrUnavailable)
		p.answer = good
		time.Sleep(119 * time.Second)
		_, err = source.Token()
		if e := wantCode(t, err, oauth.ErrUnavailable); e.RetryAfter() != time.Second {
			t.Errorf("again after %s", e.RetryAfter())
		}
		time.Sleep(time.Second)
		if _, err := source.Token(); err != nil {
			t.Error(err)
		}
	})
}

func TestClientCredentialsAnswersRefused(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]map[string]any{
		"no token":     {"token_type": "Bearer", "expires_in": 3600},
		"line break":   {"access_token": "a\r\nb", "token_type": "Bearer", "expires_in": 3600},
		"another case": {"Access_Token": "a", "token_type": "Bearer", "expires_in": 3600},
		"two by fold":  {"access_token": "a", "acceſs_token": "b", "token_type": "Bearer", "expires_in": 3600},
		"huge":         {"access_token": strings.Repeat("a", 100_000), "token_type": "Bearer", "expires_in": 3600},
		"no life":      {"access_token": "a", "token_type": "Bearer"},
		"negative":     {"access_token": "a", "token_type": "Bearer", "expires_in": -1},
		"text":         {"access_token": "a", "token_type": "Bearer", "expires_in": "x"},
		"another type": {"access_token": "a", "token_type": "mac", "expires_in": 3600},
	} {
		p := newPool()
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusOK, answer), nil
		}
		token, err := p.machine(t, 0).Token()
		if wantCode(t, err, oauth.ErrResponseInvalid); token != nil {
			t.Error(name)
		}
	}
}

func TestLongestClientCredentialsTokenIsReturned(t *testing.T) {
	t.Parallel()
	p := newPool()
	want := strings.Repeat("a", 64<<10)
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondJSON(http.StatusOK, map[string]any{"access_token": want, "token_type": "Bearer", "expires_in": 3600}), nil
	}
	if token, err := p.machine(t, 0).Token(); err != nil || token.AccessToken != want {
		t.Error(err)
	}
	want += "a"
	_, err := p.machine(t, 0).Token()
	wantCode(t, err, oauth.ErrResponseInvalid)
}

func TestClientCredentialsConfigFaults(t *testing.T) {
	t.Parallel()
	_, err := oauth.NewClientCredentialsSource(oauth.ClientCredentialsConfig{Scopes: []string{""}, Resource: strings.Repeat("x", 2000)})
	for _, field := range []string{"App.Domain", "App.ClientID", "App.ClientSecret", "Scopes[0]", "Resource"} {
		if err == nil || !strings.Contains(err.Error(), "oauth: ClientCredentialsConfig."+field+" ") {
			t.Errorf("no fault of %s in %v", field, err)
		}
	}
}
