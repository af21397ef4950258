package signin_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/signin"
)

// An exchangingStore changes the records that it returns.
type exchangingStore struct {
	signin.Store
	created []signin.Key
	change  func(mine, theirs *signin.Record)
}

// Create implements signin.Store.
func (e *exchangingStore) Create(ctx context.Context, r signin.Record) error {
	e.created = append(e.created, r.Key)
	return e.Store.Create(ctx, r)
}

// Load implements signin.Store.
func (e *exchangingStore) Load(ctx context.Context, key signin.Key) (signin.Record, error) {
	mine, err := e.Store.Load(ctx, key)
	if err != nil || e.change == nil {
		return mine, err
	}
	theirs, err := e.Store.Load(ctx, e.created[len(e.created)-1])
	e.change(&mine, &theirs)
	return mine, err
}

var errAway = errors.New("the store is away")

// A failingStore fails while it is away, or for some calls.
type failingStore struct {
	signin.Store
	mu     sync.Mutex
	loads  bool       // fail
	writes int        // of CompareAndSwap that fail
	reach  bool       // whether they reach the store all the same
	kept   signin.Key // whose Delete fails

	lockless bool // every process gets the lock
}

func (f *failingStore) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// Load implements signin.Store.
func (f *failingStore) Load(ctx context.Context, key signin.Key) (signin.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loads {
		return signin.Record{}, errAway
	}
	return f.Store.Load(ctx, key)
}

// Delete implements signin.Store.
func (f *failingStore) Delete(ctx context.Context, key signin.Key) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if key == f.kept {
		return errAway
	}
	return f.Store.Delete(ctx, key)
}

// CompareAndSwap implements signin.Store.
func (f *failingStore) CompareAndSwap(ctx context.Context, key signin.Key, version uint64, sealed []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writes > 0 {
		f.writes--
		if f.reach {
			_ = f.Store.CompareAndSwap(ctx, key, version, sealed)
		}
		return errAway
	}
	return f.Store.CompareAndSwap(ctx, key, version, sealed)
}

// Lock implements signin.Store.
func (f *failingStore) Lock(ctx context.Context, key signin.Key, holder string, ttl time.Duration) (bool, error) {
	if f.lockless {
		return true, nil
	}
	return f.Store.Lock(ctx, key, holder, ttl)
}

// A slowStore answers late, so that calls of several replicas overlap.
type slowStore struct{ signin.Store }

// Load implements signin.Store.
func (s slowStore) Load(ctx context.Context, key signin.Key) (signin.Record, error) {
	time.Sleep(5 * time.Millisecond)
	return s.Store.Load(ctx, key)
}
