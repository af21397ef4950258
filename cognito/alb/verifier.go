package alb

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/excerpt"
	"github.com/poolguard/poolguard/cognito/internal/jose"
	"github.com/poolguard/poolguard/cognito/internal/refusallog"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A Verifier turns a token of a load balancer or of Verified Access into an [Identity].
// It is safe for concurrent use. Make one with [New] or [NewVerifiedAccess] and share it.
type Verifier struct {
	kind      kind
	signers   map[string]*signer
	issuers   []string
	clientIDs []string // nil: any, or for Verified Access none
	anyClient bool
	leeway    time.Duration
	maxBytes  int
	now       func() time.Time
	clock     keyset.Clock
	refusals  refusallog.Log
}

// New returns a Verifier for x-amzn-oidc-data of the load balancers in config. It reports
// every fault of config at once, each as a [*ConfigError]. It does no I/O: a key is
// fetched with the first token that names it.
func New(config Config) (*Verifier, error) {
	faults := configerror.In("alb", "Config")
	config.validate(faults)
	v := newVerifier(loadBalancer, config.Signers, config.Issuers, config.Options, faults)
	v.clientIDs, v.anyClient = slices.Clone(config.ClientIDs), config.InsecureSkipClientCheck
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

// NewVerifiedAccess is [New] for x-amzn-ava-user-context of Verified Access.
func NewVerifiedAccess(config VerifiedAccessConfig) (*Verifier, error) {
	faults := configerror.In("alb", "VerifiedAccessConfig")
	validateIssuers(config.Issuers, faults)
	config.validate(faults)
	v := newVerifier(verifiedAccess, config.Instances, config.Issuers, config.Options, faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

func newVerifier(k kind, arns, issuers []string, o Options, faults configerror.Faults) *Verifier {
	o.complete()
	return &Verifier{
		kind: k, signers: o.signers(arns, k, faults), issuers: slices.Clone(issuers),
		leeway: o.Leeway, maxBytes: o.MaxTokenBytes, now: o.Now, clock: o.Clock,
	}
}

// Verify verifies a token: that it is well formed, that a configured signer signed it,
// that it is for one of the app clients and about a user of a configured issuer, and that
// it has not expired. The error is a [*cognito.Error]:
//
//   - cognito.ErrTokenTooLarge, ErrEncryptedToken, ErrTokenMalformed: the text is not
//     such a token; a load balancer's token must have padding
//   - ErrAlgorithmNotAllowed: not ES256, or for Verified Access not ES384 (RFC 7518 §3.4)
//   - ErrIssuerMismatch: a signer or an iss that is not configured
//   - ErrKeyNotFound: kid is not the name of a key at the signer's regional address
//   - ErrKeysUnavailable: the key could not be fetched; RetryAfter is the time until the
//     next attempt at an address that failed or was asked too often
//   - ErrSignatureInvalid
//   - ErrClientMismatch: another client in the header
//   - ErrTokenExpired, ErrTokenNotYetValid: by exp in the header or the payload, or by
//     nbf
//   - ErrClaimMissing, ErrClaimInvalid: one of these claims, or sub
//
// The checks run in this order, and the first failure is returned. Verify waits for the
// network only while a key is fetched, and until ctx ends.
func (v *Verifier) Verify(ctx context.Context, raw string) (*Identity, error) {
	if v == nil || v.kind.parse == nil {
		return nil, refuse(cognito.ErrAccessDenied, "the verifier was not made by New, so no token is accepted")
	}
	if len(raw) > v.maxBytes {
		e := refuse(cognito.ErrTokenTooLarge, "the token has %d bytes, more than are accepted", len(raw))
		return nil, e.WithDetail(fmt.Sprintf("%s: want at most %d", e.Message(), v.maxBytes))
	}
	jws, err := v.kind.parse(raw)
	if err != nil {
		return nil, shapeError(err)
	}
	defer jws.Release()
	t, err := read(jws)
	if err != nil {
		return nil, shapeError(err)
	}
	s, refusal := v.signer(jws, t)
	if refusal != nil {
		return nil, refusal
	}
	if err := v.checkSignature(ctx, s, jws); err != nil {
		return nil, err
	}
	if refusal := v.checkClaims(t); refusal != nil {
		return nil, refusal
	}
	return v.identity(jws, t), nil
}

// logRefusal writes a line by the verifier's clock. All middleware of the verifier shares the
// limit.
func (v *Verifier) logRefusal(ctx context.Context, logger *slog.Logger, r refusallog.Refusal) {
	if v == nil || v.clock == nil { // nothing is accepted
		r.At = time.Now()
		new(refusallog.Log).Write(ctx, logger, r)
		return
	}
	r.At = v.clock.Now()
	v.refusals.Write(ctx, logger, r)
}

// checkSignature verifies the signature with the key that the header names. If it is
// invalid, the address may have a new key under the same name.
func (v *Verifier) checkSignature(ctx context.Context, s *signer, jws *jose.Compact) error {
	if !uuid.MatchString(jws.KeyID) {
		// No other text may become part of an address.
		return s.named(jws.KeyID, refuse(cognito.ErrKeyNotFound, "kid must be a UUID in lower case"))
	}
	key, err := s.keys.get(ctx, jws.KeyID)
	switch {
	case errors.Is(err, errNoKey):
		return s.named(jws.KeyID, refuse(cognito.ErrKeyNotFound, "the region of the %s has no key with this kid", v.kind.what))
	case err != nil:
		return keysUnavailable(err)
	}
	if v.kind.verify(jws, key) == nil {
		return nil
	}
	var other *ecdsa.PublicKey
	if other, err = s.keys.replacement(ctx, jws.KeyID, key); err != nil {
		return keysUnavailable(err) // a replacement could have verified it
	}
	if other == nil || v.kind.verify(jws, other) != nil {
		return s.named(jws.KeyID, refuse(cognito.ErrSignatureInvalid, "the signature is invalid"))
	}
	return nil
}

// named adds the signer and the key to what the operator sees of an error.
func (s *signer) named(kid string, e *cognito.Error) *cognito.Error {
	return e.WithDetail(fmt.Sprintf("%s: the token names the signer %s and the kid %s", e.Message(), s.arn, quote(kid)))
}

// checkClaims checks the claims after the signature.
func (v *Verifier) checkClaims(t *token) *cognito.Error {
	if refusal := t.payloadIssuer.known("iss in the payload", false); refusal != nil {
		return refusal
	}
	if t.payloadIssuer.present && t.payloadIssuer.text != t.issuer.text {
		return refuse(cognito.ErrIssuerMismatch, "iss must be the same in header and payload: got %s and %s",
			quote(t.issuer.text), quote(t.payloadIssuer.text))
	}
	if !v.kind.isVerifiedAccess { // its header has no client
		if refusal := t.client.known("client", true); refusal != nil {
			return refusal
		}
		if !v.anyClient && !slices.Contains(v.clientIDs, t.client.text) {
			e := refuse(cognito.ErrClientMismatch, "client must be a configured app client: got %s", quote(t.client.text))
			return e.WithDetail(fmt.Sprintf("%s, want %s", e.Message(), firstOf(v.clientIDs)))
		}
	}
	now := v.now()
	for _, exp := range []struct {
		where    string
		time     *member
		required bool
	}{{"exp in the header", &t.expiry, true}, {"exp in the payload", &t.payloadExpiry, false}} {
		if refusal := exp.time.known(exp.where, exp.required); refusal != nil {
			return refusal
		}
		if exp.time.present && !now.Before(exp.time.at.Add(v.leeway)) {
			return refuse(cognito.ErrTokenExpired, "the token expired at %s (%s); the time is %s", stamp(exp.time.at), exp.where, stamp(now))
		}
	}
	if refusal := t.notBefore.known("nbf", false); refusal != nil {
		return refusal
	}
	if now.Before(t.notBefore.at.Add(-v.leeway)) {
		return refuse(cognito.ErrTokenNotYetValid, "the token is not valid before %s; the time is %s", stamp(t.notBefore.at), stamp(now))
	}
	name, subject := v.subject(t)
	if refusal := subject.known(name, true); refusal != nil {
		return refusal
	}
	if subject.text == "" {
		return refuse(cognito.ErrClaimInvalid, "%s is empty", name)
	}
	return nil
}

// subject returns the name and the value of the claim with the user.
func (v *Verifier) subject(t *token) (name string, subject member) {
	if v.kind.isVerifiedAccess && trustProvider.MatchString(t.issuer.text) {
		return "user.user_id", t.userID
	}
	return "sub", t.subject
}

func shapeError(err error) *cognito.Error {
	var malformed *jose.MalformedError
	switch {
	case errors.Is(err, jose.ErrEncrypted):
		return refuse(cognito.ErrEncryptedToken, "the token has five parts, the form of an encrypted token; send a signed one")
	case errors.As(err, &malformed):
		return refuse(cognito.ErrTokenMalformed, "the %s %s", malformed.Part, malformed.Reason)
	}
	return refuse(cognito.ErrTokenMalformed, "the token cannot be read")
}

// keysUnavailable returns an error whose message does not have the cause, which names
// addresses.
func keysUnavailable(cause error) *cognito.Error {
	refusal := refuse(cognito.ErrKeysUnavailable, "the signer's key could not be fetched; try again").WithCause(cause)
	if unavailable, ok := errors.AsType[*unavailableError](cause); ok {
		refusal = refusal.WithRetryAfter(unavailable.wait)
	}
	return refusal
}

func refuse(code cognito.Code, format string, args ...any) *cognito.Error {
	return cognito.NewError(code, fmt.Sprintf(format, args...))
}

// quote quotes and shortens a text of a verified token for a message.
func quote(s string) string { return excerpt.Quote(s, 100) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
