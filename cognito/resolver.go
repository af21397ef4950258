package cognito

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A resolver keeps the answers of [Config.Resolve], by issuer. An answer is a
// resolvedIssuer or a denial, and both expire. The nil resolver trusts no issuer.
type resolver struct {
	resolve func(context.Context, string) (*UserPool, error)
	make    func(UserPool, string) (*issuer, error)
	policy  ResolvePolicy
	clock   keyset.Clock

	// resolved and denied are apart, so that a flood of made-up issuers cannot evict the
	// trusted ones. Both are bounded.
	resolved *otter.Cache[string, *resolvedIssuer]
	denied   *otter.Cache[string, period]

	mu      sync.Mutex
	flights map[string]*flight // calls of resolve under way, by issuer; guarded by mu
}

// A period is a span of time in Unix nanoseconds.
type period struct{ from, until int64 }

// covers reports whether now is in it. A clock that was set back to before it is not:
// how much of it has passed cannot be told then.
func (s period) covers(now int64) bool { return now >= s.from && now < s.until }

// A resolvedIssuer is an issuer that is trusted for a time. Its pool is made once and
// kept, with its keys, for as long as Resolve returns the same.
type resolvedIssuer struct {
	issuer *issuer
	config UserPool
	// good is the period in which the issuer is trusted without asking Resolve, and stale
	// the one in which it is trusted while Resolve fails. Both are replaced whole.
	good, stale atomic.Pointer[period]
}

// isGood reports whether the issuer is trusted at the time now without asking. The nil
// resolvedIssuer, that of a configured issuer, is always good.
func (ri *resolvedIssuer) isGood(now time.Time) bool {
	return ri == nil || ri.good.Load().covers(now.UnixNano())
}

// isUsable reports whether the issuer is trusted while Resolve fails. The nil
// resolvedIssuer is not.
func (ri *resolvedIssuer) isUsable(now time.Time) bool {
	return ri != nil && ri.stale.Load().covers(now.UnixNano())
}

// trusted returns the issuer, nil for a denial.
func (ri *resolvedIssuer) trusted() *issuer {
	if ri == nil {
		return nil
	}
	return ri.issuer
}

// expire ends both periods.
func (ri *resolvedIssuer) expire() {
	ri.good.Store(&period{})
	ri.stale.Store(&period{})
}

// A flight is one call of Resolve that callers wait for together.
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
	run := func(task func()) { task() } // by the goroutine that inserts
	var err error
	//mutate:ignore the options are never faulty
	if r.resolved, err = otter.New(&otter.Options[string, *resolvedIssuer]{MaximumSize: r.policy.MaxPools, Executor: run}); err != nil {
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
	ri, known := r.known(name, now)
	if known {
		return ri.trusted(), nil
	}
	f, ri, err := r.join(name, now)
	if f == nil {
		return ri.trusted(), err
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
	// A Resolve that ignores its context. No caller waits for it any longer, and it is not
	// called again about this issuer before it returns.
	if ri.isUsable(r.clock.Now()) {
		return ri.issuer, nil
	}
	return nil, context.Cause(f.ctx) //nolint:contextcheck // the answer is for everybody, and must not end with one's context
}

// known returns the last answer about name, nil for a denial, and whether
// it counts without asking again.
func (r *resolver) known(name string, now time.Time) (ri *resolvedIssuer, holds bool) {
	if ri, _ = r.resolved.GetIfPresent(name); ri != nil && ri.isGood(now) {
		return ri, true
	}
	denied, ok := r.denied.GetIfPresent(name)
	//mutate:ignore always: the zero period covers no time
	if ok && denied.covers(now.UnixNano()) {
		return nil, true
	}
	return ri, false
}

// fewestFlights is how many calls of Resolve may be under way at least, with MaxPools
// less than that.
const fewestFlights = 1000

var errTooMany = errors.New("too many calls of Config.Resolve are under way")

// join returns the call of Resolve about name to wait for. It starts the call if there
// is none. Without a call it returns the answer to use: one that arrived in the
// meantime, or one that may be used while another caller waits. A call belongs to no
// caller and does not use a caller's context, since its answer is for all callers. It can
// outlive the callers that wait, so the number of calls has a limit.
func (r *resolver) join(name string, now time.Time) (f *flight, ri *resolvedIssuer, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A call that ended since has left its answer before it left the map.
	ri, known := r.known(name, now)
	f, joined := r.flights[name]
	full := !joined && len(r.flights) >= max(r.policy.MaxPools, fewestFlights)
	switch {
	//mutate:ignore never: an answer that arrived meanwhile saves a call
	case known || (joined || full) && ri.isUsable(now):
		return nil, ri, nil
	case full:
		return nil, nil, errTooMany
	case !joined:
		// A copy: the name is a piece of a token, and would hold all of it.
		name = strings.Clone(name)
		ctx, cancel := context.WithCancelCause(context.Background())
		f = &flight{asked: now, ctx: ctx, done: make(chan struct{})}
		r.flights[name] = f
		go r.run(f, cancel, name, ri)
	}
	return f, ri, nil
}

// trusts reports whether i, which verified a token before, is what its name stands for
// still.
func (r *resolver) trusts(ctx context.Context, i *issuer) bool {
	if i.resolved == nil {
		return true
	}
	current, err := r.issuer(ctx, i.name)
	//mutate:ignore always: with an error there is no issuer
	return err == nil && current == i
}

// settle makes an answer of Resolve count: from when it was asked for, since a tenant
// may be gone by the time that it is heard.
func (r *resolver) settle(f *flight, name string, old *resolvedIssuer, up *UserPool, err error) (*issuer, error) {
	now := r.clock.Now()
	switch {
	case err != nil:
		return r.outage(old, now, err)
	case up == nil:
		r.deny(old, name, now)
		return nil, nil
	}
	// Of its own: whoever answered may keep what it points to, and change it later.
	config := *up
	config.ClientIDs, config.Audiences = slices.Clone(up.ClientIDs), slices.Clone(up.Audiences)
	config.ReplicaRegions, config.Seeds = slices.Clone(up.ReplicaRegions), cloneSeeds(up.Seeds)
	if old != nil && samePool(old.config, config) {
		r.extend(old, f.asked)
		//mutate:ignore removed: with a denial there is no last answer
		r.denied.Invalidate(name)
		//mutate:ignore removed: it saves a call, where the answer has had to make room meanwhile
		r.resolved.Set(name, old)
		return old.issuer, nil
	}
	i, err := r.make(config, name)
	switch {
	case err != nil:
		return r.outage(old, now, fmt.Errorf("the user pool that Config.Resolve returned for %s cannot be: %w", quote(name), err))
	case i == nil:
		r.deny(old, name, now)
		return nil, nil
	}
	ri := &resolvedIssuer{issuer: i, config: config}
	i.resolved = ri
	r.extend(ri, f.asked)
	r.resolved.Set(name, ri)
	r.denied.Invalidate(name) // which may be newer than this answer
	//mutate:ignore the last answer has ended already: it was asked for again
	if old != nil {
		old.expire()
	}
	return i, nil
}

// deny remembers that name is not trusted.
func (r *resolver) deny(old *resolvedIssuer, name string, now time.Time) {
	r.denied.Set(name, r.span(now, r.policy.DeniedMaxAge))
	//mutate:ignore removed: it saves memory, since the last answer ends below
	r.resolved.Invalidate(name)
	if old != nil {
		old.expire()
	}
}

// resolveAgain is how long after a failure Resolve is asked again about an issuer
// whose last answer is used meanwhile.
const resolveAgain = 10 * time.Second

// outage answers while Resolve fails: by the last answer for as long as that may be
// used.
func (r *resolver) outage(old *resolvedIssuer, now time.Time, err error) (*issuer, error) {
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

// extend renews both periods by an answer to a call that began at asked.
func (r *resolver) extend(ri *resolvedIssuer, asked time.Time) {
	good, stale := r.span(asked, r.policy.MaxAge), r.span(asked, r.policy.Stale)
	ri.stale.Store(&stale)
	ri.good.Store(&good)
}

// span is the period that begins now. One that would end after the last time that a period
// can have, in the year 2262, ends then: "for ever" must not mean "never".
func (r *resolver) span(now time.Time, d time.Duration) period {
	from := now.UnixNano()
	return period{from, from + min(int64(d), math.MaxInt64-max(from, 0))}
}
