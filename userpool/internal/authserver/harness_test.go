package authserver

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
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
	testPool     = "us-east-1_Local0001"
	testCallback = "http://localhost:3000/callback"
	testPublic   = "http://pool.test"
)

// world is an authorization server with the public client "local-client" and the
// user anaya.
type world struct {
	*Server
	mux  *http.ServeMux
	pool directory.Pool

	mu       sync.Mutex // guards what follows
	messages []users.Message
	ahead    time.Duration // of the clock
}

// move moves the clock.
func (w *world) move(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// sent is the last message that was sent.
func (w *world) sent(t testing.TB) users.Message {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.messages) == 0 {
		t.Fatal("nothing was sent")
	}
	return w.messages[len(w.messages)-1]
}

// newWorld has the server reach its store through wrap, if that is not nil.
func newWorld(t testing.TB, log io.Writer, wrap func(store.Store) store.Store) *world {
	t.Helper()
	memory := store.NewMemory()
	pool := directory.Pool{ID: testPool, Name: "local", Password: directory.DefaultPasswordPolicy}
	err := memory.Update(t.Context(), func(tx store.Tx) error {
		if err := directory.PutPool(tx, pool); err != nil {
			return err
		}
		if err := directory.PutKeys(tx, testPool, sharedKeys()); err != nil {
			return err
		}
		client := directory.Client{
			ID: "local-client", PoolID: testPool, OAuthFlows: []string{directory.FlowCode},
			Scopes: []string{scopeOpenID, scopeEmail}, CallbackURLs: []string{testCallback},
			SignOutURLs:    []string{"http://localhost:3000/"},
			AccessValidity: time.Hour, IDValidity: time.Hour, RefreshValidity: 24 * time.Hour,
		}
		if err := directory.PutClient(tx, client); err != nil {
			return err
		}
		verifier, err := srp.NewVerifier(rand.Reader, pool.SRPName(), "anaya", "Passw0rd!")
		if err != nil {
			return err
		}
		return directory.PutUser(tx, pool, directory.User{
			PoolID: testPool, Username: "anaya", Sub: "the sub of anaya", Status: directory.Confirmed, Password: verifier,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	used := memory
	if wrap != nil {
		used = wrap(memory)
	}
	source := random.NewSource(rand.Reader)
	url := func(poolID string) string { return testPublic + "/" + poolID }
	w := &world{mux: http.NewServeMux(), pool: pool}
	logger := slog.New(slog.NewTextHandler(log, nil))
	keys := issuer.New(issuer.Config{Store: memory, Now: w.clock, Random: source, URL: url})
	signIns := authflow.New(authflow.Config{Store: used, Issuer: keys, Now: w.clock, Random: source, Logger: logger, Decoys: source.Bytes(32)})
	accounts := users.New(users.Config{
		Store: used, SignIns: signIns, Now: w.clock, Random: source, Logger: logger, Decoys: source.Bytes(32),
		Deliver: func(_ context.Context, m users.Message) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.messages = append(w.messages, m)
		},
	})
	w.Server = New(Config{PublicURL: testPublic, IssuerURL: url, SignIns: signIns, Accounts: accounts, Inspector: true})
	w.Register(w.mux)
	return w
}

func (w *world) update(t testing.TB, write func(store.Tx) error) {
	t.Helper()
	if err := w.store.Update(t.Context(), write); err != nil {
		t.Fatal(err)
	}
}

// client is the app of the tests.
func (w *world) client(t testing.TB) app {
	t.Helper()
	found, ok, err := w.findApp(t.Context(), "local-client")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	return found
}

// sharedKeys are made once: that is the slowest thing here.
var sharedKeys = sync.OnceValue(func() []byte {
	memory := store.NewMemory()
	keys := issuer.New(issuer.Config{
		Store: memory, Now: time.Now, Random: random.NewSource(rand.Reader), URL: func(id string) string { return id },
	})
	ctx := context.Background()
	if _, err := keys.KeySet(ctx, testPool); err != nil {
		panic(err)
	}
	var stored []byte
	err := memory.View(ctx, func(tx store.Tx) error {
		b, err := directory.GetKeys(tx, testPool)
		stored = append(stored, b...)
		return err
	})
	if err != nil {
		panic(err)
	}
	return stored
})
