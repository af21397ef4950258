package ratelimit

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// MaxClients is how many clients are counted at once. Where more of them send forged tokens,
// some are counted from the start again.
const MaxClients = 1 << 16

// A Limiter counts the forged tokens of each client. It is safe for concurrent use. Make one
// with [New].
type Limiter struct {
	per      time.Duration
	interval time.Duration // between two tokens at the full rate
	start    time.Time     // has a monotonic reading, so a clock that is set changes nothing
	clients  *otter.Cache[netip.Addr, *bucket]
}

// New returns a limiter that lets count forged tokens of a client pass to the rules at once,
// and then as many again in each time per. Both must be positive, or the error is a
// [*cognito.ConfigError].
func New(count int, per time.Duration) (*Limiter, error) {
	if count <= 0 || per <= 0 {
		return nil, &cognito.ConfigError{Package: "ratelimit", Field: "Config.Rate", Reason: "is not positive"}
	}
	clients, err := otter.New(&otter.Options[netip.Addr, *bucket]{
		MaximumSize: MaxClients,
		Executor:    func(task func()) { task() }, // no goroutine outlives a call
	})
	if err != nil {
		return nil, err
	}
	return &Limiter{per: per, interval: max(1, per/time.Duration(count)), start: time.Now(), clients: clients}, nil
}

// A Decider decides about requests. [*authz.Policy] is one.
type Decider interface {
	Decide(ctx context.Context, r *authz.Request) authz.Decision
}

// A Guard is a [Decider] with a limit. Make one with [Limiter.Guard].
type Guard struct {
	limiter *Limiter
	next    Decider
}

// Guard returns a decider that answers rate_limited in the place of the denials of next for
// forged tokens, once their client has sent too many.
func (l *Limiter) Guard(next Decider) *Guard { return &Guard{l, next} }

// Decide implements [Decider]. The address of the client is in r. For a client over its limit,
// the decision does not wait for a key set.
func (g *Guard) Decide(ctx context.Context, r *authz.Request) authz.Decision {
	client := network(r.Client)
	limited := g.limiter.isUsedUp(client)
	if limited {
		// A key set that is held still counts, and a fetch that is due begins.
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, time.Time{})
		defer cancel()
	}
	d := g.next.Decide(ctx, r)
	if !isForged(d.Err, limited) {
		return d
	}
	if wait := g.limiter.take(client); wait > 0 {
		d.Err = cognito.NewError(answer.ErrRateLimited, "too many forged tokens came from this address").
			WithDetail("the token is refused with " + string(d.Err.Code()) + ": " + d.Err.Detail()).WithRetryAfter(wait)
	}
	return d
}

// isForged reports whether a refusal says that no trusted issuer signed the token. For a
// client over its limit, a key that could not be looked up is one that is unknown.
func isForged(refusal *cognito.Error, limited bool) bool {
	switch code := refusal.Code(); code {
	case cognito.ErrKeyNotFound:
		// With RetryAfter, a newer key set may have the key.
		return limited || refusal.RetryAfter() == 0
	case cognito.ErrClaimMissing, cognito.ErrClaimInvalid:
		return refusal.Claim() == "iss" // it is read before the signature is checked
	default:
		return slices.Contains(forged, code)
	}
}

// forged are the codes of tokens that no trusted issuer signed.
var forged = []cognito.Code{
	cognito.ErrTokenMalformed, cognito.ErrTokenTooLarge, cognito.ErrEncryptedToken, cognito.ErrAlgorithmNotAllowed,
	cognito.ErrIssuerMismatch, cognito.ErrSignatureInvalid,
}

// network returns what counts as one client.
func network(address netip.Addr) netip.Addr {
	const bits = 64
	if !address.Is6() {
		return address
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return address // it has a zone
	}
	return prefix.Addr()
}
