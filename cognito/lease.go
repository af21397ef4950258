package cognito

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A resolver keeps what [Config.Resolve] answered, by issuer. What it knows of one is
// a lease or a denial; both end with time. The nil resolver trusts nobody.
type resolver struct {
	resolve func(context.Context, string) (*UserPool, error)
	make    func(UserPool, string) (*issuer, error)
	policy  ResolvePolicy
	clock   keyset.Clock

	// leased and denied are apart, so that a flood of made-up issuers cannot crowd out
	// those that are trusted. Both are bounded.
	leased *otter.Cache[string, *lease]
	denied *otter.Cache[string, period]

	mu      sync.Mutex
	flights map[string]*flight // calls of resolve under way, by issuer; guarded by mu
}

// A period is a span of time in Unix nanoseconds.
type period struct{ from, until int64 }

// covers reports whether now is in it. A clock that was set back to before it is not:
// how much of it has passed cannot be told then.
func (s period) covers(now int64) bool { return now >= s.from && now < s.until }

// A lease is an issuer that is trusted for a time. Its pool is made once and kept, with
// the keys that it holds, for as long as Resolve answers the same.
type lease struct {
	issuer *issuer
	config UserPool
	// good is when the lease holds with nobody asked, and stale is until when it does
	// while Resolve fails. Both are replaced whole.
	good, stale atomic.Pointer[period]
}

// holds reports whether the issuer is trusted at the time now without asking. The nil
// lease, of an issuer that was configured, holds always.
func (l *lease) holds(now time.Time) bool {
	return l == nil || l.good.Load().covers(now.UnixNano())
}

// trusted returns the issuer of a lease that counts, nil for a denial.
func (l *lease) trusted() *issuer {
	if l == nil {
		return nil
	}
	return l.issuer
}

// end has the lease hold no more.
func (l *lease) end() {
	l.good.Store(&period{})
	l.stale.Store(&period{})
}

// A flight is one call of Resolve, and whoever waits for it.
type flight struct {
	done chan struct{}
	// Written before done is closed, and read after.
	issuer *issuer // nil, with no error: denied
	err    error
}

func newResolver(c Config) (*resolver, error) {
	if c.Resolve == nil {
		return nil, nil
	}
	r := &resolver{resolve: c.Resolve, make: c.resolved, policy: c.ResolvePolicy, clock: c.Clock, flights: map[string]*flight{}}
	r.policy.complete()
	run := func(task func()) { task() } // by whoever inserts
	var err error
	if r.leased, err = otter.New(&otter.Options[string, *lease]{MaximumSize: r.policy.MaxPools, Executor: run}); err != nil {
		return nil, fmt.Errorf("cognito: %w", err)
	}
	if r.denied, err = otter.New(&otter.Options[string, period]{MaximumSize: r.policy.MaxPools, Executor: run}); err != nil {
		return nil, fmt.Errorf("cognito: %w", err)
	}
	return r, nil
}

// issuer returns the issuer called name, nil where it is not trusted. The error is for
// what could not be found out.
func (r *resolver) issuer(ctx context.Context, name string) (*issuer, error) {
	if r == nil || !resolvable(name) {
		return nil, nil
	}
	now := r.clock.Now()
	l, known := r.known(name, now)
	if known {
		return l.trusted(), nil
	}
	f, l := r.fly(name, now) //nolint:contextcheck // the answer is for everybody, and must not end with one's context
	if f == nil {
		return l.trusted(), nil
	}
	select {
	case <-f.done:
		return f.issuer, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("gave up waiting for Config.Resolve: %w", ctx.Err())
	}
}

// known returns the last answer about name, a lease or nil for a denial, and whether
// it counts without asking again.
func (r *resolver) known(name string, now time.Time) (l *lease, holds bool) {
	if l, _ = r.leased.GetIfPresent(name); l != nil && l.holds(now) {
		return l, true
	}
	denied, ok := r.denied.GetIfPresent(name)
	if ok && denied.covers(now.UnixNano()) {
		return nil, true
	}
	return l, false
}

// fly returns the call of Resolve about name to wait for, or none and the lease to go
// by: an answer that came meanwhile, or that may be used while somebody else asks. The
// call belongs to no caller and has nothing of one's context: the answer is for all.
func (r *resolver) fly(name string, now time.Time) (*flight, *lease) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A call that ended since has left its answer before it left the map.
	l, known := r.known(name, now)
	f, joined := r.flights[name]
	switch {
	case known || joined && l != nil && l.stale.Load().covers(now.UnixNano()):
		return nil, l
	case !joined:
		f = &flight{done: make(chan struct{})}
		r.flights[name] = f
		go r.run(f, name, l)
	}
	return f, nil
}

// trusts reports whether i, which verified a token before, is what its name stands for
// still.
func (r *resolver) trusts(ctx context.Context, i *issuer) bool {
	if i.lease == nil {
		return true
	}
	current, err := r.issuer(ctx, i.name)
	return err == nil && current == i
}

func (r *resolver) run(f *flight, name string, old *lease) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stop := r.clock.AfterFunc(r.policy.Timeout, func() { cancel(fmt.Errorf("no answer within %v", r.policy.Timeout)) })
	defer stop()
	var up *UserPool
	err := errors.New("Config.Resolve ended its goroutine") // as a test's FailNow does
	// Deferred, because the flight must end then all the same.
	defer func() {
		f.issuer, f.err = r.settle(name, old, up, err)
		r.mu.Lock()
		delete(r.flights, name)
		r.mu.Unlock()
		close(f.done)
	}()
	up, err = askResolve(ctx, r.resolve, name)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
}

// settle makes an answer of Resolve count.
func (r *resolver) settle(name string, old *lease, up *UserPool, err error) (*issuer, error) {
	now := r.clock.Now()
	switch {
	case err != nil:
		return r.outage(old, now, err)
	case up == nil:
		r.denied.Set(name, r.span(now, r.policy.DeniedMaxAge))
		r.leased.Invalidate(name)
		if old != nil {
			old.end()
		}
		return nil, nil
	case old != nil && samePool(old.config, *up):
		r.extend(old, now)
		r.denied.Invalidate(name)
		r.leased.Set(name, old) // it may have had to make room
		return old.issuer, nil
	}
	i, err := r.make(*up, name)
	if err != nil {
		return r.outage(old, now, fmt.Errorf("the user pool that Config.Resolve returned for %s cannot be: %w", quote(name), err))
	}
	l := &lease{issuer: i, config: *up}
	l.config.ClientIDs, l.config.Audiences = slices.Clone(up.ClientIDs), slices.Clone(up.Audiences)
	i.lease = l
	r.extend(l, now)
	r.leased.Set(name, l)
	r.denied.Invalidate(name) // which may be younger than the lease becomes
	if old != nil {
		old.end()
	}
	return i, nil
}

// resolveAgain is how long after a failure Resolve is asked again about an issuer
// whose last answer is used meanwhile.
const resolveAgain = 10 * time.Second

// outage answers while Resolve fails: by the last answer for as long as that may be
// used.
func (r *resolver) outage(old *lease, now time.Time, err error) (*issuer, error) {
	if old == nil {
		return nil, err
	}
	stale := old.stale.Load()
	if !stale.covers(now.UnixNano()) {
		return nil, err
	}
	again := r.span(now, resolveAgain)
	again.until = min(again.until, stale.until)
	old.good.Store(&again)
	return old.issuer, nil
}

// extend has the lease hold from now on.
func (r *resolver) extend(l *lease, now time.Time) {
	good, stale := r.span(now, r.policy.MaxAge), r.span(now, r.policy.Stale)
	l.stale.Store(&stale)
	l.good.Store(&good)
}

func (r *resolver) span(now time.Time, d time.Duration) period {
	return period{now.UnixNano(), now.Add(d).UnixNano()}
}

// samePool reports whether two answers mean the same pool, so that its keys are kept.
func samePool(a, b UserPool) bool {
	return a.ID == b.ID && a.Issuer == b.Issuer && a.FIPS == b.FIPS &&
		a.InsecureSkipClientCheck == b.InsecureSkipClientCheck && a.InsecureAllowPlainHTTP == b.InsecureAllowPlainHTTP &&
		slices.Equal(a.ClientIDs, b.ClientIDs) && slices.Equal(a.Audiences, b.Audiences) && sameSource(a.KeySet, b.KeySet)
}

// sameSource compares by identity, and takes sources that cannot be compared for
// others.
func sameSource(a, b keyset.Source) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}
