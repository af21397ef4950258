package cognito

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/refusallog"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// An Observer receives the events of a [Verifier], for metrics and traces. Each of its
// functions may be nil. The functions are called concurrently, and the verifier waits
// for them: they should do no more than count. They must not change the Observer. They
// receive no token and no claims, except the kind of a token. A panic in one of them
// changes no result: it is logged to [Config.Logger], by the type of its value.
//
// The modules below cognito/observe have observers for Prometheus and OpenTelemetry.
type Observer struct {
	// VerificationStarted is called before a token is looked at. It returns the context
	// of this verification: ctx, or a context derived from it, with a span for example.
	// Checks of the application and VerificationEnded receive it.
	VerificationStarted func(ctx context.Context) context.Context

	// VerificationEnded is called with the result, once for each call of
	// VerificationStarted. If a check of the application panics, the code is
	// [ErrCheckUnavailable].
	VerificationEnded func(ctx context.Context, v Verification)

	// KeySetFetched is called after each fetch of a key set from an issuer's address, and
	// after each read of a copy in [Config.KeySetDirectory]. A fetch belongs to no
	// verification: many verifications may wait for it, or none. They do not wait for this
	// function. It is not called for the KeySet of a [UserPool], and not for the answer (403 or
	// 404) that the updated issuer of a pool has no key set, which most pools give.
	KeySetFetched func(f KeySetFetch)
}

// A Verification is the result of the verification of one token, for an [Observer].
type Verification struct {
	// Code is the code of the refusal, "" for an accepted token.
	Code Code

	// UserPool is the ID of the pool whose issuer the token names, "" if that issuer is
	// not trusted or the token could not be read. The signature may be invalid: a client
	// can send a forged token that names any trusted pool.
	UserPool string

	// TokenUse is the kind of a token with a valid signature, accepted or not; "" for all
	// others.
	TokenUse TokenUse

	// CacheHit is whether the token was in the verified-token cache, so that its
	// signature was not checked again.
	CacheHit bool

	// Duration is the time from VerificationStarted, by [Config.Clock]. It includes
	// waiting for a key set and for checks of the application.
	Duration time.Duration
}

// A KeySetFetch is one fetch of a key set, for an [Observer].
type KeySetFetch struct {
	// UserPool is the ID of the pool.
	UserPool string
	keyset.Fetch
}

// JoinObservers returns an Observer that calls all observers: VerificationStarted and
// KeySetFetched in their order, VerificationEnded in the reverse order. It ignores nil.
func JoinObservers(observers ...*Observer) *Observer {
	var all Observer
	for _, o := range observers {
		if o != nil {
			all = all.join(*o)
		}
	}
	return &all
}

// join returns an Observer that calls next after o, and before o for the end of a
// verification.
func (o Observer) join(next Observer) Observer {
	if first, second := o.VerificationStarted, next.VerificationStarted; first == nil {
		o.VerificationStarted = second
	} else if second != nil {
		o.VerificationStarted = func(ctx context.Context) context.Context { return second(first(ctx)) }
	}
	if first, second := next.VerificationEnded, o.VerificationEnded; second == nil {
		o.VerificationEnded = first
	} else if first != nil {
		o.VerificationEnded = func(ctx context.Context, v Verification) {
			defer second(ctx, v) // also if first panics
			first(ctx, v)
		}
	}
	if first, second := o.KeySetFetched, next.KeySetFetched; first == nil {
		o.KeySetFetched = second
	} else if second != nil {
		o.KeySetFetched = func(f KeySetFetch) {
			defer second(f) // also if first panics
			first(f)
		}
	}
	return o
}

// ObserveRefusal reports a request to the observer that was refused without a token to
// verify, such as a request without a credential. Adapters of transports call it, so
// that their refusals are counted with those of the verifier. An error of another
// package counts as [ErrCheckUnavailable]; nil is ignored. v may be nil.
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

// LogRefusal writes a line about a refused request to logger, for the operator: message, the
// code, attrs, and the error with its details. Adapters of transports call it. A temporary
// error ([Error.Temporary]) is at Warn and every other one at Info, at most one line a
// second for each code by [Config.Clock], over all adapters of the verifier. Further ones
// are at Debug, and the next line has their number as suppressed. A temporary error of a
// request whose ctx was cancelled is at Debug. An error of another package counts as
// [ErrCheckUnavailable]; nil is ignored. logger may be nil for [slog.Default]. v may be nil;
// there is no limit then.
func (v *Verifier) LogRefusal(ctx context.Context, logger *slog.Logger, message string, err error, attrs ...slog.Attr) {
	if err == nil {
		return
	}
	if logger == nil {
		logger = slog.Default() // read at each call: programs may set it after they make their handlers
	}
	code := cmp.Or(CodeOf(err), ErrCheckUnavailable)
	refusal := refusallog.Refusal{
		Message: message, Code: string(code), Error: err, Attrs: attrs, At: time.Now(),
		Temporary: code == ErrKeysUnavailable || code == ErrCheckUnavailable,
	}
	if v == nil {
		new(refusallog.Log).Write(ctx, logger, refusal)
		return
	}
	if v.clock != nil {
		refusal.At = v.clock.Now()
	}
	v.refusals.Write(ctx, logger, refusal)
}

// observed is verify with calls of the observer.
func (v *Verifier) observed(ctx context.Context, raw string, use TokenUse, requirements []Requirement) (*payload, *Error) {
	start := v.clock.Now()
	ctx = v.started(ctx)
	seen := Verification{Code: ErrCheckUnavailable} // counts if a check of the application panics
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

// started returns the context of a verification: ctx, if the observer panics or returns
// nil.
func (v *Verifier) started(ctx context.Context) (within context.Context) {
	if v.observer.VerificationStarted == nil {
		return ctx
	}
	defer func() {
		v.logPanic("VerificationStarted", recover())
		if within == nil {
			within = ctx
		}
	}()
	return v.observer.VerificationStarted(ctx)
}

func (v *Verifier) ended(ctx context.Context, seen Verification) {
	if v.observer.VerificationEnded == nil {
		return
	}
	defer func() { v.logPanic("VerificationEnded", recover()) }()
	v.observer.VerificationEnded(ctx, seen)
}

// logPanic logs what was recovered from a function of the observer, by its type: the
// value may hold anything.
func (v *Verifier) logPanic(function string, recovered any) {
	if recovered != nil {
		v.log.Warn("a function of the observer panicked", "function", function, "type", fmt.Sprintf("%T", recovered))
	}
}

// recordIssuer records the user pool of the token; s may be nil.
func (s *Verification) recordIssuer(i *issuer) {
	if s != nil {
		s.UserPool = i.pool.id.text
	}
}

// recordSignature records a token with a valid signature; s may be nil.
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
