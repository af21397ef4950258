package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// refreshes answers each refresh token once, with or without a new one.
func (p *pool) refreshes(t testing.TB, rotate bool, after time.Duration) {
	t.Helper()
	used := map[string]bool{}
	var mu sync.Mutex
	p.answer = func(_ *http.Request, form url.Values) (*http.Response, error) {
		time.Sleep(after)
		mu.Lock()
		defer mu.Unlock()
		token := form.Get("refresh_token")
		if rotate && used[token] {
			return respondJSON(http.StatusBadRequest, map[string]string{"error": "invalid_grant"}), nil
		}
		used[token] = true
		tokens := p.tokens("", cognitotest.WithoutClaim("at_hash"))
		delete(tokens, "refresh_token")
		if rotate {
			tokens["refresh_token"] = newRefresh
		}
		return respondJSON(http.StatusOK, tokens), nil
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, rotate := range []bool{false, true} {
		p := newPool()
		p.refreshes(t, rotate, 0)
		tokens, err := p.client(t).Refresh(t.Context(), oldRefresh, cognitotest.Subject)
		if err != nil {
			t.Fatal(err)
		}
		want := map[bool]oauth.RefreshToken{false: oldRefresh, true: newRefresh}[rotate]
		if string(tokens.Refresh) != string(want) || tokens.Access.Subject() != cognitotest.Subject || tokens.ID.Subject() != cognitotest.Subject {
			t.Error("not the tokens that were due")
		}
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {oldRefresh}, "client_id": {cognitotest.ClientID}}
		if diff := cmp.Diff(form, p.forms[0]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestRefreshShared has a hundred callers with one refresh token, some of whom give up.
func TestRefreshShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.refreshes(t, true, time.Second)
		client := p.client(t)
		var all sync.WaitGroup
		for n := range 100 {
			all.Go(func() {
				ctx := t.Context()
				if n%10 == 0 { // the one that began it, too
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
					defer cancel()
				}
				tokens, err := client.Refresh(ctx, oldRefresh, cognitotest.Subject)
				if n%10 == 0 {
					if wantCode(t, err, oauth.ErrUnavailable); !errors.Is(err, context.DeadlineExceeded) {
						t.Error(err)
					}
					return
				}
				if err != nil || string(tokens.Refresh) != newRefresh {
					t.Error(err)
					return
				}
				tokens.Kept = "mine" // no race: it is the caller's own
			})
			if n == 0 {
				synctest.Wait()
			}
		}
		all.Wait()
		if p.count() != 1 {
			t.Errorf("%d requests", p.count())
		}
	})
}

// TestRefreshLate has callers come with the old token after it was replaced.
func TestRefreshLate(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.refreshes(t, true, 0)
	client := p.client(t)
	refresh := func() error { return second(client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)) }
	for range 3 {
		if err := refresh(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.Refresh(t.Context(), oldRefresh, "somebody else")
	wantCode(t, err, oauth.ErrTokensInvalid)
	if p.count() != 1 {
		t.Errorf("%d requests", p.count())
	}
	p.Clock().Advance(30 * time.Second)
	wantCode(t, refresh(), oauth.ErrInvalidGrant)
}

// TestRefreshRevoked has the new token revoked while the answer with it is kept.
func TestRefreshRevoked(t *testing.T) {
	t.Parallel()
	for _, token := range []oauth.RefreshToken{oldRefresh, newRefresh} {
		p := newPool()
		p.refreshes(t, true, 0)
		client := p.client(t)
		if _, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject); err != nil {
			t.Fatal(err)
		}
		answer := p.answer
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return respondText(200, "", ""), nil }
		if err := client.Revoke(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		p.answer = answer
		_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
		wantCode(t, err, oauth.ErrInvalidGrant)
	}
}

// TestRefreshWithUncheckedTokens: the pool replaces the token while its keys are unavailable. The
// new token must not be lost.
func TestRefreshWithUncheckedTokens(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.refreshes(t, true, 0)
	p.Pool().FailKeySet(http.StatusInternalServerError)
	client := p.client(t)
	_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
	if e := wantCode(t, err, oauth.ErrUnavailable); cognito.CodeOf(err) != cognito.ErrKeysUnavailable || e.RetryAfter() <= 0 {
		t.Error(err)
	}
	p.Pool().RestoreKeySet()
	p.Clock().Advance(20 * time.Second)
	tokens, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
	if err != nil || string(tokens.Refresh) != newRefresh || p.count() != 1 {
		t.Errorf("%v; %d requests", err, p.count())
	}
}

func TestRefreshRefused(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	for _, c := range []struct {
		token   oauth.RefreshToken
		subject string
	}{{"", cognitotest.Subject}, {oldRefresh, ""}, {"a b", cognitotest.Subject}} {
		_, err := client.Refresh(t.Context(), c.token, c.subject)
		wantCode(t, err, oauth.ErrInvalidRequest)
	}
	for name, option := range map[string]cognitotest.TokenOption{
		"at_hash":        cognitotest.Claim("at_hash", hashOf("x")),
		"another user":   cognitotest.ForSubject("x"),
		"another client": cognitotest.ForClient("another-client"),
	} {
		p.answer = func(*http.Request, url.Values) (*http.Response, error) {
			return respondJSON(http.StatusOK, p.tokens("", option)), nil
		}
		tokens, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
		if wantCode(t, err, oauth.ErrTokensInvalid); tokens != nil {
			t.Error(name)
		}
	}
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		tokens := p.tokens("")
		delete(tokens, "id_token")
		return respondJSON(http.StatusOK, tokens), nil
	}
	_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
	wantCode(t, err, oauth.ErrResponseInvalid)
}

// TestCanceledRefreshIsNotStarted: the caller has left, so no request is sent.
func TestCanceledRefreshIsNotStarted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		p.refreshes(t, false, 0)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := p.client(t).Refresh(ctx, oldRefresh, cognitotest.Subject)
		synctest.Wait()
		if !errors.Is(err, context.Canceled) || p.count() != 0 {
			t.Errorf("%v, %d requests", err, p.count())
		}
	})
}

// TestLongestRefreshTokenIsReturned has one of 64 KiB in the pool's answer.
func TestLongestRefreshTokenIsReturned(t *testing.T) {
	t.Parallel()
	p := newPool()
	longest := strings.Repeat("r", 64<<10)
	p.answer = func(*http.Request, url.Values) (*http.Response, error) {
		tokens := p.tokens("")
		tokens["refresh_token"] = longest
		return respondJSON(http.StatusOK, tokens), nil
	}
	tokens, err := p.client(t).Refresh(t.Context(), oldRefresh, cognitotest.Subject)
	if err != nil || string(tokens.Refresh) != longest {
		t.Error(err)
	}
}

// TestRefreshWaitsAsLongAsTheKeysDo: the wait of the error is that of the key set.
func TestRefreshWaitsAsLongAsTheKeysDo(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.refreshes(t, false, 0)
	p.Pool().FailKeySet(http.StatusInternalServerError)
	_, err := p.client(t).Refresh(t.Context(), oldRefresh, cognitotest.Subject)
	var cause *cognito.Error
	if e := wantCode(t, err, oauth.ErrUnavailable); !errors.As(err, &cause) || cause.RetryAfter() == time.Second || e.RetryAfter() != cause.RetryAfter() {
		t.Errorf("got a wait of %v, want that of %v", e.RetryAfter(), cause)
	}
}
