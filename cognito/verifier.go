package cognito

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A Verifier turns raw tokens into verified ones. It is safe for concurrent use;
// make one with [New] and share it.
type Verifier struct {
	issuers  map[string]*issuer // by the value of iss
	pools    []*pool
	require  []Requirement
	leeway   time.Duration
	maxBytes int
	now      func() time.Time
	revoked  func(context.Context, Token) (bool, error)
}

// New returns a Verifier for the tokens that config describes. It checks all of
// config and reports every fault at once, each with its field; it reads no file and
// asks no network. Key sets are fetched with the first token that needs them, or by
// [Verifier.WarmUp].
func New(config Config) (*Verifier, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	if config.Clock == nil {
		config.Clock = keyset.SystemClock()
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	v := &Verifier{
		issuers:  make(map[string]*issuer, 2*len(config.UserPools)),
		require:  slices.Clone(config.Require),
		leeway:   config.Leeway,
		maxBytes: config.MaxTokenBytes,
		now:      config.Now,
		revoked:  config.Revoked,
	}
	if v.maxBytes == 0 {
		v.maxBytes = DefaultMaxTokenBytes
	}
	if v.now == nil {
		v.now = config.Clock.Now
	}
	var faults []error
	for n, up := range config.UserPools {
		p, err := config.newPool(up)
		if err != nil {
			faults = append(faults, fmt.Errorf("cognito: Config.UserPools[%d]: %w", n, err))
			continue
		}
		v.pools = append(v.pools, p)
		for _, i := range p.issuers {
			if v.issuers[i.name] != nil {
				faults = append(faults, fmt.Errorf("cognito: Config.UserPools[%d].Issuer repeats that of another pool", n))
			}
			v.issuers[i.name] = i
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return v, nil
}

// WarmUp fetches the key sets of all user pools, so that the first token need not
// wait for them. A pool is ready with the set of one of its issuers. The error joins
// those of the pools that are not ready, each an [*Error] with [ErrKeysUnavailable];
// their keys are asked for again when a token needs them.
func (v *Verifier) WarmUp(ctx context.Context) error {
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
// configured user pool, for one of its app clients, in its time, an access token
// and no ID token, and that the requirements hold. The error is an [*Error].
//
// It waits for the network only where a key set must be fetched, and no longer than
// ctx allows.
func (v *Verifier) VerifyAccessToken(ctx context.Context, raw string, requirements ...Requirement) (*AccessToken, error) {
	t, err := v.verify(ctx, raw, TokenUseAccess, requirements)
	if err != nil {
		return nil, err
	}
	return (*AccessToken)(t), nil
}

// VerifyIDToken verifies an ID token, as [Verifier.VerifyAccessToken] does an access
// token. After a sign-in, require its nonce ([RequireNonce]).
func (v *Verifier) VerifyIDToken(ctx context.Context, raw string, requirements ...Requirement) (*IDToken, error) {
	t, err := v.verify(ctx, raw, TokenUseID, requirements)
	if err != nil {
		return nil, err
	}
	return (*IDToken)(t), nil
}

// VerifyEither verifies a token of either kind. The result is an [*AccessToken] or
// an [*IDToken]; a type switch tells which.
func (v *Verifier) VerifyEither(ctx context.Context, raw string, requirements ...Requirement) (Token, error) {
	t, err := v.verify(ctx, raw, "", requirements)
	if err != nil {
		return nil, err
	}
	return t.token(), nil
}

// verify is the one way from a string to contents that are trusted. The order of
// its steps is that of the codes.
func (v *Verifier) verify(ctx context.Context, raw string, use TokenUse, requirements []Requirement) (*contents, error) {
	jws, t, refusal := v.read(raw)
	if refusal != nil {
		return nil, refusal
	}
	i, refusal := v.issuer(t)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := verifySignature(ctx, i, jws, t); refusal != nil {
		return nil, refusal
	}
	if refusal := v.judge(ctx, t, use, requirements); refusal != nil {
		return nil, refusal
	}
	return t, nil
}

// read decodes raw: size, shape and algorithm.
func (v *Verifier) read(raw string) (*jose.Compact, *contents, *Error) {
	if len(raw) > v.maxBytes {
		return nil, nil, refuse(ErrTokenTooLarge, "", "the token has %d bytes; at most %d are accepted", len(raw), v.maxBytes)
	}
	jws, err := jose.ParseCompact(raw)
	if err != nil {
		return nil, nil, shapeError(err)
	}
	t, err := parseContents(jws)
	if err != nil {
		return nil, nil, shapeError(err)
	}
	if err := checkAlgorithm(jws); err != nil {
		return nil, nil, err
	}
	return jws, t, nil
}

func shapeError(err error) *Error {
	var malformed *jose.MalformedError
	switch {
	case errors.Is(err, jose.ErrEncrypted):
		return refuse(ErrEncryptedToken, "", "five parts are the form of an encrypted token: this looks like a refresh token; send the access or ID token")
	case errors.As(err, &malformed):
		return refuse(ErrTokenMalformed, "", "the %s %s", malformed.Part, malformed.Reason)
	}
	return refuse(ErrTokenMalformed, "", "the token cannot be read")
}

// issuer finds the trusted issuer that t names. Up to the signature, nothing of the
// payload is used but this choice, and no key set of any other issuer is asked for.
func (v *Verifier) issuer(t *contents) (*issuer, *Error) {
	if err := t.known(claimIssuer, true); err != nil {
		return nil, err
	}
	i, trusted := v.issuers[t.text[claimIssuer]]
	if !trusted {
		return nil, refuse(ErrIssuerMismatch, "iss", "iss is not the issuer of a trusted user pool")
	}
	return i, nil
}

// verifySignature checks the signature by the key of the issuer that the header
// names. One that does not hold may be by a key that has since replaced the one at
// hand under its name, so the issuer is asked again, as often as its source allows.
func verifySignature(ctx context.Context, i *issuer, jws *jose.Compact, t *contents) *Error {
	if jws.KeyID == "" {
		return refuse(ErrKeyNotFound, "kid", "the header has no kid to find the key by")
	}
	key, err := i.key(ctx, jws.KeyID)
	switch {
	case errors.Is(err, keyset.ErrKeyNotFound):
		return refuse(ErrKeyNotFound, "kid", "the user pool has no key with this kid")
	case err != nil:
		return keysUnavailable(err)
	}
	if jws.VerifyRS256(key.Public()) != nil {
		// With an error here the verdict by the held set stands, else every forged token
		// would be answered 503 in an outage.
		key, err = i.keys.Replacement(ctx, key)
		if err != nil || key == nil || jws.VerifyRS256(key.Public()) != nil {
			return refuse(ErrSignatureInvalid, "", "the signature does not hold")
		}
	}
	t.key, t.pool = key, i.pool
	return nil
}

// keysUnavailable never says why in its message: the cause names addresses.
func keysUnavailable(err error) *Error {
	e := &Error{code: ErrKeysUnavailable, message: "the user pool's keys could not be had; try again", cause: err, retryAfter: time.Second}
	var unavailable *keyset.UnavailableError
	if errors.As(err, &unavailable) && unavailable.RetryAfter() > 0 {
		e.retryAfter = unavailable.RetryAfter()
	}
	return e
}

// judge runs the checks of a token whose signature held.
func (v *Verifier) judge(ctx context.Context, t *contents, use TokenUse, requirements []Requirement) *Error {
	if err := t.checkTokenUse(use); err != nil {
		return err
	}
	if err := t.checkClient(t.pool); err != nil {
		return err
	}
	now := v.now()
	if err := t.checkExpiry(now, v.leeway); err != nil {
		return err
	}
	if err := t.checkNotBefore(now, v.leeway); err != nil {
		return err
	}
	if err := t.checkAudience(t.pool); err != nil {
		return err
	}
	for _, s := range stages {
		if err := v.checkStage(ctx, s, t, now, requirements); err != nil {
			return err
		}
	}
	return nil
}

// stages are the requirements' turns; revocation has its own between them.
var stages = [...]stage{stageAudience, stageNonce, stageRevocation, stageACR, stageAuthTime, stageScopes, stageGroups, stageClaims, stageCustom}

func (v *Verifier) checkStage(ctx context.Context, s stage, t *contents, now time.Time, requirements []Requirement) *Error {
	if s == stageRevocation {
		return v.checkRevocation(ctx, t)
	}
	if err := t.checkKind(s); err != nil {
		return err
	}
	for _, list := range [...][]Requirement{v.require, requirements} {
		for n := range list {
			if list[n].stage == s {
				if err := list[n].apply(ctx, t, now); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (v *Verifier) checkRevocation(ctx context.Context, t *contents) *Error {
	if v.revoked == nil {
		return nil
	}
	switch revoked, err := v.revoked(ctx, t.token()); {
	case err != nil:
		return &Error{code: ErrCheckUnavailable, message: "whether the token is revoked could not be found out; try again", cause: err, retryAfter: time.Second}
	case revoked:
		return refuse(ErrTokenRevoked, "", "the token has been revoked")
	}
	return nil
}
