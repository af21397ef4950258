package cognito

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// The values of a [ResolvePolicy] field that is 0.
const (
	DefaultMaxPools       = 25_000
	DefaultResolveMaxAge  = 5 * time.Minute
	DefaultResolveStale   = time.Hour
	DefaultDeniedMaxAge   = 30 * time.Second
	DefaultResolveTimeout = 5 * time.Second
)

// A ResolvePolicy says how long the answers of [Config.Resolve] are used, and how many
// are kept. 0 in a field means its default; a negative value is a fault.
type ResolvePolicy struct {
	// MaxPools is the number of user pools that are kept, with their key sets, about 4 KB
	// each: 0 for [DefaultMaxPools]. A pool counts once for each of its two issuers that a
	// token has named. Set it to more than twice the number of tenants: for a pool that was
	// evicted, the next token costs a call of Resolve and a fetch of the keys. A token in
	// the verified-token cache also counts the size of its pool.
	//
	// MaxPools also limits the denied issuers that are remembered and, from 1000 on, the
	// calls of Resolve at a time. Beyond that limit, an unknown issuer is
	// [ErrCheckUnavailable].
	MaxPools int

	// MaxAge is how long a pool is trusted before Resolve is called again, counted from the
	// start of the last call: 0 for [DefaultResolveMaxAge]. Tokens of a removed tenant are
	// accepted for this long.
	MaxAge time.Duration

	// Stale is how long an answer is used while Resolve fails or has not returned yet,
	// counted from the start of the call that gave it. At least MaxAge. 0 means
	// [DefaultResolveStale], or MaxAge if that is longer.
	Stale time.Duration

	// DeniedMaxAge is how long Resolve is not called again for an issuer that it denied: 0
	// for [DefaultDeniedMaxAge].
	DeniedMaxAge time.Duration

	// Timeout is how long a call of Resolve may take, by [Config.Clock]: 0 for
	// [DefaultResolveTimeout]. No verification waits longer, even if Resolve ignores its
	// context. A pool that Resolve returns later is not trusted.
	Timeout time.Duration
}

func (p ResolvePolicy) validate(faults configerror.Faults) {
	if p.MaxPools < 0 {
		faults.Add("MaxPools", "is negative (%d)", p.MaxPools)
	}
	for _, f := range []struct {
		field string
		d     time.Duration
	}{{"MaxAge", p.MaxAge}, {"Stale", p.Stale}, {"DeniedMaxAge", p.DeniedMaxAge}, {"Timeout", p.Timeout}} {
		if f.d < 0 {
			faults.Add(f.field, "is negative (%s)", f.d)
		}
	}
	p.complete()
	//mutate:ignore boundary: 0 was replaced by the default
	if p.Stale >= 0 && p.Stale < p.MaxAge {
		faults.Add("Stale", "(%s) is shorter than MaxAge (%s)", p.Stale, p.MaxAge)
	}
}

// complete fills in the defaults.
func (p *ResolvePolicy) complete() {
	if p.MaxPools == 0 {
		p.MaxPools = DefaultMaxPools
	}
	for _, f := range []struct {
		d    *time.Duration
		then time.Duration
	}{{&p.MaxAge, DefaultResolveMaxAge}, {&p.DeniedMaxAge, DefaultDeniedMaxAge}, {&p.Timeout, DefaultResolveTimeout}} {
		if *f.d == 0 {
			*f.d = f.then
		}
	}
	if p.Stale == 0 {
		p.Stale = max(DefaultResolveStale, p.MaxAge)
	}
}

// maxIssuer is how long an issuer may be that Resolve is asked about, in bytes.
// Amazon's have under 120.
const maxIssuer = 512

// resolvable reports whether Resolve is asked about an issuer: one that could be
// configured as [UserPool.Issuer]. What else a stranger can write into iss needs no
// answer.
func resolvable(iss string) bool {
	return len(iss) <= maxIssuer && issuerFault(iss, true) == ""
}

// resolved makes the issuer called name of the pool that Resolve answered with. It returns
// nil for the issuer of a replica that the pool does not name: that is a denial, or every
// stranger could cause an outage by naming one.
func (c *Config) resolved(up UserPool, name string) (*issuer, error) {
	faults := configerror.In("cognito", "UserPool")
	up.validate(faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	p, err := c.newPool(up)
	//mutate:ignore validate has checked everything that newPool reads
	if err != nil {
		return nil, err
	}
	for n, i := range p.issuers {
		if i.name == name {
			// Only this name was asked about. The issuers before it are the ones that it
			// needs: see issuer.original.
			//mutate:ignore removed: it saves memory
			p.issuers = p.issuers[:n+1]
			return i, nil
		}
	}
	if up.isReplicaOf(name) {
		return nil, nil // UserPoolID knows every Region; the pool says which of them count
	}
	return nil, fmt.Errorf("its issuer is not %s, which was asked about", quote(name))
}

// run is the goroutine of a flight. Resolve, the clock and what the pool is made of are
// the application's: each may panic or end the goroutine, as a test's FailNow does. The
// flight ends all the same.
func (r *resolver) run(f *flight, cancel context.CancelCauseFunc, name string, old *resolvedIssuer) {
	defer cancel(nil)
	f.err = errors.New("the goroutine of Config.Resolve ended")
	defer func() {
		if p := recover(); p != nil {
			f.issuer, f.err = nil, fmt.Errorf("the call of Config.Resolve panicked with a value of type %T", p)
		}
		r.mu.Lock()
		delete(r.flights, name)
		r.mu.Unlock()
		close(f.done)
	}()
	stop := r.clock.AfterFunc(r.policy.Timeout, func() { cancel(fmt.Errorf("no answer within %v", r.policy.Timeout)) })
	defer stop()
	var up *UserPool
	err := errors.New("Config.Resolve ended its goroutine")
	defer func() { f.issuer, f.err = r.settle(f, name, old, up, err) }() // the last answer may still be used
	up, err = askResolve(f.ctx, r.resolve, name)
	if f.ctx.Err() != nil && (err != nil || up != nil) { // a denial is never too late
		err = context.Cause(f.ctx)
	}
}

// askResolve calls Resolve, and makes a panic of it an error: it runs in a goroutine
// that nobody else looks after.
func askResolve(ctx context.Context, resolve func(context.Context, string) (*UserPool, error), name string) (up *UserPool, err error) {
	defer func() {
		if p := recover(); p != nil {
			up, err = nil, fmt.Errorf("Config.Resolve panicked with a value of type %T", p)
		}
	}()
	return resolve(ctx, name)
}
