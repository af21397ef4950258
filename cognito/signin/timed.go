package signin

import (
	"context"
	"time"
)

// storeTimeout limits each call of a store. A store on a connection that the network has
// dropped answers no more (half-open), and refreshes have no request that would end.
const storeTimeout = 5 * time.Second

// A timedStore limits the calls of a store.
type timedStore struct{ next Store }

var _ Store = timedStore{}

func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, storeTimeout)
}

func (t timedStore) Create(ctx context.Context, record Record) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Create(ctx, record)
}

func (t timedStore) Load(ctx context.Context, key Key) (Record, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Load(ctx, key)
}

func (t timedStore) CompareAndSwap(ctx context.Context, key Key, version uint64, sealed []byte) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.CompareAndSwap(ctx, key, version, sealed)
}

func (t timedStore) Touch(ctx context.Context, key Key, at time.Time) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Touch(ctx, key, at)
}

func (t timedStore) Delete(ctx context.Context, key Key) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Delete(ctx, key)
}

func (t timedStore) List(ctx context.Context, query Query) (Page, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.List(ctx, query)
}

func (t timedStore) Spend(ctx context.Context, id string, expires time.Time) (first bool, err error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Spend(ctx, id, expires)
}

func (t timedStore) Lock(ctx context.Context, key Key, holder string, ttl time.Duration) (taken bool, err error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Lock(ctx, key, holder, ttl)
}

func (t timedStore) Unlock(ctx context.Context, key Key, holder string) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return t.next.Unlock(ctx, key, holder)
}
