package authz

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// authenticate finds the credential that counts and verifies it. A bearer token comes before
// all others.
func (p *Policy) authenticate(ctx context.Context, matched *rule, found *route.Found, r *Request, d *Decision, t *trace) *cognito.Error {
	hasBearer, refusal := r.Bearer.present()
	hasBalancer := false
	if !hasBearer && refusal == nil && p.balancer != nil {
		hasBalancer, refusal = r.LoadBalancer.present()
	}
	switch {
	case refusal != nil:
	case hasBearer && !matched.bearer:
		refusal = cognito.NewError(cognito.ErrAccessDenied, "bearer tokens are not accepted here")
	case hasBalancer && !matched.alb:
		refusal = cognito.NewError(cognito.ErrAccessDenied, "sign-ins of a load balancer are not accepted here")
	case !hasBearer && !hasBalancer && matched.allow == cognito.Optional:
		t.passed("credential", "there is none, and the rule needs none")
		return nil
	case !hasBearer && !hasBalancer:
		refusal = r.missing(matched)
	}
	if refusal != nil {
		return t.step("credential", refusal, "")
	}
	if hasBearer {
		t.passed("credential", "a bearer token")
		return p.verifyBearer(ctx, matched, found, r, d, t)
	}
	t.passed("credential", "x-amzn-oidc-data")
	return p.verifyLoadBalancer(ctx, matched, found, r, d, t)
}

// present reports whether there is a bearer token. The refusal is for a header that cannot be
// read.
func (b *Bearer) present() (bool, *cognito.Error) {
	if b.Err == nil {
		return b.Token != "", nil
	}
	if errors.Is(b.Err, cognito.ErrTokenMissing) {
		return false, nil
	}
	return false, refusal(b.Err)
}

// missing is the refusal of a request without a credential.
func (r *Request) missing(matched *rule) *cognito.Error {
	switch {
	case matched.bearer && r.Bearer.Err != nil:
		return refusal(r.Bearer.Err)
	case matched.bearer:
		return cognito.NewError(cognito.ErrTokenMissing, "send a token in the Authorization header, after the word Bearer")
	}
	return cognito.NewError(cognito.ErrTokenMissing, "the request has no header x-amzn-oidc-data")
}

// refusal returns the [*cognito.Error] in err. An error of another package says nothing about
// the request.
func refusal(err error) *cognito.Error {
	if e, ok := errors.AsType[*cognito.Error](err); ok && e != nil {
		return notFound(e)
	}
	return cognito.NewError(cognito.ErrCheckUnavailable, "the request could not be checked; try again").WithCause(err)
}

// notFound returns key_not_found in the place of keys_unavailable where keys are held, and a
// newer set of them could not be fetched yet. A client that sends unknown keys must not cause
// answers that mean a fault of the gateway. Every other refusal stays.
func notFound(e *cognito.Error) *cognito.Error {
	unavailable, ok := errors.AsType[*keyset.UnavailableError](e)
	if e.Code() != cognito.ErrKeysUnavailable || !ok || !unavailable.Held() {
		return e
	}
	return cognito.NewError(cognito.ErrKeyNotFound, "the user pool has no key with this kid so far; try again later").
		WithDetail(e.Detail()).WithCause(e).WithRetryAfter(e.RetryAfter())
}

// verifyBearer verifies the bearer token.
func (p *Policy) verifyBearer(ctx context.Context, matched *rule, found *route.Found, r *Request, d *Decision, t *trace) *cognito.Error {
	raw, requirements := string(r.Bearer.Token), matched.requirements(found)
	t.inspect(ctx, p.verifier, raw, matched.use, requirements)
	if matched.use == cognito.TokenUseID {
		token, err := p.verifier.VerifyIDToken(ctx, raw, requirements...)
		if err != nil {
			return refusal(err)
		}
		d.Via, d.Identity = ViaBearer, ofIDToken(token)
		return nil
	}
	token, err := p.verifier.VerifyAccessToken(ctx, raw, requirements...)
	if err != nil {
		return refusal(err)
	}
	d.Via, d.Identity = ViaBearer, ofAccessToken(token)
	d.pass(matched, r.Bearer.Token)
	return nil
}

// pass sets the access token for the application.
func (d *Decision) pass(matched *rule, token cognito.Raw) {
	if matched.passTo != "" && token != "" {
		d.AccessToken, d.PassTo = token, matched.passTo
	}
}
