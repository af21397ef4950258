package userpool

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// newCode files a code of anaya's for the public client, and returns its form.
func newCode(t *testing.T, s *Server, code string) url.Values {
	t.Helper()
	client := s.clients["local-client"]
	anaya, err := s.store.Account(t.Context(), testPool, "anaya")
	if err != nil {
		t.Fatal(err)
	}
	err = s.store.PutCode(t.Context(), digestOf(code), authorizationCode{
		grant: grant{
			PoolID: testPool, ClientID: client.ID, Username: anaya.Username, Sub: anaya.Sub,
			Scopes: []string{scopeOpenID}, OriginJTI: "sign-in of " + code,
		},
		RedirectURI: testCallback,
		ExpiresAt:   s.now().Add(codeValidity),
	})
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"code": {code}, "redirect_uri": {testCallback}}
}

func isInvalidGrant(err error) bool {
	refusal, ok := errors.AsType[*tokenError](err)
	return ok && refusal.code == codeInvalidGrant
}

// RFC 6749 §4.1.2: a second use of a code ends what the first one gave, whatever
// rotation made of it since, and nothing else.
func TestReplayRevokes(t *testing.T) {
	t.Parallel()
	for _, replay := range []url.Values{
		{"code": {"code"}, "redirect_uri": {testCallback}},
		{"code": {"code"}, "redirect_uri": {"http://elsewhere.test"}, "code_verifier": {"guess"}}, // a thief's
	} {
		pool := DefaultPool()
		pool.Clients[0].RefreshRotation = RefreshRotation{Enabled: true, Grace: time.Minute}
		server, err := New(Config{PublicURL: "http://pool.test", Pools: []Pool{pool}})
		if err != nil {
			t.Fatal(err)
		}
		client, ctx := server.clients["local-client"], t.Context()
		refresh := func(token string) (string, error) {
			answer, err := server.exchangeRefreshToken(ctx, client, url.Values{"refresh_token": {token}})
			return answer.RefreshToken, err
		}
		first, err1 := server.exchangeCode(ctx, client, newCode(t, server, "code"))
		other, err2 := server.exchangeCode(ctx, client, newCode(t, server, "other"))
		second, err3 := refresh(first.RefreshToken)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := server.exchangeCode(ctx, client, replay); !isInvalidGrant(err) {
				t.Errorf("replay: %v", err)
			}
		}
		for name, token := range map[string]string{"first": first.RefreshToken, "second": second} {
			if _, err := refresh(token); !isInvalidGrant(err) {
				t.Errorf("the %s refresh token: %v, want invalid_grant", name, err)
			}
		}
		if _, err := refresh(other.RefreshToken); err != nil {
			t.Errorf("the refresh token of another sign-in: %v", err)
		}
	}
}

// replayingStore has the code used again after it was taken and before its
// refresh token is filed.
type replayingStore struct {
	store
	replay func()
}

func (r replayingStore) PutRefreshToken(ctx context.Context, codeID, id digest, t refreshToken) error {
	r.replay()
	return r.store.PutRefreshToken(ctx, codeID, id, t)
}

// A replay that comes while the first use is under way finds no refresh token to
// revoke; there must be none later either.
func TestReplayWhileRedeeming(t *testing.T) {
	t.Parallel()
	server, err := New(Config{PublicURL: "http://pool.test"})
	if err != nil {
		t.Fatal(err)
	}
	memory := server.store.(*memoryStore)
	client := server.clients["local-client"]
	server.store = replayingStore{memory, func() {
		_, err := server.exchangeCode(t.Context(), client, url.Values{"code": {"code"}, "redirect_uri": {testCallback}})
		if !isInvalidGrant(err) {
			t.Errorf("replay: %v", err)
		}
	}}
	if answer, err := server.exchangeCode(t.Context(), client, newCode(t, server, "code")); !isInvalidGrant(err) {
		t.Errorf("the first use: %+v, %v", answer, err)
	}
	if n := len(memory.refresh.entries); n != 0 {
		t.Errorf("%d refresh tokens are kept", n)
	}
}

// Subs are derived from the pool; this check does not lean on that.
func TestSessionOfAnotherPool(t *testing.T) {
	t.Parallel()
	server, err := New(Config{PublicURL: "http://pool.test"})
	if err != nil {
		t.Fatal(err)
	}
	anaya, err := server.store.Account(t.Context(), testPool, "anaya")
	if err != nil {
		t.Fatal(err)
	}
	for poolID, want := range map[string]bool{testPool: true, "eu-west-1_Other1": false} {
		err := server.store.PutSession(t.Context(), digestOf("session"), session{
			PoolID: poolID, Username: anaya.Username, Sub: anaya.Sub, ExpiresAt: server.now().Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/oauth2/authorize", nil)
		r.AddCookie(server.sessionCookie(server.pools[testPool], "session", 1))
		if _, got, err := server.currentSession(r, server.pools[testPool]); got != want || err != nil {
			t.Errorf("a session of %s: %t, %v; want %t", poolID, got, err, want)
		}
	}
}
