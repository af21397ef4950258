package alb

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

var (
	// errNoKey means that the address has no key of that name.
	errNoKey  = errors.New("alb: no key of that name")
	errNotYet = errors.New("alb: the next fetch has to wait")
)

// An unavailableError means that it is unknown whether there is a key.
type unavailableError struct {
	cause error
	wait  time.Duration // until the next attempt, 0 if unknown
}

func (e *unavailableError) Error() string { return e.cause.Error() }
func (e *unavailableError) Unwrap() error { return e.cause }

// keys are the public keys at one address. Each is fetched by its name. The rules are
// those of decision 3, adapted to single keys:
//
//   - A key in memory is returned at once. From 75 to 90 % of its max age on, it is also
//     fetched again in the background. After its max age, callers wait for the fetch,
//     unless the last attempt failed. After the stale limit the key is dropped.
//   - Unknown names and bad signatures, of all clients together, cause a bounded number
//     of fetches within each cool-down. Beyond it, a name is unavailable, not unknown.
//   - 404 means that the key does not exist, and withdraws a key in memory. 403 means the
//     same from an object store, but a proxy may answer it to every request. It counts
//     for a key that is not in memory, once any key was fetched from the address. A key
//     in memory stays until its stale limit.
//   - Any other answer is a failure. The address then gets no request for a time that
//     doubles up to five minutes.
//
// No goroutine and no timer runs without a request.
type keys struct {
	address string
	curve   elliptic.Curve
	client  *http.Client
	policy  keyset.Policy
	budget  int // fetches that clients can cause within a cool-down
	most    int // keys that are held
	clock   keyset.Clock
	log     *slog.Logger
	jitter  func() float64

	// mu guards what follows. It is held for a few comparisons at a time, never during
	// input, output or logging.
	mu      sync.Mutex
	held    map[string]*held
	absent  map[string]absence // no more than budget allows in a cool-down, and then some
	flights map[string]*flight // the fetches under way, one for each name at the most
	uses    uint64

	window time.Time // the beginning of the cool-down in which spent counts
	spent  int

	failures int // in a row
	failedAt time.Time
	spacing  time.Duration // no fetch starts within it after failedAt

	proven bool      // whether any key was fetched from here
	last   time.Time // the clock's last reading
}

// held is a fetched key.
type held struct {
	key                  *ecdsa.PublicKey
	fetchedAt, refreshAt time.Time
	failed               bool // whether the last attempt to fetch it again failed
	used                 uint64
}

// absence is the knowledge about a name without a key.
type absence struct {
	until time.Time
	sure  bool // whether the answer was 404
}

// A flight is one fetch. Callers wait for done. key and err are written before it is
// closed.
type flight struct {
	done chan struct{}
	key  *ecdsa.PublicKey
	err  error
}

func newKeys(address string, curve elliptic.Curve, o *Options) *keys {
	return &keys{
		address: address, curve: curve, client: restrict(o.HTTPClient), policy: o.KeyPolicy, budget: o.KeyFetches, most: o.MaxKeys,
		clock: o.Clock, log: o.Logger.With("address", address), jitter: rand.Float64,
		held: map[string]*held{}, absent: map[string]absence{}, flights: map[string]*flight{},
	}
}

// get returns the key of that name, errNoKey, or an unavailableError. It waits for a
// fetch only if the answer needs one, and until ctx ends.
func (k *keys) get(ctx context.Context, id string) (*ecdsa.PublicKey, error) {
	key, f, err := k.consider(id) //nolint:contextcheck // a fetch belongs to no caller, and must not end with one's context
	if f == nil {
		return key, err
	}
	return f.wait(ctx, key)
}

// wait returns the outcome of the flight. A caller that runs out of time gets the key in
// memory, held, if there is one, as while fetches fail. A caller that is cancelled gets
// an error: clients cancel by disconnecting, and must not get a withdrawn key accepted
// that way.
func (f *flight) wait(ctx context.Context, held *ecdsa.PublicKey) (*ecdsa.PublicKey, error) {
	select {
	case <-f.done:
		return f.key, f.err
	case <-ctx.Done():
	}
	select {
	case <-f.done:
		return f.key, f.err
	default:
	}
	if held != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return held, nil
	}
	return nil, &unavailableError{cause: ctx.Err()}
}

// consider returns the result of get, or the flight to wait for with the key that is in
// memory.
func (k *keys) consider(id string) (*ecdsa.PublicKey, *flight, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if h := k.usable(id, now); h != nil {
		k.uses++
		h.used = k.uses
		if now.Before(h.refreshAt) {
			return h.key, nil, nil
		}
		f := k.start(id, now)
		if h.failed || now.Before(h.fetchedAt.Add(k.policy.MaxAge)) {
			f = nil // it continues in the background
		}
		return h.key, f, nil
	}
	if a := k.absent[id]; now.Before(a.until) {
		return nil, nil, k.verdict(a)
	}
	if f := k.spend(id, now); f != nil {
		return nil, f, nil
	}
	return nil, nil, &unavailableError{errNotYet, k.untilNext(now)}
}

// replacement is called after a signature failed with the key old. It returns the key
// that now has the name if it is another one, and nil otherwise. An error means that ctx
// ended.
func (k *keys) replacement(ctx context.Context, id string, old *ecdsa.PublicKey) (*ecdsa.PublicKey, error) {
	key, f := k.reconsider(id, old) //nolint:contextcheck // as in get
	if f != nil {
		key, _ = f.wait(ctx, nil)
		if err := ctx.Err(); err != nil {
			return nil, &unavailableError{cause: err}
		}
	}
	if key == old {
		return nil, nil
	}
	return key, nil
}

func (k *keys) reconsider(id string, old *ecdsa.PublicKey) (*ecdsa.PublicKey, *flight) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	h := k.usable(id, now)
	switch {
	case h == nil:
		return nil, nil
	case h.key != old:
		return h.key, nil
	case now.Before(h.fetchedAt.Add(k.policy.CoolDown)):
		return old, nil
	}
	return old, k.spend(id, now)
}

// now returns the time of the clock. If the clock was set back, times in the future
// become the current time. It uses the wall clock, because the monotonic clock does not
// count the time while a sandbox is suspended. The caller holds mu.
func (k *keys) now() time.Time {
	now := k.clock.Now().Round(0)
	if now.Before(k.last) {
		for _, h := range k.held {
			if now.Before(h.fetchedAt) {
				h.fetchedAt, h.refreshAt = now, now
			}
		}
		clear(k.absent)
		if now.Before(k.window) {
			k.window = now
		}
		if now.Before(k.failedAt) {
			k.failedAt = now
		}
	}
	k.last = now
	return now
}

// usable returns the key in memory that is not past its stale limit, or nil. The caller
// holds mu.
func (k *keys) usable(id string, now time.Time) *held {
	h := k.held[id]
	if h != nil && !now.Before(h.fetchedAt.Add(k.policy.Stale)) {
		//mutate:ignore it saves memory: a key past its limit is not used
		delete(k.held, id)
		return nil
	}
	return h
}

// verdict returns the error for an absent name. The caller holds mu.
func (k *keys) verdict(a absence) error {
	if a.sure || k.proven {
		return errNoKey
	}
	return &unavailableError{errForbidden, a.until.Sub(k.last)}
}

// untilNext returns the time until a client can cause the next fetch. The caller holds
// mu.
func (k *keys) untilNext(now time.Time) time.Duration {
	wait := k.failedAt.Add(k.spacing).Sub(now)
	if k.spent >= k.budget {
		wait = max(wait, k.window.Add(k.policy.CoolDown).Sub(now))
	}
	return max(wait, 0)
}

// spend starts a fetch that a client caused, within the budget. The caller holds mu.
func (k *keys) spend(id string, now time.Time) *flight {
	if f := k.flights[id]; f != nil {
		return f
	}
	if !now.Before(k.window.Add(k.policy.CoolDown)) {
		k.window, k.spent = now, 0
	}
	if k.spent >= k.budget {
		return nil
	}
	f := k.start(id, now)
	if f != nil {
		k.spent++
	}
	return f
}

// start returns the current flight for the name, or a new one if a fetch may start, or
// nil. The caller holds mu.
func (k *keys) start(id string, now time.Time) *flight {
	if f := k.flights[id]; f != nil {
		return f
	}
	if now.Before(k.failedAt.Add(k.spacing)) {
		return nil
	}
	f := &flight{done: make(chan struct{})}
	k.flights[id] = f
	go k.run(id, f)
	return f
}
