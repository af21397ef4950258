package issuer

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Rotation is a schedule of new keys. The zero value has none.
type Rotation struct {
	// Every is the age at which a pool's keys are replaced, at the first use after.
	Every time.Duration
	// Overlap is how long replaced keys stay in the key set.
	Overlap time.Duration
}

// retiredKey no longer signs, and is published until it ends.
type retiredKey struct {
	key *key
	end time.Time
}

// ring holds a pool's keys.
type ring struct {
	poolID string
	ready  chan struct{} // closed when the first pair is there, or has failed

	making sync.Mutex // held while new keys are made: one change at a time

	mu      sync.RWMutex // guards the fields below
	current keyPair
	retired []retiredKey // newest first
	err     error        // why there is no first pair
}

// maxPreparing bounds the pools whose keys [Issuer.Prepare] makes at a time.
const maxPreparing = 8

// Prepare has a pool's keys read, or made, in the background. It does nothing while many
// pools wait for their keys: the keys are then made when they are first needed.
func (i *Issuer) Prepare(poolID string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.rings[poolID] != nil || i.preparing >= maxPreparing {
		return
	}
	i.preparing++
	r := i.add(poolID)
	go func() {
		<-r.ready
		i.mu.Lock()
		defer i.mu.Unlock()
		i.preparing--
	}()
}

// Forget drops what is known of a pool that was deleted.
func (i *Issuer) Forget(poolID string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.rings, poolID)
}

func (i *Issuer) ring(poolID string) *ring {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r, ok := i.rings[poolID]; ok {
		return r
	}
	return i.add(poolID)
}

// add begins a ring. The caller holds i.mu.
func (i *Issuer) add(poolID string) *ring {
	r := &ring{poolID: poolID, ready: make(chan struct{})}
	i.rings[poolID] = r
	go i.fill(r)
	return r
}

// makePair makes keys when its turn comes, or returns an error when ctx ends before that.
func (i *Issuer) makePair(ctx context.Context, now time.Time) (keyPair, error) {
	select {
	case i.making <- struct{}{}:
	case <-ctx.Done():
		return keyPair{}, fmt.Errorf("waiting to make signing keys: %w", context.Cause(ctx))
	}
	defer func() { <-i.making }()
	return i.newPair(now)
}

// fill gives a new ring the keys that the store has, or else new ones.
func (i *Issuer) fill(r *ring) {
	defer close(r.ready)
	// Those who wait for the keys have contexts of their own; this is for all.
	ctx := context.Background()
	err := i.load(ctx, r)
	if errors.Is(err, store.ErrNotFound) {
		var pair keyPair
		if pair, err = i.makePair(ctx, i.cfg.Now()); err == nil {
			err = i.keep(ctx, r, pair, nil)
		}
	}
	if err == nil {
		return
	}
	// The next to ask tries again.
	i.mu.Lock()
	if i.rings[r.poolID] == r {
		delete(i.rings, r.poolID)
	}
	i.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// get returns the ring once it has keys, and sees to the schedule.
func (i *Issuer) get(ctx context.Context, poolID string) (*ring, error) {
	r := i.ring(poolID) //nolint:contextcheck // keys are made for all requests to come
	select {
	case <-r.ready:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for signing keys: %w", context.Cause(ctx))
	}
	r.mu.RLock()
	err, createdAt := r.err, r.current.createdAt
	r.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	if due := i.cfg.Rotation.Every; due > 0 && i.cfg.Now().Sub(createdAt) >= due {
		err = i.rotateRing(ctx, r, i.cfg.Rotation.Overlap, func(p keyPair) bool { return p.createdAt.Equal(createdAt) }, "")
	}
	return r, err
}

// signing returns the pair that signs now.
func (i *Issuer) signing(ctx context.Context, poolID string) (keyPair, error) {
	r, err := i.get(ctx, poolID)
	if err != nil {
		return keyPair{}, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.current, nil
}

// KeySet returns the pool's public keys that verify at this moment. It waits for
// the first ones while ctx lasts.
func (i *Issuer) KeySet(ctx context.Context, poolID string) ([]JWK, error) {
	keys, err := i.published(ctx, poolID)
	if err != nil {
		return nil, err
	}
	set := make([]JWK, len(keys))
	for n, k := range keys {
		set[n] = k.public
	}
	return set, nil
}

func (i *Issuer) published(ctx context.Context, poolID string) ([]*key, error) {
	r, err := i.get(ctx, poolID)
	if err != nil {
		return nil, err
	}
	now := i.cfg.Now()
	r.mu.RLock()
	defer r.mu.RUnlock()
	keys := []*key{r.current.id, r.current.access}
	for _, old := range r.retired {
		if now.Before(old.end) {
			keys = append(keys, old.key)
		}
	}
	return keys, nil
}

// Rotate gives a pool a new pair of keys and keeps the old ones in its key set for
// overlap; 0 withdraws them at once. It fails if ctx ends before the new keys are
// in place: then nothing changed.
func (i *Issuer) Rotate(ctx context.Context, poolID string, overlap time.Duration) error {
	r, err := i.get(ctx, poolID)
	if err != nil {
		return err
	}
	return i.rotateRing(ctx, r, overlap, func(keyPair) bool { return true }, "")
}

// ErrNoSuchKey says that a key set has no key of that name.
var ErrNoSuchKey = errors.New("the key set has no such key")

// Withdraw takes the key kid out of a pool's key set at once, as after a leak. Where
// it is one that signs, a new pair takes over, and the pair's other key stays in
// the set for a day.
func (i *Issuer) Withdraw(ctx context.Context, poolID, kid string) error {
	r, err := i.get(ctx, poolID)
	if err != nil {
		return err
	}
	keys, err := i.published(ctx, poolID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(keys, func(k *key) bool { return k.id == kid }) {
		return ErrNoSuchKey
	}
	signs := func(p keyPair) bool { return p.id.id == kid || p.access.id == kid }
	return i.rotateRing(ctx, r, 24*time.Hour, signs, kid)
}

// rotateRing makes a new pair if the current one is due, and drops the key named
// withdrawn and those whose time is over.
func (i *Issuer) rotateRing(ctx context.Context, r *ring, overlap time.Duration, due func(keyPair) bool, withdrawn string) error {
	r.making.Lock()
	defer r.making.Unlock()
	r.mu.RLock()
	pair, known := r.current, r.retired
	r.mu.RUnlock()
	at := i.cfg.Now()
	var retired []retiredKey
	if due(pair) {
		// A withdrawn key is forgotten: a clock that is set back must not revive it.
		if overlap > 0 {
			retired = append(retired, retiredKey{pair.id, at.Add(overlap)}, retiredKey{pair.access, at.Add(overlap)})
		}
		var err error
		if pair, err = i.makePair(ctx, at); err != nil {
			return err
		}
	}
	for _, old := range known {
		if at.Before(old.end) {
			retired = append(retired, old)
		}
	}
	retired = slices.DeleteFunc(retired, func(k retiredKey) bool { return k.key.id == withdrawn })
	if ctx.Err() != nil {
		return fmt.Errorf("rotating keys: %w", context.Cause(ctx))
	}
	return i.keep(ctx, r, pair, retired)
}

// storedKeys is a ring as the store keeps it: keys in PKCS #8.
type storedKeys struct {
	CreatedAt time.Time
	ID        []byte
	Access    []byte
	Retired   []storedRetired `json:",omitempty"`
}

type storedRetired struct {
	Key []byte
	End time.Time
}

// keep stores the keys and then uses them.
func (i *Issuer) keep(ctx context.Context, r *ring, pair keyPair, retired []retiredKey) error {
	var faults []error
	der := func(k *key) []byte {
		b, err := x509.MarshalPKCS8PrivateKey(k.private)
		faults = append(faults, err)
		return b
	}
	stored := storedKeys{CreatedAt: pair.createdAt, ID: der(pair.id), Access: der(pair.access)}
	for _, old := range retired {
		stored.Retired = append(stored.Retired, storedRetired{der(old.key), old.end})
	}
	b, err := json.Marshal(stored)
	if err := errors.Join(append(faults, err)...); err != nil {
		return fmt.Errorf("encoding signing keys: %w", err)
	}
	err = i.cfg.Store.Update(ctx, func(tx store.Tx) error { return directory.PutKeys(tx, r.poolID, b) })
	if err != nil {
		return fmt.Errorf("keeping signing keys: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.retired = pair, retired
	return nil
}

func (i *Issuer) load(ctx context.Context, r *ring) error {
	var stored storedKeys
	err := i.cfg.Store.View(ctx, func(tx store.Tx) error {
		b, err := directory.GetKeys(tx, r.poolID)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, &stored)
	})
	if err != nil {
		return fmt.Errorf("reading signing keys: %w", err)
	}
	var faults []error
	parse := func(der []byte) *key {
		parsed, err := x509.ParsePKCS8PrivateKey(der)
		private, ok := parsed.(*rsa.PrivateKey)
		if !ok {
			faults = append(faults, err, errors.New("a signing key in the store is not an RSA key"))
			return nil
		}
		return keyOf(private)
	}
	pair := keyPair{id: parse(stored.ID), access: parse(stored.Access), createdAt: stored.CreatedAt}
	var retired []retiredKey
	for _, old := range stored.Retired {
		retired = append(retired, retiredKey{parse(old.Key), old.End})
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.retired = pair, retired
	return nil
}
