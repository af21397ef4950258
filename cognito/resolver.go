package cognito

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
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

// usable reports whether the issuer is trusted while Resolve fails. The nil lease is
// none.
func (l *lease) usable(now time.Time) bool {
	return l != nil && l.stale.Load().covers(now.UnixNano())
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
	asked time.Time
	ctx   context.Context //nolint:containedctx // of the call; it ends no later than the time-out
	done  chan struct{}
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
	//mutate:ignore the options are never faulty
	if r.leased, err = otter.New(&otter.Options[string, *lease]{MaximumSize: r.policy.MaxPools, Executor: run}); err != nil {
		return nil, fmt.Errorf("cognito: %w", err)
	}
	//mutate:ignore the options are never faulty
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
	f, l, err := r.fly(name, now)
	if f == nil {
		return l.trusted(), err
	}
	select {
	case <-f.done:
	case <-f.ctx.Done():
	case <-ctx.Done():
	}
	select {
	case <-f.done: // also where more than one has come to pass
		return f.issuer, f.err
	default:
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("gave up waiting for Config.Resolve: %w", ctx.Err())
	}
	// A Resolve that does not heed its context. Nobody waits for it any longer, and nobody
	// asks again before it returns.
	if l.usable(r.clock.Now()) {
		return l.issuer, nil
	}
	return nil, context.Cause(f.ctx) //nolint:contextcheck // the answer is for everybody, and must not end with one's context
}

// known returns the last answer about name, a lease or nil for a denial, and whether
// it counts without asking again.
func (r *resolver) known(name string, now time.Time) (l *lease, holds bool) {
	if l, _ = r.leased.GetIfPresent(name); l != nil && l.holds(now) {
		return l, true
	}
	denied, ok := r.denied.GetIfPresent(name)
	//mutate:ignore always: the zero period covers no time
	if ok && denied.covers(now.UnixNano()) {
		return nil, true
	}
	return l, false
}

// fewestFlights is how many calls of Resolve may be under way at least, with MaxPools
// less than that.
const fewestFlights = 1000

var errTooMany = errors.New("too many calls of Config.Resolve are under way")

// fly returns the call of Resolve about name to wait for, or none and the lease to go
// by: an answer that came meanwhile, or that may be used while somebody else asks. The
// call belongs to no caller and has nothing of one's context: the answer is for all.
// It can outlive those who wait, so there is a limit to such calls, too.
func (r *resolver) fly(name string, now time.Time) (f *flight, l *lease, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A call that ended since has left its answer before it left the map.
	l, known := r.known(name, now)
	f, joined := r.flights[name]
	full := !joined && len(r.flights) >= max(r.policy.MaxPools, fewestFlights)
	switch {
	//mutate:ignore never: an answer that arrived meanwhile saves a call
	case known || (joined || full) && l.usable(now):
		return nil, l, nil
	case full:
		return nil, nil, errTooMany
	case !joined:
		// A copy: the name is a piece of a token, and would hold all of it.
		name = strings.Clone(name)
		ctx, cancel := context.WithCancelCause(context.Background())
		f = &flight{asked: now, ctx: ctx, done: make(chan struct{})}
		r.flights[name] = f
		go r.run(f, cancel, name, l)
	}
	return f, l, nil
}

// trusts reports whether i, which verified a token before, is what its name stands for
// still.
func (r *resolver) trusts(ctx context.Context, i *issuer) bool {
	if i.lease == nil {
		return true
	}
	current, err := r.issuer(ctx, i.name)
	//mutate:ignore always: with an error there is no issuer
	return err == nil && current == i
}

func (r *resolver) run(f *flight, cancel context.CancelCauseFunc, name string, old *lease) {
	defer cancel(nil)
	stop := r.clock.AfterFunc(r.policy.Timeout, func() { cancel(fmt.Errorf("no answer within %v", r.policy.Timeout)) })
	defer stop()
	var up *UserPool
	err := errors.New("Config.Resolve ended its goroutine") // as a test's FailNow does
	// Deferred, because the flight must end then all the same.
	defer func() {
		f.issuer, f.err = r.settle(f, name, old, up, err)
		r.mu.Lock()
		delete(r.flights, name)
		r.mu.Unlock()
		close(f.done)
	}()
	up, err = askResolve(f.ctx, r.resolve, name)
	if f.ctx.Err() != nil && (err != nil || up != nil) { // a denial is never too late
		err = context.Cause(f.ctx)
	}
}

// settle makes an answer of Resolve count: from when it was asked for, since a tenant
// may be gone by the time that it is heard.
func (r *resolver) settle(f *flight, name string, old *lease, up *UserPool, err error) (*issuer, error) {
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
	}
	// Of its own: whoever answered may keep what it points to, and change it later.
	config := *up
	config.ClientIDs, config.Audiences = slices.Clone(up.ClientIDs), slices.Clone(up.Audiences)
	if old != nil && samePool(old.config, config) {
		r.extend(old, f.asked)
		r.denied.Invalidate(name)
		r.leased.Set(name, old) // it may have had to make room
		return old.issuer, nil
	}
	i, err := r.make(config, name)
	if err != nil {
		return r.outage(old, now, fmt.Errorf("the user pool that Config.Resolve returned for %s cannot be: %w", quote(name), err))
	}
	l := &lease{issuer: i, config: config}
	i.lease = l
	r.extend(l, f.asked)
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

// extend has the lease hold by an answer that was asked for at that time.
func (r *resolver) extend(l *lease, asked time.Time) {
	good, stale := r.span(asked, r.policy.MaxAge), r.span(asked, r.policy.Stale)
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
	// Of values and not of types: a struct may hold anything in an interface.
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}
