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
	// errNoKey says that the address has no key of that name, as far as it can tell now.
	errNoKey  = errors.New("alb: no key of that name")
	errNotYet = errors.New("alb: the next attempt may not start yet")
)

// An unavailableError says that it could not be found out whether there is a key.
type unavailableError struct {
	cause error
	wait  time.Duration // until asking again may help, 0 where that is not known
}

func (e *unavailableError) Error() string { return e.cause.Error() }
func (e *unavailableError) Unwrap() error { return e.cause }

// keys are the public keys at one address, each fetched by its name. Its rules are
// those of decision 3, so far as they go for keys that come one by one:
//
//   - a held key is answered at once, and fetched anew behind that from 75 to 90 % of its
//     max age on; past that, who asks waits, unless the last attempt failed; past the
//     stale limit it is gone;
//   - unknown names and bad signatures cause a bounded number of fetches within each
//     cool-down, all senders together; what cannot be asked for is unavailable, and not
//     unknown;
//   - 404 is the answer that there is no such key, and withdraws one that is held. 403 is
//     the same from an object store, but a proxy on the way may give it to everything: it
//     counts for a key that is not held, once some key has been had from the address;
//     a held one stays up to its stale limit;
//   - any other answer is a failure, after which the address is left alone for a time that
//     doubles up to five minutes.
//
// Nothing runs and no timer is set while nobody asks.
type keys struct {
	address string
	curve   elliptic.Curve
	client  *http.Client
	policy  keyset.Policy
	budget  int // fetches that senders can cause within a cool-down
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

	window time.Time // when the cool-down that spent is counted in began
	spent  int

	failures int // in a row
	failedAt time.Time
	spacing  time.Duration // no fetch starts within it after failedAt

	proven bool      // whether a key was ever had from here
	last   time.Time // the clock's last reading
}

// held is a key that was fetched.
type held struct {
	key                  *ecdsa.PublicKey
	fetchedAt, refreshAt time.Time
	failed               bool // whether the last attempt to fetch it anew did
	used                 uint64
}

// absence is what is known about a name that no key was found under.
type absence struct {
	until time.Time
	sure  bool // whether the answer was 404
}

// A flight is one fetch, and whoever waits for it. Key and err are written before done
// is closed, and read after.
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

// get returns the key of that name, errNoKey, or an unavailableError. It waits where a
// fetch is needed for the answer, as long as ctx allows.
func (k *keys) get(ctx context.Context, id string) (*ecdsa.PublicKey, error) {
	key, f, err := k.consider(id) //nolint:contextcheck // a fetch belongs to no caller, and must not end with one's context
	if f == nil {
		return key, err
	}
	return f.wait(ctx, key)
}

// wait returns the outcome of the flight. Who runs out of time has what is answered
// while fetches fail, held, where there is one; who is cancelled has not: a client
// cancels by leaving, and must not have a withdrawn key accepted by that.
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

// consider answers as get does, or returns the flight to wait for, and then the key
// that is held meanwhile.
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
			f = nil // it goes on behind this answer
		}
		return h.key, f, nil
	}
	if a, ok := k.absent[id]; ok && now.Before(a.until) {
		return nil, nil, k.verdict(a)
	}
	if f := k.spend(id, now); f != nil {
		return nil, f, nil
	}
	return nil, nil, &unavailableError{errNotYet, k.untilNext(now)}
}

// replacement is asked after a signature under old did not hold. It returns the key
// that is now under that name, where that is another one, else nil. The error says that
// the caller gave up.
func (k *keys) replacement(ctx context.Context, id string, old *ecdsa.PublicKey) (*ecdsa.PublicKey, error) {
	key, f := k.reconsider(id, old) //nolint:contextcheck // as in get
	if f != nil {
		key, _ = f.wait(ctx, nil)
		if key == nil && ctx.Err() != nil {
			return nil, &unavailableError{cause: ctx.Err()}
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

// now reads the clock, and copes with one that was set back: what was to come counts
// from now. The wall clock is read, for the other one does not count the time for which
// a sandbox was suspended. The caller holds mu.
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

// usable returns what is held under the name and not past the stale limit, or nil. The
// caller holds mu.
func (k *keys) usable(id string, now time.Time) *held {
	h := k.held[id]
	if h != nil && !now.Before(h.fetchedAt.Add(k.policy.Stale)) {
		delete(k.held, id)
		return nil
	}
	return h
}

// verdict is what an absence means now. The caller holds mu.
func (k *keys) verdict(a absence) error {
	if a.sure || k.proven {
		return errNoKey
	}
	return &unavailableError{errForbidden, a.until.Sub(k.last)}
}

// untilNext returns how long it takes until a sender can cause a fetch. The caller
// holds mu.
func (k *keys) untilNext(now time.Time) time.Duration {
	wait := k.failedAt.Add(k.spacing).Sub(now)
	if k.spent >= k.budget {
		wait = max(wait, k.window.Add(k.policy.CoolDown).Sub(now))
	}
	return max(wait, 0)
}

// spend is start for a fetch that a sender caused. The caller holds mu.
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

// start returns the flight under way for the name, or a new one where one may start,
// else nil. The caller holds mu.
func (k *keys) start(id string, now time.Time) *flight {
	if f := k.flights[id]; f != nil {
		return f
	}
	if now.Before(k.failedAt.Add(k.spacing)) {
		return nil
	}
	f := &flight{done: make(chan struct{})}
	k.flights[id] = f
	go k.fly(id, f)
	return f
}
