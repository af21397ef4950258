package cognito

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
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

// parse decodes raw: size and shape of the token.
func (v *Verifier) parse(raw string) (*jose.Compact, *Error) {
	if len(raw) > v.maxBytes {
		return nil, tooLarge(raw, v.maxBytes)
	}
	jws, err := v.parser.Parse(raw)
	if err != nil {
		return nil, shapeError(raw, err)
	}
	return jws, nil
}

// readPayload reads the payload, its shape, and then looks at the algorithm. raw is
// the token in memory of its own.
func readPayload(jws *jose.Compact) (t *payload, raw string, refusal *Error) {
	t, raw, err := parsePayload(jws)
	if err != nil {
		return nil, "", shapeError("", err)
	}
	return t, raw, checkAlgorithm(jws)
}

func tooLarge(raw string, most int) *Error {
	return refuse(ErrTokenTooLarge, "", "the token has %d bytes, more than are accepted", len(raw)).
		expecting("the token has %d bytes; at most %d are accepted", len(raw), most)
}

// hasScheme reports whether the word Bearer and white space are before the token: the value
// of an Authorization header was passed whole.
func hasScheme(raw string) bool {
	const scheme = "bearer"
	return len(raw) > len(scheme) && strings.EqualFold(raw[:len(scheme)], scheme) && strings.ContainsRune(" \t", rune(raw[len(scheme)]))
}

// shapeError says why raw is not a token. It never says what is in raw.
func shapeError(raw string, err error) *Error {
	var malformed *jose.MalformedError
	switch {
	case errors.Is(err, jose.ErrEncrypted):
		return refuse(ErrEncryptedToken, "", "five parts are the form of an encrypted token: this looks like a refresh token; send the access or ID token")
	case hasScheme(raw):
		return refuse(ErrTokenMalformed, "", "the text begins with the word Bearer, which is not part of the token: remove the word and the space after it")
	case errors.As(err, &malformed):
		return refuse(ErrTokenMalformed, "", "the %s %s", malformed.Part, malformed.Reason)
	}
	return refuse(ErrTokenMalformed, "", "the token cannot be read")
}

// verifySignature checks the signature by the key of the issuer that the header
// names. One that does not hold may be by a key that has since replaced the one at
// hand under its name, so the issuer is asked again, as often as its source allows.
func verifySignature(ctx context.Context, i *issuer, jws *jose.Compact, t *payload) *Error {
	if jws.KeyID == "" {
		return refuse(ErrKeyNotFound, "kid", "the header has no kid to find the key by").
			expecting("the header has no kid to find a key of the issuer %s by", quote(i.name))
	}
	key, err := i.key(ctx, jws.KeyID)
	switch {
	case errors.Is(err, keyset.ErrKeyNotFound):
		return refuse(ErrKeyNotFound, "kid", "the user pool has no key with this kid").
			expecting("the key set of the issuer %s has no key with the kid %s", quote(i.name), quote(jws.KeyID))
	case err != nil:
		return keysUnavailable(err)
	}
	if jws.VerifyRS256(key.Public()) != nil {
		// With an error here the verdict by the held set stands, else every forged token
		// would be answered 503 in an outage.
		key, err = i.keys.Replacement(ctx, key)
		if err != nil && ctx.Err() != nil {
			return keysUnavailable(err) // it may have been found good, had there been time
		}
		if err != nil || key == nil || key.ID() != jws.KeyID || jws.VerifyRS256(key.Public()) != nil {
			// Without fmt: forged tokens must stay cheap to refuse.
			const message = "the signature does not hold"
			return &Error{code: ErrSignatureInvalid, message: message, detail: message + " by the key " + quote(jws.KeyID) + " of the issuer \"" + i.name + "\""}
		}
	}
	t.key, t.issuer, t.pool = key, i, i.pool
	return nil
}

// keysUnavailable never says why in its message: the cause names addresses.
func keysUnavailable(err error) *Error {
	e := &Error{code: ErrKeysUnavailable, message: "the user pool's keys could not be fetched; try again", cause: err, retryAfter: time.Second}
	var unavailable *keyset.UnavailableError
	if errors.As(err, &unavailable) {
		e.retryAfter = unavailable.RetryAfter()
	}
	return e
}
