package cognito

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A pool is a configured user pool. It is immutable but for the memory of its
// issuers.
type pool struct {
	id        poolID
	clientIDs []string
	anyClient bool
	audiences []string
	issuers   []*issuer
}

// newPool makes the pool of a valid UserPool.
func (c *Config) newPool(up UserPool) (*pool, error) {
	id, err := up.parseID()
	//mutate:ignore validate has checked the ID
	if err != nil {
		return nil, err
	}
	p := &pool{
		id:        id,
		clientIDs: append([]string(nil), up.ClientIDs...),
		anyClient: up.InsecureSkipClientCheck,
		audiences: append([]string(nil), up.Audiences...),
	}
	if up.Issuer != "" {
		//mutate:ignore unchecked: validate has checked everything that NewRemote reads
		return p, c.addIssuer(p, up, up.Issuer, up.Issuer)
	}
	original, updated := id.issuers()
	address := func(region string) string {
		if up.FIPS {
			return id.fipsAddress(region)
		}
		return id.issuer(region)
	}
	err = errors.Join(c.addIssuer(p, up, original, address(id.region)), c.addIssuer(p, up, updated, updated))
	for _, region := range up.ReplicaRegions {
		err = errors.Join(err, c.addIssuer(p, up, id.issuer(region), address(region)))
	}
	if len(p.issuers) >= 2 && up.KeySet == nil {
		p.issuers[1].original = p.issuers[0]
	}
	return p, err
}

// addIssuer gives the pool an issuer whose key set is at address, unless the user
// pool brings its own.
//
// The updated issuer, the second one, has no key set in most pools: without a line for it in
// the log, WarmUp of a healthy pool is silent.
func (c *Config) addIssuer(p *pool, up UserPool, name, address string) error {
	keys := up.KeySet
	if keys == nil {
		mayBeAbsent := up.Issuer == "" && len(p.issuers) == 1
		config := keyset.RemoteConfig{
			URL:            strings.TrimSuffix(address, "/") + "/.well-known/jwks.json",
			HTTPClient:     c.HTTPClient,
			AllowPlainHTTP: up.InsecureAllowPlainHTTP,
			MayBeAbsent:    mayBeAbsent,
			Policy:         c.KeySetPolicy,
			Clock:          c.Clock,
			Logger:         c.Logger,
			Fetched:        c.fetchObserver(p.id, mayBeAbsent && len(up.Seeds[name].JWKS) == 0),
			Seed:           up.Seeds[name],
		}
		if c.KeySetDirectory != "" {
			config.CopyFile = filepath.Join(c.KeySetDirectory, copyName(p.id, config.URL))
		}
		remote, err := keyset.NewRemote(config)
		//mutate:ignore validate has checked everything that NewRemote reads
		if err != nil {
			return err
		}
		keys = remote
	}
	p.issuers = append(p.issuers, &issuer{name: name, own: up.Issuer != "", pool: p, keys: keys, ownKeys: up.KeySet != nil, seeded: len(up.Seeds[name].JWKS) > 0, clock: c.Clock})
	return nil
}

// fetchObserver reports the fetches for a pool to the observer. Where the set may be absent,
// the answer that it is absent is no failure, and not reported.
func (c *Config) fetchObserver(id poolID, mayBeAbsent bool) func(keyset.Fetch) {
	if c.Observer == nil || c.Observer.KeySetFetched == nil {
		return nil
	}
	fetched := c.Observer.KeySetFetched
	return func(f keyset.Fetch) {
		absent := f.Err != nil && (f.StatusCode == http.StatusForbidden || f.StatusCode == http.StatusNotFound) && f.SetFetchedAt.IsZero()
		if !mayBeAbsent || !absent {
			fetched(KeySetFetch{id.text, f})
		}
	}
}

// copyName returns the file name for the copy of the key set at address. The pool's
// ID is there for people. Which address it is of must show in it, or else the keys of
// an issuer of one's own would count for Amazon's issuers of the pool; on file systems
// that do not tell letters by case, too.
func copyName(id poolID, address string) string {
	sum := sha256.Sum256([]byte(address))
	return id.text + "." + hex.EncodeToString(sum[:8]) + ".json"
}

// An issuer is one of the names under which a pool issues tokens, with the keys
// that are published for it.
type issuer struct {
	name string
	own  bool // not one of Amazon's, but configured
	pool *pool
	keys keyset.Source

	ownKeys bool // keys are UserPool.KeySet, with a clock that is not known here
	seeded  bool // keys had a seed from UserPool.Seeds

	resolved *resolvedIssuer // nil: it was configured

	// original is, for a pool's updated issuer, the other one; nil for all others. Most
	// pools have never been switched to the updated issuer: Amazon answers 403 for its
	// key set, and no token can bear its name. The original issuer has one always, and
	// whoever answers 403 there is somebody else, on the way.
	original *issuer
	clock    keyset.Clock
	// absentUntil is when to ask again for a set that does not exist, in Unix
	// nanoseconds; 0 where that is not known.
	absentUntil atomic.Int64
}

// absentFor is how long an issuer is taken to have no key set after it said so.
const absentFor = 10 * time.Minute

// errContract is the error of a keyset.Source that an application wrote and that
// returns no key and no error, or a key with another name.
var errContract = errors.New("the key set's source returned neither the key that was asked for nor an error")

var errSourceEnded = errors.New("the key set's source ended the goroutine")

// key returns the key named id, or keyset.ErrKeyNotFound, or any other error where
// that could not be found out.
func (i *issuer) key(ctx context.Context, id string) (key *keyset.Key, err error) {
	err = i.ask(ctx, func() (err error) {
		key, err = i.keys.Key(ctx, id)
		if err == nil && (key == nil || key.ID() != id) {
			err = keyset.Unavailable(errContract, 0)
		}
		return err
	})
	return key, err
}

// load sees to it that keys are held. The error is keyset.ErrKeyNotFound where the
// pool does not use this issuer.
func (i *issuer) load(ctx context.Context) error {
	return i.ask(ctx, func() error { return i.keys.Load(ctx) })
}

// ask has question ask for the keys, unless they are known to be absent: the error is
// keyset.ErrKeyNotFound then. They are absent where this issuer says so while the
// pool's original one has a key set. Without that, the same answer may come from a
// proxy on the way, and tells nothing.
func (i *issuer) ask(ctx context.Context, question func() error) error {
	if i.absent() {
		return keyset.ErrKeyNotFound
	}
	err := question()
	if i.saysAbsent(ctx, err) && i.original.hasKeySet(ctx) {
		// Finding that out may have taken a while, in which somebody else had the set.
		if err = question(); i.saysAbsent(ctx, err) {
			i.absentUntil.Store(i.clock.Now().Add(absentFor).UnixNano())
			return keyset.ErrKeyNotFound
		}
	}
	if err == nil || errors.Is(err, keyset.ErrKeyNotFound) {
		if i.absentUntil.Load() != 0 { // read first: writers slow each other down
			i.absentUntil.Store(0)
		}
	}
	return err
}

// saysAbsent reports whether err means that there is no key set here. An issuer that
// was found unused stays so until its key set is there: that asking anew met an outage
// makes nothing of its tokens. Who gave up waiting has found out nothing.
func (i *issuer) saysAbsent(ctx context.Context, err error) bool {
	//mutate:ignore never: without an error there is none to examine
	if i.original == nil || err == nil || ctx.Err() != nil {
		return false
	}
	unavailable, ok := errors.AsType[*keyset.UnavailableError](err)
	return ok && (unavailable.Absent() || i.absentUntil.Load() != 0)
}

func (i *issuer) absent() bool {
	until := i.absentUntil.Load()
	if until == 0 {
		return false
	}
	left := time.Duration(until - i.clock.Now().UnixNano())
	//mutate:ignore boundary: at that moment the source waits before it asks again
	return left > 0 && left <= absentFor // a clock set back must not prolong it
}

// loadInto gives the result of load to set. It is for a goroutine of this package, in which
// no caller recovers: a source, and its clock, may be the application's, and each may panic
// or end the goroutine, as a test's FailNow does.
func (i *issuer) loadInto(ctx context.Context, set func(error)) {
	set(keyset.Unavailable(errSourceEnded, 0))
	defer func() {
		if p := recover(); p != nil {
			set(keyset.Unavailable(fmt.Errorf("the key set's source panicked with a value of type %T", p), 0))
		}
	}()
	set(i.load(ctx))
}

// load fetches the key sets of all issuers at once. The pool is ready when one is
// there; else the error is that of the first issuer, which is never an absent one.
func (p *pool) load(ctx context.Context) error {
	errs := make([]error, len(p.issuers))
	var all sync.WaitGroup
	for n, i := range p.issuers {
		all.Go(func() { i.loadInto(ctx, func(err error) { errs[n] = err }) })
	}
	all.Wait()
	for _, err := range errs {
		if err == nil {
			return nil
		}
	}
	return errs[0]
}

// issuers are the trusted ones.
type issuers struct {
	byName map[string]*issuer // by the value of iss
	names  []string           // what to say that iss must be
}

func (is *issuers) add(i *issuer) {
	if is.byName == nil {
		is.byName = map[string]*issuer{}
	}
	is.byName[i.name] = i
	name := "an issuer of the user pool " + quote(i.pool.id.text)
	if i.own {
		name = quote(i.name)
	}
	if !slices.Contains(is.names, name) {
		is.names = append(is.names, name)
	}
}

// of finds the trusted issuer that t names. Up to the signature, nothing of the
// payload is used but this choice, and no key set of any other issuer is asked for.
func (is *issuers) of(t *payload) (*issuer, *Error) {
	if err := t.known(claimIssuer, true); err != nil {
		return nil, err
	}
	i, trusted := is.byName[t.text[claimIssuer]]
	if !trusted {
		// The signature of the token is not checked yet, so its issuer can be any text. Only
		// the operator sees it, and the issuers that are trusted.
		return nil, refuse(ErrIssuerMismatch, "iss", "iss is not an issuer that is trusted here").
			expecting("iss must be %s; the token has %s", is.expected(), quote(t.text[claimIssuer]))
	}
	return i, nil
}

// expected names at most three of the trusted issuers, and says how many more there are.
//
//mutate:ignore it words a message
func (is *issuers) expected() string {
	const most = 3
	if len(is.names) == 0 {
		return "an issuer that is trusted here"
	}
	expected := strings.Join(is.names[:min(len(is.names), most)], " or ")
	if more := len(is.names) - most; more > 0 {
		expected += fmt.Sprintf(" or of %d more", more)
	}
	return expected
}
