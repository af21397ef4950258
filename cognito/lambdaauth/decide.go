package lambdaauth

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
)

// A request is what the events of API Gateway have in common.
type request struct {
	handler string
	arn     string // methodArn or routeArn
	key     string // the route that API Gateway took, as a route key, "" where it does not say
	raw     string
	err     error // why there is no token in raw
}

// A decision is an answer with a policy.
type decision struct {
	principal string
	policy    events.APIGatewayCustomAuthorizerPolicy
	context   map[string]any
	token     cognito.Token // nil where the policy denies everything
}

// nobody is the principal of those whose token is not good, where an answer has to
// have one.
const nobody = "anonymous"

// decide answers a request by a policy, or an error: an [*UnauthorizedError] for 401,
// any other for 500.
func (a *Authorizer) decide(ctx context.Context, r request) (*decision, error) {
	arn, err := parseMethodARN(r.arn)
	if err != nil {
		return nil, a.unreadable(ctx, r.handler, "the ARN of the event "+err.Error())
	}
	token, err := a.authenticate(ctx, a.use, r.raw, r.err)
	if err != nil {
		return a.refuse(ctx, r.handler, arn, nil, err)
	}
	if a.routes.isEmpty() {
		if p, ok := exactPolicy(arn); ok {
			return a.permit(arn, token, p), nil
		}
		return a.refuse(ctx, r.handler, arn, token, inexpressible())
	}
	verdict := a.meetsAll(ctx, token, a.routes.rulesFor(arn.call, r.key))
	if verdict != nil && (a.config.Caching != CachedByToken || refusal(verdict).status != http.StatusForbidden) {
		return a.refuse(ctx, r.handler, arn, token, verdict)
	}
	if a.config.Caching == CachedByToken {
		met, err := a.met(ctx, token)
		if err != nil {
			return a.refuse(ctx, r.handler, arn, token, err)
		}
		all, allowed := a.routes.pick(func(rule int) bool { return met[rule] })
		if p, ok := tablePolicy(arn, all, allowed, verdict == nil); ok {
			if verdict != nil {
				a.log(ctx, r.handler, refusal(verdict))
			}
			return a.permit(arn, token, p), nil
		}
		if verdict != nil {
			return a.refuse(ctx, r.handler, arn, token, verdict)
		}
	}
	if p, ok := a.ownPolicy(arn); ok {
		return a.permit(arn, token, p), nil
	}
	return a.refuse(ctx, r.handler, arn, token, inexpressible())
}

func inexpressible() *cognito.Error {
	return cognito.NewError(cognito.ErrAccessDenied, "a policy cannot allow a call whose path has wildcards or is too long, without allowing others")
}

// tablePolicy returns the policy for the allowed entries, and false where that would
// not answer the call at hand as it should be, or is too large.
func tablePolicy(arn methodARN, all, allowed []*entry, permit bool) (policy, bool) {
	if len(allowed) == 0 {
		return policy{}, false
	}
	p := policyFor(allowed, all)
	if !permit && p.allows(arn.call) {
		// Not in the table, but within reach of what is.
		if !isPlain(arn.call) {
			return policy{}, false
		}
		p.deny = append(p.deny, arn.call)
	}
	return p, p.allows(arn.call) == permit && p.fits(arn)
}

// ownPolicy returns a policy for the one route of the call, or the call alone where
// answers are not kept, or where the route's cannot be said.
func (a *Authorizer) ownPolicy(arn methodARN) (policy, bool) {
	exact, ok := exactPolicy(arn)
	if ok && a.config.Caching == NotCached {
		return exact, true
	}
	if own := a.routes.find(arn.call); own != nil {
		all, _ := a.routes.pick(func(int) bool { return false })
		if p := policyFor([]*entry{own}, all); p.allows(arn.call) && p.fits(arn) {
			return p, true
		}
	}
	return exact, ok
}

func (a *Authorizer) permit(arn methodARN, token *bearerToken, p policy) *decision {
	return &decision{token.Subject(), p.document(arn), a.contextOf(token.subject), token.subject}
}

// refuse answers what err says about the request. A token that is good but not enough
// gets a policy that denies the whole stage: whoever keeps that answer keeps one that
// holds for the token, or for the route that it is kept by.
func (a *Authorizer) refuse(ctx context.Context, handler string, arn methodARN, token *bearerToken, err error) (*decision, error) {
	r := refusal(err)
	a.log(ctx, handler, r)
	switch r.status {
	case http.StatusForbidden:
		d := &decision{principal: nobody, policy: policy{}.document(arn)}
		if token != nil {
			d.principal = token.Subject()
		}
		return d, nil
	case http.StatusUnauthorized:
		return nil, &UnauthorizedError{r.cause}
	}
	return nil, r.cause
}

// unreadable is the error for an event that is not of the kind that it should be: the
// function is set up for another kind of authorizer, or was called by somebody else.
func (a *Authorizer) unreadable(ctx context.Context, handler, why string) error {
	r := refused{cognito.NewError(cognito.ErrRequestInvalid, why), http.StatusInternalServerError}
	a.log(ctx, handler, r)
	return r.cause
}
