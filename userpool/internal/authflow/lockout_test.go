package authflow_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// parallel is how many attempts are made at once, and allowed how many of them are free.
const parallel, allowed = 32, 5

// gatedStore calls functions before its transactions, if they are set.
type gatedStore struct {
	store.Store
	view, update func()
}

func (s *gatedStore) View(ctx context.Context, read func(store.Tx) error) error {
	if s.view != nil {
		s.view()
	}
	return s.Store.View(ctx, read)
}

func (s *gatedStore) Update(ctx context.Context, write func(store.Tx) error) error {
	if s.update != nil {
		s.update()
	}
	return s.Store.Update(ctx, write)
}

// rounds returns a function that waits until n goroutines have called it, again and again.
func rounds(n int) func() {
	var mu sync.Mutex
	waiting, open := 0, make(chan struct{})
	return func() {
		mu.Lock()
		mine := open
		if waiting++; waiting == n {
			waiting, open = 0, make(chan struct{})
			close(mine)
		}
		mu.Unlock()
		<-mine
	}
}

// A lockWorld is a pool with the user anaya.
type lockWorld struct {
	*authflow.Service
	pool   directory.Pool
	client directory.Client
	store  *gatedStore
}

func newLockWorld(t *testing.T) *lockWorld {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w := &lockWorld{pool: directory.Pool{ID: "us-east-1_Example01"}, store: &gatedStore{Store: store.NewMemory()}}
	w.client = directory.Client{ID: "web", PoolID: w.pool.ID, HideUnknownUsers: true}
	w.Service = authflow.New(authflow.Config{
		Store: w.store, Now: func() time.Time { return now }, Random: random.NewSource(rand.Reader), Logger: slog.New(slog.DiscardHandler),
	})
	password, err := w.NewPassword(w.pool, "anaya", "Right-passw0rd")
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(directory.PutPool(tx, w.pool), directory.PutClient(tx, w.client), directory.PutUser(tx, w.pool, directory.User{
			PoolID: w.pool.ID, Username: "anaya", Sub: "s", Status: directory.Confirmed, Password: password,
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// atOnce makes attempts and counts their errors. Each waits in front of a transaction until
// all others have come to theirs, as if there were a processor for each.
func (w *lockWorld) atOnce(attempt func(n int) error) (wrong, locked, fine int, others []error) {
	w.store.update = rounds(parallel)
	defer func() { w.store.update = nil }()
	results := make([]error, parallel)
	var all sync.WaitGroup
	for n := range parallel {
		all.Go(func() { results[n] = attempt(n) })
	}
	all.Wait()
	for _, err := range results {
		switch {
		case err == nil:
			fine++
		case errors.Is(err, authflow.ErrLocked):
			locked++
		case errors.Is(err, authflow.ErrWrongPassword), errors.Is(err, authflow.ErrNoUser):
			wrong++
		default:
			others = append(others, err)
		}
	}
	return wrong, locked, fine, others
}

// Attack: wrong passwords in parallel, to have more of them looked at than are allowed.
func TestParallelWrongPasswordsAreNoMoreThanSequentialOnes(t *testing.T) {
	for _, name := range []string{"anaya", "nobody"} {
		t.Run(name, func(t *testing.T) {
			w := newLockWorld(t)
			wrong, locked, fine, others := w.atOnce(func(int) error {
				_, err := w.CheckPassword(t.Context(), w.pool, name, "wrong")
				return err
			})
			if wrong != allowed || locked != parallel-allowed || fine != 0 || others != nil {
				t.Errorf("%d passwords were looked at and %d locked, want %d and %d; %d right, %v", wrong, locked, allowed, parallel-allowed, fine, others)
			}
		})
	}
}

// The same by SRP.
func TestParallelWrongProofsAreNoMoreThanSequentialOnes(t *testing.T) {
	for _, name := range []string{"anaya", "nobody"} {
		t.Run(name, func(t *testing.T) {
			w := newLockWorld(t)
			begun := make([]authflow.Handshake, parallel)
			for n := range begun {
				var err error
				if begun[n], err = w.BeginSRP(t.Context(), w.pool, w.client, name, strings.Repeat("ab", 100)); err != nil {
					t.Fatal(err)
				}
			}
			wrong, locked, fine, others := w.atOnce(func(n int) error {
				_, err := w.AnswerSRP(t.Context(), w.client, authflow.Proof{
					Username: begun[n].User, Block: begun[n].Block, Timestamp: "Sun Mar 1 12:00:00 UTC 2026", Signature: "d3Jvbmc=",
				})
				return err
			})
			if wrong != allowed || locked != parallel-allowed || fine != 0 || others != nil {
				t.Errorf("%d proofs were looked at and %d locked, want %d and %d; %d right, %v", wrong, locked, allowed, parallel-allowed, fine, others)
			}
		})
	}
}

// Attack: wrong passwords that are counted while the right one is being checked.
func TestRightPasswordWithoutAttemptsLeftIsLocked(t *testing.T) {
	w := newLockWorld(t)
	views := 0
	w.store.view = func() {
		if views++; views != 2 { // the second one follows the check
			return
		}
		w.store.view = nil
		for range allowed {
			if _, err := w.CheckPassword(t.Context(), w.pool, "anaya", "wrong"); !errors.Is(err, authflow.ErrWrongPassword) {
				t.Error(err)
			}
		}
	}
	if _, err := w.CheckPassword(t.Context(), w.pool, "anaya", "Right-passw0rd"); !errors.Is(err, authflow.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
}

// Sign-ins with the right password do not lock one another out.
func TestParallelRightPasswordsSucceed(t *testing.T) {
	w := newLockWorld(t)
	results := make([]error, parallel)
	var all sync.WaitGroup
	for n := range parallel {
		all.Go(func() { _, results[n] = w.CheckPassword(t.Context(), w.pool, "anaya", "Right-passw0rd") })
	}
	all.Wait()
	if err := errors.Join(results...); err != nil {
		t.Error(err)
	}
}
