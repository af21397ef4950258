package cognito

import (
	"context"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// An Observer is told what a [Verifier] does, for metrics and traces. Each of its
// functions may be nil. Those that are not are called concurrently and waited for, so
// they should take no longer than counting does; they must not change the Observer.
// None of them is told a token, nor what is in one but its kind.
//
// The modules below cognito/observe have observers for Prometheus and OpenTelemetry.
type Observer struct {
	// VerificationStarted is called before a token is looked at. It returns the context
	// of this verification: ctx, or one that was made of it, with a span for example.
	// Checks of the application and VerificationEnded get it.
	VerificationStarted func(ctx context.Context) context.Context

	// VerificationEnded is called with the verdict, once for each call of
	// VerificationStarted. Where a check of the application panics, the code is
	// [ErrCheckUnavailable].
	VerificationEnded func(ctx context.Context, v Verification)

	// KeySetFetched is called when an issuer's address was asked for its key set, or
	// the copy of one was read from [Config.KeySetDirectory]. Fetches belong to no
	// verification: many may wait for one, and none for one in the background. Those who
	// wait are not kept until it returns. It is not called for a [UserPool] with a KeySet of its own.
	// Nothing catches its panic, which ends the program.
	KeySetFetched func(f KeySetFetch)
}

// A Verification is what an [Observer] is told of one token.
type Verification struct {
	// Code is that of the refusal, "" for a token that was accepted.
	Code Code

	// UserPool is the ID of the pool whose issuer the token names, "" where that is
	// none that is trusted, or the token could not be read. The signature may not have
	// held: whoever sends a token can have any trusted pool counted.
	UserPool string

	// TokenUse is the kind of a token that was accepted, or that was refused after its
	// signature had held; else "".
	TokenUse TokenUse

	// CacheHit is whether the token was in the verified-token cache, so that its
	// signature was not checked again.
	CacheHit bool

	// Duration is the time from VerificationStarted, by [Config.Clock]. It includes
	// waiting for a key set and for checks of the application.
	Duration time.Duration
}

// A KeySetFetch is what an [Observer] is told of one fetch of a key set.
type KeySetFetch struct {
	// UserPool is the ID of the pool.
	UserPool string
	keyset.Fetch
}

// JoinObservers returns an Observer that tells each of observers, in their order, and
// of ends in the reverse one. Those that are nil are left out.
func JoinObservers(observers ...*Observer) *Observer {
	var all Observer
	for _, o := range observers {
		if o != nil {
			all = all.join(*o)
		}
	}
	return &all
}

// join has next told after o of what starts, and before it of what ends.
func (o Observer) join(next Observer) Observer {
	if first, second := o.VerificationStarted, next.VerificationStarted; first == nil {
		o.VerificationStarted = second
	} else if second != nil {
		o.VerificationStarted = func(ctx context.Context) context.Context { return second(first(ctx)) }
	}
	if first, second := next.VerificationEnded, o.VerificationEnded; second == nil {
		o.VerificationEnded = first
	} else if first != nil {
		o.VerificationEnded = func(ctx context.Context, v Verification) { first(ctx, v); second(ctx, v) }
	}
	if first, second := o.KeySetFetched, next.KeySetFetched; first == nil {
		o.KeySetFetched = second
	} else if second != nil {
		o.KeySetFetched = func(f KeySetFetch) { first(f); second(f) }
	}
	return o
}

// ObserveRefusal tells the observer of a request that was refused without a token to
// verify, such as one that brought none: for adapters of transports, so that their
// refusals are counted with those of the verifier. An error that is none of this
// package's counts as [ErrCheckUnavailable]; nil is not told. v may be nil.
func (v *Verifier) ObserveRefusal(ctx context.Context, err error) {
	if v == nil || v.observer == nil || err == nil {
		return
	}
	code := CodeOf(err)
	if code == "" {
		code = ErrCheckUnavailable
	}
	v.ended(v.started(ctx), Verification{Code: code})
}

// observed is verify, with the observer told.
func (v *Verifier) observed(ctx context.Context, raw string, use TokenUse, requirements []Requirement) (*payload, *Error) {
	start := v.clock.Now()
	ctx = v.started(ctx)
	seen := Verification{Code: ErrCheckUnavailable} // what counts where a check of the application panics
	defer func() {
		seen.Duration = v.clock.Now().Sub(start)
		v.ended(ctx, seen)
	}()
	t, refusal := v.steps(ctx, raw, use, requirements, &seen)
	if seen.Code = ""; refusal != nil {
		seen.Code = refusal.Code()
	}
	return t, refusal
}

func (v *Verifier) started(ctx context.Context) context.Context {
	if v.observer.VerificationStarted == nil {
		return ctx
	}
	return v.observer.VerificationStarted(ctx)
}

func (v *Verifier) ended(ctx context.Context, seen Verification) {
	if v.observer.VerificationEnded != nil {
		v.observer.VerificationEnded(ctx, seen)
	}
}

// recordIssuer notes whose token it is; s may be nil.
func (s *Verification) recordIssuer(i *issuer) {
	if s != nil {
		s.UserPool = i.pool.id.text
	}
}

// recordSignature notes what a token whose signature held is; s may be nil.
func (s *Verification) recordSignature(t *payload, cached bool) {
	if s == nil {
		return
	}
	s.recordIssuer(t.issuer)
	s.CacheHit = cached
	if use := t.use(); use == TokenUseAccess || use == TokenUseID {
		s.TokenUse = use
	}
}
