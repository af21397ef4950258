package authserver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// brokenStore can be read and not be written.
type brokenStore struct{ store.Store }

var errBroken = errors.New("disk on fire")

func (brokenStore) Update(context.Context, func(store.Tx) error) error { return errBroken }

// deadStore fails whatever it is asked once it is dead.
type deadStore struct {
	store.Store
	dead *bool
}

func (d deadStore) View(ctx context.Context, read func(store.Tx) error) error {
	if *d.dead {
		return errBroken
	}
	return d.Store.View(ctx, read)
}

func (d deadStore) Update(ctx context.Context, write func(store.Tx) error) error {
	if *d.dead {
		return errBroken
	}
	return d.Store.Update(ctx, write)
}

// "Could not find out" is neither "wrong password" nor "bad token", and its
// reason is for the log alone.
func TestStoreFailure(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newWorld(t, &log, func(s store.Store) store.Store { return brokenStore{s} })
	query := url.Values{"response_type": {"code"}, "client_id": {"local-client"}, "redirect_uri": {testCallback}, "state": {"s"}}.Encode()
	w.giveSession(t)
	post := func(target string, form url.Values) *http.Request {
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(w.sessionCookie(testPool, "x", 1))
		r.AddCookie(&http.Cookie{Name: formCookie, Value: "c"}) //nolint:gosec // as a request carries it
		return r
	}
	authorize := post("/oauth2/authorize?"+query, nil)
	authorize.Method = http.MethodGet
	logout := post("/logout?client_id=local-client&logout_uri=http%3A%2F%2Flocalhost%3A3000%2F", nil)
	logout.Method = http.MethodGet
	login := url.Values{"username": {"anaya"}, "password": {"Passw0rd!"}, formField: {w.formMAC("c")}}
	code := url.Values{"grant_type": {"authorization_code"}, "client_id": {"local-client"}, "redirect_uri": {testCallback}, "code": {"x"}}
	revoke := url.Values{"client_id": {"local-client"}, "token": {"x"}}
	const back = testCallback + "?error_description=the+server+failed&error=server_error&state=s"
	for _, tc := range []struct {
		r        *http.Request
		status   int
		location string
	}{
		{authorize, http.StatusFound, back},
		{post("/login?"+query, login), http.StatusFound, back},
		{logout, http.StatusFound, "/error?error=server_error&client_id=local-client"},
		{post("/oauth2/token", code), http.StatusInternalServerError, ""},
		{post("/oauth2/revoke", revoke), http.StatusInternalServerError, ""},
	} {
		w.expect(t, tc.r, tc.status, tc.location)
	}
	if n := strings.Count(log.String(), errBroken.Error()); n != 5 {
		t.Errorf("the log names the reason %d times, want 5:\n%s", n, &log)
	}
}

// giveSession signs the browser with the cookie "x" in, past a store that fails.
func (w *world) giveSession(t *testing.T) {
	t.Helper()
	broken, ok := w.store.(brokenStore)
	if !ok {
		t.Fatal("the store is whole")
	}
	err := broken.Store.Update(t.Context(), func(tx store.Tx) error {
		return directory.PutSession(tx, "x", directory.Session{
			PoolID: testPool, Username: "anaya", Sub: "the sub of anaya", ExpiresAt: w.now().Add(time.Hour),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) expect(t *testing.T, r *http.Request, status int, location string) {
	t.Helper()
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	if rec.Code != status || rec.Header().Get("Location") != location {
		t.Errorf("%s: %d to %q", r.URL.Path, rec.Code, rec.Header().Get("Location"))
	}
	if body := rec.Body.String(); body != "" && body != `{"error":"server_error"}`+"\n" {
		t.Errorf("%s: %s", r.URL.Path, body)
	}
}

// Where nothing can be read, not even the client's return address is known.
func TestFailureOfTheStoreIsAServerError(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	dead := false
	w := newWorld(t, &log, func(s store.Store) store.Store { return deadStore{s, &dead} })
	dead = true
	for path, want := range map[string]int{
		"/oauth2/authorize?client_id=local-client": http.StatusFound,
		"/logout?client_id=local-client":           http.StatusFound,
		"/oauth2/userInfo":                         http.StatusInternalServerError,
		"/" + testPool + "/.well-known/jwks.json":  http.StatusServiceUnavailable,
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer e30.eyJpc3MiOiJ4L3kifQ.x")
		location := ""
		if want == http.StatusFound {
			location = "/error?error=server_error"
		}
		w.expect(t, r, want, location)
	}
	if n := strings.Count(log.String(), errBroken.Error()); n != 4 {
		t.Errorf("the log names the reason %d times, want 4:\n%s", n, &log)
	}
}

// A sign-in ends with its account; a new one of the same name does not inherit it.
func TestSignInEndsWithItsUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, io.Discard, nil)
	ctx, client := t.Context(), w.client(t)
	form := newCode(t, w, "code")
	answer, err := w.exchangeCode(ctx, client, newCode(t, w, "earlier"))
	if err != nil {
		t.Fatal(err)
	}
	w.update(t, func(tx store.Tx) error {
		anaya, err := directory.GetUser(tx, w.pool, "anaya")
		if err != nil {
			return err
		}
		if err := directory.PutSession(tx, "session", directory.Session{
			PoolID: testPool, Username: "anaya", Sub: anaya.Sub, ExpiresAt: w.now().Add(time.Hour),
		}); err != nil {
			return err
		}
		if err := directory.DeleteUser(tx, w.pool, anaya); err != nil {
			return err
		}
		anaya.Sub = "another"
		return directory.PutUser(tx, w.pool, anaya)
	})
	_, codeErr := w.exchangeCode(ctx, client, form)
	_, refreshErr := w.exchangeRefreshToken(ctx, client, url.Values{"refresh_token": {answer.RefreshToken}})
	for name, err := range map[string]error{"code": codeErr, "refresh token": refreshErr} {
		if !isInvalidGrant(err) {
			t.Errorf("%s: %v, want invalid_grant", name, err)
		}
	}
	if _, err := w.signIns.CheckAccess(ctx, answer.AccessToken); err == nil {
		t.Error("the access token is still good")
	}
	r := httptest.NewRequest(http.MethodGet, "/oauth2/authorize", nil)
	r.AddCookie(w.sessionCookie(testPool, "session", 1))
	if _, ok, err := w.currentSession(r, w.pool); ok || err != nil {
		t.Errorf("session: %t, %v", ok, err)
	}
}
