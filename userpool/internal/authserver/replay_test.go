package authserver

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// newCode files a code of anaya's for the public client, and returns its form.
func newCode(t *testing.T, w *world, code string) url.Values {
	t.Helper()
	w.update(t, func(tx store.Tx) error {
		anaya, err := directory.GetUser(tx, w.pool, "anaya")
		if err != nil {
			return err
		}
		signIn := w.signIns.Start(w.client(t).Client, anaya, []string{scopeOpenID}, nil)
		return directory.PutCode(tx, code, directory.Code{
			SignIn: signIn, RedirectURI: testCallback, ExpiresAt: w.now().Add(codeValidity),
		})
	})
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
		w := newWorld(t, io.Discard, nil)
		w.update(t, func(tx store.Tx) error {
			client, err := directory.GetClient(tx, "local-client")
			client.Rotation, client.RotationGrace = true, time.Minute
			return errors.Join(err, directory.PutClient(tx, client))
		})
		client, ctx := w.client(t), t.Context()
		refresh := func(token string) (string, error) {
			answer, err := w.exchangeRefreshToken(ctx, client, url.Values{"refresh_token": {token}})
			return answer.RefreshToken, err
		}
		first, err1 := w.exchangeCode(ctx, client, newCode(t, w, "code"))
		other, err2 := w.exchangeCode(ctx, client, newCode(t, w, "other"))
		second, err3 := refresh(first.RefreshToken)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := w.exchangeCode(ctx, client, replay); !isInvalidGrant(err) {
				t.Errorf("replay: %v", err)
			}
		}
		for name, token := range map[string]string{"first": first.RefreshToken, "second": second} {
			if _, err := refresh(token); !isInvalidGrant(err) {
				t.Errorf("the %s refresh token: %v, want invalid_grant", name, err)
			}
		}
		if _, err := w.signIns.CheckAccess(ctx, first.AccessToken); err == nil {
			t.Error("the access token of the first use is still good")
		}
		if _, err := refresh(other.RefreshToken); err != nil {
			t.Errorf("the refresh token of another sign-in: %v", err)
		}
	}
}

// A code that was waiting when its user signed out everywhere is worth nothing.
func TestCodeOfAGlobalSignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, io.Discard, nil)
	form := newCode(t, w, "code")
	w.update(t, func(tx store.Tx) error {
		anaya, err := directory.GetUser(tx, w.pool, "anaya")
		if err != nil {
			return err
		}
		anaya.SignOuts++
		return directory.PutUser(tx, w.pool, anaya)
	})
	if answer, err := w.exchangeCode(t.Context(), w.client(t), form); !isInvalidGrant(err) {
		t.Errorf("%+v, %v", answer, err)
	}
}

// A session of one pool signs nobody in to another. A global sign-out leaves it
// alone, as AWS's page on GlobalSignOut has it.
func TestSessionOfAnotherPool(t *testing.T) {
	t.Parallel()
	w := newWorld(t, io.Discard, nil)
	for _, tc := range []struct {
		poolID   string
		signOuts int
		want     bool
	}{{testPool, 0, true}, {"eu-west-1_Other1", 0, false}, {testPool, 1, true}} {
		w.update(t, func(tx store.Tx) error {
			anaya, err := directory.GetUser(tx, w.pool, "anaya")
			if err != nil {
				return err
			}
			anaya.SignOuts = tc.signOuts
			return errors.Join(directory.PutUser(tx, w.pool, anaya), directory.PutSession(tx, "session", directory.Session{
				PoolID: tc.poolID, Username: anaya.Username, Sub: anaya.Sub, ExpiresAt: w.now().Add(time.Hour),
			}))
		})
		r := httptest.NewRequest(http.MethodGet, "/oauth2/authorize", nil)
		r.AddCookie(w.sessionCookie(testPool, "session", 1))
		if _, got, err := w.currentSession(r, w.pool); got != tc.want || err != nil {
			t.Errorf("%+v: %t, %v", tc, got, err)
		}
	}
}
