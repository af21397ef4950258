package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

const (
	testPoolID   = "us-east-1_Local0001"
	testPassword = "Passw0rd!"
)

// world is an API over a memory store, with a clock that stands still until it is
// moved: one pool with the public client "web", the confidential client "backend"
// (secret "backend-secret"), both with every flow allowed, and the confirmed user
// "anaya" in the group "staff".
type world struct {
	*API
	t        testing.TB
	store    store.Store
	issuer   *issuer.Issuer
	signIns  *authflow.Service
	accounts *users.Service
	log      *bytes.Buffer

	mu   sync.Mutex
	now  time.Time
	sent []users.Message // what was delivered
}

// ring is shared by all worlds: making RSA keys is the slowest thing here.
var sharedKeys = sync.OnceValue(func() []byte {
	s := store.NewMemory()
	i := issuer.New(issuer.Config{
		Store: s, Now: time.Now, Random: random.NewSource(rand.Reader), URL: func(id string) string { return id },
	})
	if _, err := i.KeySet(bg, testPoolID); err != nil {
		panic(err)
	}
	var keys []byte
	err := s.View(bg, func(tx store.Tx) error {
		b, err := directory.GetKeys(tx, testPoolID)
		keys = bytes.Clone(b)
		return err
	})
	if err != nil {
		panic(err)
	}
	return keys
})

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, store: store.NewMemory(), log: &bytes.Buffer{}, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	source := random.NewSource(rand.Reader)
	w.issuer = issuer.New(issuer.Config{
		Store: w.store, Now: w.clock, Random: source,
		URL: func(id string) string { return "http://pool.test/" + id },
	})
	logger := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.signIns = authflow.New(authflow.Config{Store: w.store, Issuer: w.issuer, Now: w.clock, Random: source, Logger: logger})
	w.accounts = users.New(users.Config{
		Store: w.store, SignIns: w.signIns, Now: w.clock, Random: source, Logger: logger, Deliver: w.deliver,
	})
	w.API = New(Config{
		Accounts: w.accounts,
		Store:    w.store, SignIns: w.signIns, Now: w.clock, Random: source, Logger: logger, PublicURL: "http://pool.test",
	})
	w.update(func(tx store.Tx) error {
		if err := directory.PutKeys(tx, testPoolID, sharedKeys()); err != nil {
			return err
		}
		return w.seed(tx)
	})
	return w
}

func (w *world) seed(tx store.Tx) error {
	pool := directory.Pool{ID: testPoolID, Name: "local", Password: directory.DefaultPasswordPolicy, AnyCustom: true, CreatedAt: w.now, ModifiedAt: w.now}
	if err := directory.PutPool(tx, pool); err != nil {
		return err
	}
	if err := directory.PutGroup(tx, directory.Group{PoolID: pool.ID, Name: "staff", CreatedAt: w.now, ModifiedAt: w.now}); err != nil {
		return err
	}
	for _, c := range []directory.Client{{ID: "web", Name: "web"}, {ID: "backend", Name: "backend", Secret: "backend-secret"}} {
		c.PoolID = pool.ID
		c.AuthFlows = []string{
			"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
			"ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH",
		}
		c.AccessValidity, c.IDValidity, c.RefreshValidity = time.Hour, time.Hour, 30*24*time.Hour
		c.ChallengeValidity = 3 * time.Minute
		c.HideUnknownUsers = true
		if err := directory.PutClient(tx, c); err != nil {
			return err
		}
	}
	verifier, err := srp.NewVerifier(rand.Reader, pool.SRPName(), "anaya", testPassword)
	if err != nil {
		return err
	}
	return directory.PutUser(tx, pool, directory.User{
		PoolID: pool.ID, Username: "anaya", Sub: "0d8e3d2c-4c1f-4f5e-9d33-7a0f3d2a9b11", Status: directory.Confirmed,
		Password: verifier, Groups: []string{"staff"}, CreatedAt: w.now, ModifiedAt: w.now,
		Attributes: map[string]string{"email": "anaya@example.com", "email_verified": "true"},
	})
}

func (w *world) update(write func(store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(bg, write); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// post sends a body to an action as it is.
func (w *world) post(action, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", targetPrefix+action)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// deliver keeps what a real pool would send.
func (w *world) deliver(_ context.Context, m users.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, m)
}

// fields is the JSON of a request or an answer.
type fields = map[string]any

// call sends in to an action and returns what it answers, or fails the test.
func (w *world) call(action string, in fields) fields {
	w.t.Helper()
	out, err := w.try(action, in)
	if err != nil {
		w.t.Fatalf("%s: %v", action, err)
	}
	return out
}

// try sends in to an action; a refusal is of type *Error.
func (w *world) try(action string, in fields) (fields, error) {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	rec := w.post(action, string(body))
	if rec.Code == http.StatusOK {
		var out fields
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			w.t.Fatalf("%s answered %q: %v", action, rec.Body, err)
		}
		return out, nil
	}
	var refusal struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &refusal); err != nil || refusal.Type == "" {
		w.t.Fatalf("%s answered %d %q: %v", action, rec.Code, rec.Body, err)
	}
	if rec.Code != http.StatusBadRequest {
		w.t.Fatalf("%s answered %d %s", action, rec.Code, rec.Body)
	}
	if got := rec.Header().Get("x-amzn-ErrorType"); got != refusal.Type+":" {
		w.t.Errorf("%s: x-amzn-ErrorType is %q for %s", action, got, refusal.Type)
	}
	return nil, &Error{refusal.Type, refusal.Message}
}
