package cognito

import (
	"context"
	"errors"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
	"github.com/poolguard/poolguard/cognito/keyset"
)

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
