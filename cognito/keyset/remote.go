package keyset

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A RemoteConfig says where a [Remote] gets its set, and how. URL is mandatory.
type RemoteConfig struct {
	// URL is the address of the JSON Web Key Set. It is https, or http where the
	// host is a loopback address (localhost, 127.0.0.0/8 or ::1) or AllowPlainHTTP is
	// set; it has no user name, password or fragment. It appears
	// in errors and logs.
	URL string

	// HTTPClient fetches the set. Set it for a certificate authority or a proxy of
	// your own. It is copied and not modified. The copy follows at most three
	// redirects, and only within the origin of URL; the client's own CheckRedirect
	// can refuse more of them. Its transport must end a request when the request's
	// context is done. Default: a client that uses the environment's proxy settings
	// and keeps no connections.
	HTTPClient *http.Client

	// AllowPlainHTTP allows an http URL to other hosts than loopback. An attacker
	// on the network can then replace the keys and make any token valid.
	AllowPlainHTTP bool

	// Policy says when the set is refreshed. Default: its own.
	Policy Policy

	// CopyFile is the path of a file that keeps the last good answer, for starts
	// without network. Its age counts from its time of modification. Under
	// Policy.MaxAge it is used without a fetch, under Policy.Stale if the first
	// fetch fails, and not at all if it is older. A time in the future counts as
	// one Policy.MaxAge ago.
	//
	// A program that can write the file can make any token valid. If two addresses
	// shared a file, the keys of one would be accepted for the other. So each
	// address needs a file of its own, in a directory that only this program's
	// user can write. Default: no file.
	CopyFile string

	// MayBeAbsent says that an address without a key set is no fault: as long as there was
	// none, an answer of 403 or 404 is logged at Debug instead of Warn. It is for the updated
	// issuer of a user pool, to which most pools are not switched.
	MayBeAbsent bool

	// Seed is a key set for the time before the first fetch. A copy in CopyFile is used in
	// its place for as long as the copy is not too old. Default: none.
	Seed Seed

	// Clock returns the time and does all waiting. Default: the system's.
	Clock Clock

	// Logger logs failed fetches and recovery. No token is logged; this package
	// has none. Default: nothing is logged.
	Logger *slog.Logger

	// Fetched, if set, is called after each fetch, and after a set was read from
	// CopyFile. It is called from the goroutine of the fetch, after the result is in
	// use. If a copy was read and then a fetch made, both calls follow the fetch. Calls may
	// overlap if one takes longer than the next fetch. A panic in it is logged, by the type
	// of its value. No lookup waits for it; [Remote.Load] does.
	Fetched func(Fetch)

	// Jitter returns numbers from 0 to 1 that spread the refreshing of many
	// processes. It is called by one goroutine at a time. Default: random.
	Jitter func() float64
}

// Remote is a [Source] that keeps the set of an address.
//
// A lookup refreshes a set in the background when it is older than 75 to 90 % of its max
// age, and returns the present key. A set that is older than its max age is refreshed
// before it is used. If that fails, or takes longer than the caller's deadline, the old set
// stays in use, up to Policy.Stale after its fetch, and attempts continue with their
// back-off. Unknown key names and bad signatures refresh the set too, at most once per
// Policy.CoolDown. A good answer replaces the whole set. Any other answer does not change
// it.
//
// With a [Seed] the first lookup is answered from that, while the first fetch runs.
//
// Only lookups start a refresh. Without lookups nothing runs and no timer is set, so there
// is nothing to close. There is at most one fetch at a time, and it belongs to no caller: a
// caller that waits stops waiting with its own context, and the fetch continues for the
// others.
//
// Make one with [NewRemote]. The zero Remote, and nil, have no key set: each lookup is an
// [UnavailableError].
type Remote struct {
	url     string
	client  *http.Client
	policy  Policy
	copies  *copyFile // nil: none
	clock   Clock
	log     *slog.Logger
	absent  slog.Level  // of the line about a set that was never there
	fetched func(Fetch) // nil: no observer
	jitter  func() float64

	// current is what lookups of known names read without a lock. It is written
	// under state.mu only.
	current atomic.Pointer[view]
	state   state
}

var _ Source = (*Remote)(nil)

// NewRemote returns a Source for the address in config. It asks for nothing yet,
// and does not touch CopyFile. The error joins every fault of config, each a
// [*ConfigError].
func NewRemote(config RemoteConfig) (*Remote, error) {
	faults := configerror.In("keyset", "RemoteConfig")
	origin, reason := address.Parse(config.URL, address.Rules{Path: true, Query: true, PlainHTTP: config.AllowPlainHTTP})
	if reason != "" {
		faults.Add("URL", "%s", reason)
	}
	config.Policy.validate(faults.At("Policy"))
	seed := config.Seed.parse(faults.At("Seed"))
	if err := faults.Err(); err != nil {
		return nil, err
	}
	r := &Remote{
		url:     config.URL,
		client:  restrict(config.HTTPClient, origin),
		policy:  config.Policy.WithDefaults(),
		clock:   orSystem(config.Clock),
		log:     orDiscard(config.Logger).With("url", config.URL),
		absent:  slog.LevelWarn,
		fetched: config.Fetched,
		jitter:  config.Jitter,
	}
	if config.MayBeAbsent {
		r.absent = slog.LevelDebug
	}
	if r.jitter == nil {
		r.jitter = rand.Float64
	}
	if config.CopyFile != "" {
		r.copies = &copyFile{path: config.CopyFile}
	}
	if seed != nil {
		r.plant(seed, config.Seed.UsableFor)
	}
	return r, nil
}

// isMade reports whether r comes from NewRemote.
func (r *Remote) isMade() bool { return r != nil && r.clock != nil }

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// Key implements [Source].
func (r *Remote) Key(ctx context.Context, id string) (*Key, error) {
	switch {
	case !r.isMade():
		return nil, errNotMade
	case id == "":
		return nil, ErrKeyNotFound
	}
	// The view comes first: read after the time, it could be of a set fetched
	// later, and the clock would seem to have been set back.
	//mutate:ignore never: it saves time, and the state gives the same answer
	if v := r.current.Load(); v != nil && v.covers(r.clock.Now()) {
		if key, ok := v.set.Key(id); ok {
			return key, nil
		}
	}
	return r.findKey(ctx, id)
}

// findKey is apart from Key because its closure would cost the fast path an
// allocation.
func (r *Remote) findKey(ctx context.Context, id string) (*Key, error) {
	known := func(set *Set) bool {
		_, ok := set.Key(id)
		return ok
	}
	set, err := r.obtain(ctx, known, false)
	if set != nil {
		if key, ok := set.Key(id); ok {
			return key, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return nil, ErrKeyNotFound
}

// Replacement implements [Source]. The error, an [*UnavailableError], says that no
// usable set is held or that the caller gave up waiting.
func (r *Remote) Replacement(ctx context.Context, old *Key) (*Key, error) {
	switch {
	case !r.isMade():
		return nil, errNotMade
	case old == nil:
		return nil, nil
	}
	set, err := r.obtain(ctx, func(set *Set) bool { return set.replacement(old) != nil }, false)
	if set == nil {
		return nil, err
	}
	return set.replacement(old), nil
}

// Holds implements [Source].
func (r *Remote) Holds(key *Key, now time.Time) bool {
	return r != nil && r.current.Load().holds(key, now)
}

// Load implements [Source]: nil means that keys are held that may be used now. It
// waits for a fetch where that is due and may start, and until its copy is
// written.
func (r *Remote) Load(ctx context.Context) error {
	if !r.isMade() {
		return errNotMade
	}
	_, err := r.obtain(ctx, func(*Set) bool { return true }, true)
	return err
}
