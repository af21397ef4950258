package cognito

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/jose"
	"github.com/poolguard/poolguard/cognito/internal/refusallog"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A Verifier verifies tokens. It is safe for concurrent use. Make one with [New] and
// share it. The zero Verifier, and nil, refuse every token with [ErrAccessDenied].
type Verifier struct {
	issuers  issuers
	resolver *resolver
	pools    []*pool
	require  []Requirement
	leeway   time.Duration
	maxBytes int
	now      func() time.Time
	revoked  func(context.Context, Token, Raw) (bool, error)
	observer *Observer
	log      *slog.Logger
	clock    keyset.Clock
	cache    *cache
	parser   jose.Parser
	refusals refusallog.Log
	ownNow   bool // now is not the clock that the sources go by
}

// New returns a Verifier for the tokens that config describes. It checks all of config
// and returns every fault at once, each a [*ConfigError]. It reads no file and sends no
// request. Key sets are fetched with the first token that needs them, or by
// [Verifier.WarmUp].
func New(config Config) (*Verifier, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	if config.Clock == nil {
		config.Clock = keyset.SystemClock()
	}
	//mutate:ignore it decides about logs alone
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	v := &Verifier{
		require:  slices.Clone(config.Require),
		leeway:   config.Leeway,
		maxBytes: config.MaxTokenBytes,
		now:      config.Now,
		revoked:  config.Revoked,
		observer: config.Observer,
		log:      config.Logger,
		clock:    config.Clock,
	}
	if v.maxBytes == 0 {
		v.maxBytes = DefaultMaxTokenBytes
	}
	if v.ownNow = v.now != nil; !v.ownNow {
		v.now = config.Clock.Now
	}
	faults := configerror.In("cognito", "Config")
	for n, up := range config.UserPools {
		p, err := config.newPool(up)
		//mutate:ignore validate has checked everything that newPool reads
		if err != nil {
			faults.Add(fmt.Sprintf("UserPools[%d]", n), "has no address for its keys: %v", err)
			continue
		}
		v.pools = append(v.pools, p)
		for _, i := range p.issuers {
			v.issuers.add(i)
		}
	}
	var err error
	//mutate:ignore the options of its caches are never faulty
	if v.resolver, err = newResolver(config); err != nil {
		faults.Add("ResolvePolicy", "is not possible: %v", err)
	}
	//mutate:ignore the options of the cache are never faulty
	if err := v.addCache(config.CacheBytes); err != nil {
		faults.Add("CacheBytes", "is not possible: %v", err)
	}
	//mutate:ignore validate has reported what can be wrong
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

// addCache gives the verifier its cache: of the default size for 0, none for a
// negative number.
func (v *Verifier) addCache(bytes int) (err error) {
	switch {
	case bytes < 0:
		return nil
	case bytes == 0:
		bytes = DefaultCacheBytes
	}
	v.cache, err = newCache(bytes)
	return err
}

// isMade reports whether v comes from New.
func (v *Verifier) isMade() bool { return v != nil && v.now != nil }

func notMade() *Error {
	return refuse(ErrAccessDenied, "", "no verifier is configured, so no token is accepted").
		expecting("the *Verifier is nil or was not made by New, so no token is accepted")
}

// WarmUp fetches the key sets of all user pools, so that the first token does not wait
// for them. A pool is ready with the set of one of its issuers. The error joins those of
// the pools that are not ready, each an [*Error] with [ErrKeysUnavailable]; their keys
// are fetched when a token needs them. WarmUp fetches no more often than tokens would: a
// readiness probe may call it at any rate. It ignores the pools of [Config.Resolve],
// whose keys are fetched with their first token.
func (v *Verifier) WarmUp(ctx context.Context) error {
	if !v.isMade() {
		return notMade()
	}
	errs := make([]error, len(v.pools))
	var all sync.WaitGroup
	for n, p := range v.pools {
		all.Go(func() {
			if err := p.load(ctx); err != nil {
				errs[n] = keysUnavailable(err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// VerifyAccessToken verifies an access token: that it is well formed, signed by a
// configured user pool, for one of its app clients, not expired, an access token and no
// ID token, and that it meets the requirements. The error is an [*Error].
//
// It waits for the network only if a key set must be fetched, and no longer than ctx
// allows.
func (v *Verifier) VerifyAccessToken(ctx context.Context, raw string, requirements ...Requirement) (*AccessToken, error) {
	t, err := v.verify(ctx, raw, TokenUseAccess, requirements)
	if err != nil {
		return nil, err
	}
	return &t.asAccess, nil
}

// VerifyIDToken verifies an ID token, as [Verifier.VerifyAccessToken] does an access
// token. After a sign-in, require its nonce ([RequireNonce]).
func (v *Verifier) VerifyIDToken(ctx context.Context, raw string, requirements ...Requirement) (*IDToken, error) {
	t, err := v.verify(ctx, raw, TokenUseID, requirements)
	if err != nil {
		return nil, err
	}
	return &t.asID, nil
}

// VerifyEither verifies a token of either kind. The result is an [*AccessToken] or an
// [*IDToken]; use a type switch.
func (v *Verifier) VerifyEither(ctx context.Context, raw string, requirements ...Requirement) (Token, error) {
	t, err := v.verify(ctx, raw, "", requirements)
	if err != nil {
		return nil, err
	}
	return t.token(), nil
}

// verify is the one way from a string to a trusted payload.
func (v *Verifier) verify(ctx context.Context, raw string, use TokenUse, requirements []Requirement) (t *payload, err error) {
	var refusal *Error
	if !v.isMade() {
		return nil, notMade()
	}
	if v.observer == nil {
		t, refusal = v.steps(ctx, raw, use, requirements, nil)
	} else {
		t, refusal = v.observed(ctx, raw, use, requirements)
	}
	if refusal != nil {
		return nil, refusal
	}
	return t, nil
}

// steps are those of verification. Their order is that of the codes. seen may be nil.
func (v *Verifier) steps(ctx context.Context, raw string, use TokenUse, requirements []Requirement, seen *Verification) (*payload, *Error) {
	if t := v.cache.lookup(raw); t != nil {
		if now, ok := v.current(ctx, t); ok {
			seen.recordSignature(t, true)
			if refusal := v.checkPolicy(ctx, t, Raw(raw), now, use, requirements); refusal != nil {
				return nil, refusal
			}
			return t, nil
		}
		//mutate:ignore removed: it saves memory until the token is verified again
		v.cache.drop(raw)
	}
	jws, refusal := v.parse(raw)
	if refusal != nil {
		return nil, refusal
	}
	defer jws.Release()
	t, own, refusal := readPayload(jws)
	if refusal != nil {
		return nil, refusal
	}
	i, refusal := v.trusted(ctx, t)
	if refusal != nil {
		return nil, refusal
	}
	seen.recordIssuer(i)
	if refusal := verifySignature(ctx, i, jws, t); refusal != nil {
		return nil, refusal
	}
	seen.recordSignature(t, false)
	t.readLists(jws.Payload)
	if refusal := v.checkPolicy(ctx, t, Raw(raw), v.now(), use, requirements); refusal != nil {
		return nil, refusal
	}
	v.cache.keep(own, t)
	return t, nil
}

// trusted returns the issuer that t names, if it is configured or resolved.
func (v *Verifier) trusted(ctx context.Context, t *payload) (*issuer, *Error) {
	i, refusal := v.issuers.of(t)
	//mutate:ignore never: a token without a readable issuer has none that could be resolved
	if refusal == nil || refusal.code != ErrIssuerMismatch {
		return i, refusal
	}
	i, err := v.resolver.issuer(ctx, t.text[claimIssuer])
	switch {
	case err != nil:
		return nil, &Error{code: ErrCheckUnavailable, message: "whether the issuer is trusted could not be found out; try again", cause: err, retryAfter: time.Second}
	case i == nil:
		return nil, refusal
	}
	return i, nil
}

// current reports whether the issuer of t is trusted still and the key that verified t
// is the one that it publishes: a key that was withdrawn, or replaced under its name, ends what it
// signed. Asking keeps the key set fresh, too. now is the time to judge t at. Telling
// it is half the cost of a hit, so it is told once, unless asking had to wait or the
// keys go by a clock of their own.
func (v *Verifier) current(ctx context.Context, t *payload) (now time.Time, ok bool) {
	//mutate:ignore never: it saves time, and the key is asked for below
	if !t.issuer.ownKeys {
		now = v.now()
		asked := now
		if v.ownNow {
			asked = t.issuer.clock.Now()
		}
		if t.issuer.resolved.isGood(asked) && t.issuer.keys.Holds(t.key, asked) {
			return now, true
		}
	}
	if !v.resolver.trusts(ctx, t.issuer) {
		return time.Time{}, false
	}
	key, err := t.issuer.key(ctx, t.key.ID())
	//mutate:ignore always: with an error there is no key
	return v.now(), err == nil && key == t.key
}
