package userpool

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	testPool     = "us-east-1_Local0001"
	testCallback = "http://localhost:3000/callback"
)

// brokenStore cannot be reached, apart from its accounts where it says so.
type brokenStore struct {
	store
	accounts bool
}

var errBroken = errors.New("disk on fire")

func (b brokenStore) Account(ctx context.Context, poolID, username string) (account, error) {
	if b.accounts {
		return b.store.Account(ctx, poolID, username)
	}
	return account{}, errBroken
}
func (brokenStore) PutCode(context.Context, digest, authorizationCode) error { return errBroken }
func (brokenStore) TakeCode(context.Context, digest) (authorizationCode, error) {
	return authorizationCode{}, errBroken
}
func (brokenStore) RefreshToken(context.Context, digest) (refreshToken, error) {
	return refreshToken{}, errBroken
}
func (brokenStore) PutSession(context.Context, digest, session) error { return errBroken }
func (brokenStore) Session(context.Context, digest) (session, error)  { return session{}, errBroken }
func (brokenStore) DeleteSession(context.Context, digest) error       { return errBroken }

// "Could not find out" is neither "wrong password" nor "bad token", and its
// reason is for the log alone.
func TestStoreFailure(t *testing.T) {
	t.Parallel()
	for _, accounts := range []bool{false, true} {
		var log bytes.Buffer
		server, err := New(Config{PublicURL: "http://pool.test", Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		server.store = brokenStore{store: server.store, accounts: accounts}
		query := url.Values{"response_type": {"code"}, "client_id": {"local-client"}, "redirect_uri": {testCallback}, "state": {"s"}}.Encode()
		post := func(target string, form url.Values) *http.Request {
			r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(server.sessionCookie(server.pools[testPool], "x", 1))
			r.AddCookie(&http.Cookie{Name: formCookie, Value: "c"}) //nolint:gosec // as a request carries it
			return r
		}
		authorize := post("/oauth2/authorize?"+query, nil)
		authorize.Method = http.MethodGet
		logout := post("/logout?client_id=local-client&logout_uri=http%3A%2F%2Flocalhost%3A3000%2F", nil)
		logout.Method = http.MethodGet
		login := url.Values{"username": {"anaya"}, "password": {"Passw0rd!"}, formField: {server.formMAC("c")}}
		code := url.Values{"grant_type": {"authorization_code"}, "client_id": {"local-client"}, "redirect_uri": {testCallback}, "code": {"x"}}
		refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {"local-client"}, "refresh_token": {"x"}}
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
			{post("/oauth2/token", refresh), http.StatusInternalServerError, ""},
		} {
			rec := httptest.NewRecorder()
			server.ServeHTTP(rec, tc.r)
			if rec.Code != tc.status || rec.Header().Get("Location") != tc.location {
				t.Errorf("%s: %d to %q", tc.r.URL.Path, rec.Code, rec.Header().Get("Location"))
			}
			if body := rec.Body.String(); body != "" && body != `{"error":"server_error"}`+"\n" {
				t.Errorf("%s: %s", tc.r.URL.Path, body)
			}
		}
		if n := strings.Count(log.String(), errBroken.Error()); n != 5 {
			t.Errorf("the log names the reason %d times, want 5:\n%s", n, &log)
		}
	}
}

// A sign-in ends with its account; a new one of the same name does not inherit it.
func TestAccountGone(t *testing.T) {
	t.Parallel()
	server, err := New(Config{PublicURL: "http://pool.test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	g := grant{PoolID: testPool, ClientID: "local-client", Username: "anaya", Sub: "an earlier anaya", Scopes: []string{scopeOpenID}}
	end := time.Now().Add(time.Hour)
	if err := errors.Join(
		server.store.PutCode(ctx, digestOf("code"), authorizationCode{grant: g, RedirectURI: testCallback, ExpiresAt: end}),
		server.store.PutRefreshToken(ctx, digestOf("code"), digestOf("token"), refreshToken{grant: g, ExpiresAt: end}),
		server.store.PutSession(ctx, digestOf("session"), session{PoolID: testPool, Username: "anaya", Sub: g.Sub, ExpiresAt: end}),
	); err != nil {
		t.Fatal(err)
	}
	client := server.clients["local-client"]
	_, codeErr := server.exchangeCode(ctx, client, url.Values{"code": {"code"}, "redirect_uri": {testCallback}})
	_, refreshErr := server.exchangeRefreshToken(ctx, client, url.Values{"refresh_token": {"token"}})
	for name, err := range map[string]error{"code": codeErr, "refresh token": refreshErr} {
		if refusal, ok := errors.AsType[*tokenError](err); !ok || refusal.code != codeInvalidGrant {
			t.Errorf("%s: %v, want invalid_grant", name, err)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/oauth2/authorize", nil)
	r.AddCookie(server.sessionCookie(client.pool, "session", 1))
	if _, ok, err := server.currentSession(r, client.pool); ok || err != nil {
		t.Errorf("session: %t, %v", ok, err)
	}
}
