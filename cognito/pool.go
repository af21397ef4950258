package cognito

import (
	"context"
	"errors"
	"fmt"
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

// An issuer is one of the names under which a pool issues tokens, with the keys
// that are published for it.
type issuer struct {
	name string
	own  bool // not one of Amazon's, but configured
	pool *pool
	keys keyset.Source

	// sibling is the pool's other issuer, nil where there is none. Most pools have
	// never been switched to the updated issuer: Amazon answers 403 for its key set,
	// and no token can bear its name.
	sibling *issuer
	clock   keyset.Clock
	// absentUntil is when to ask again for a set that does not exist, in Unix
	// nanoseconds; 0 where that is not known.
	absentUntil atomic.Int64
}

// absentFor is how long an issuer is taken to have no key set after it said so.
const absentFor = 10 * time.Minute

// key returns the key named id, or keyset.ErrKeyNotFound, or any other error where
// that could not be found out.
func (i *issuer) key(ctx context.Context, id string) (*keyset.Key, error) {
	if i.absent() {
		return nil, keyset.ErrKeyNotFound
	}
	key, err := i.keys.Key(ctx, id)
	if err == nil || errors.Is(err, keyset.ErrKeyNotFound) {
		if i.absentUntil.Load() != 0 { // read first: writers slow each other down
			i.absentUntil.Store(0)
		}
		return key, err
	}
	if !i.notSwitched(ctx, err) {
		return nil, err
	}
	// Finding that out may have taken a while, in which somebody else had the set.
	key, err = i.keys.Key(ctx, id)
	var unavailable *keyset.UnavailableError
	if !errors.As(err, &unavailable) {
		return key, err
	}
	i.absentUntil.Store(i.clock.Now().Add(absentFor).UnixNano())
	return nil, keyset.ErrKeyNotFound
}

// notSwitched reports whether err means that the pool does not use this issuer: it
// has no key set, while the pool's other issuer has one. Without that, the same
// answer may come from a proxy on the way, and tells nothing. An issuer that was
// found unused stays so until its key set is there: that asking anew met an outage
// makes nothing of its tokens.
func (i *issuer) notSwitched(ctx context.Context, err error) bool {
	var unavailable *keyset.UnavailableError
	if i.sibling == nil || !errors.As(err, &unavailable) || ctx.Err() != nil {
		return false
	}
	if seen := i.absentUntil.Load() != 0; !seen && !unavailable.Absent() {
		return false
	}
	return i.sibling.keys.Load(ctx) == nil
}

func (i *issuer) absent() bool {
	until := i.absentUntil.Load()
	if until == 0 {
		return false
	}
	left := time.Duration(until - i.clock.Now().UnixNano())
	return left > 0 && left <= absentFor // a clock set back must not prolong it
}

// load fetches the key sets of all issuers at once. The pool is ready when one is
// there; else the error is the first issuer's.
func (p *pool) load(ctx context.Context) error {
	errs := make([]error, len(p.issuers))
	var all sync.WaitGroup
	for n, i := range p.issuers {
		all.Go(func() { errs[n] = i.keys.Load(ctx) })
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
func (is *issuers) of(t *contents) (*issuer, *Error) {
	if err := t.known(claimIssuer, true); err != nil {
		return nil, err
	}
	i, trusted := is.byName[t.text[claimIssuer]]
	if !trusted {
		const most = 3
		expected := strings.Join(is.names[:min(len(is.names), most)], " or ")
		if more := len(is.names) - most; more > 0 {
			expected += fmt.Sprintf(" or of %d more", more)
		}
		return nil, refuse(ErrIssuerMismatch, "iss", "iss must be %s", expected)
	}
	return i, nil
}
