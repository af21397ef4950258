package lambdaauth

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
)

// A request has the parts that all events of API Gateway have.
type request struct {
	handler string
	arn     string // methodArn or routeArn
	key     string // the route that API Gateway selected, as a route key, "" if the event does not name it
	raw     string
	err     error // set if raw has no token
}

// A decision is an answer with a policy.
type decision struct {
	principal string
	policy    events.APIGatewayCustomAuthorizerPolicy
	context   map[string]any
	token     cognito.Token // nil where the policy denies everything
}

// anonymousPrincipal is the principal of an answer to a bad token.
const anonymousPrincipal = "anonymous"

// decide answers a request with a policy or an error: an [*UnauthorizedError] for 401,
// any other error for 500.
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
		return a.permit(ctx, r.handler, arn, token, wholeStage), nil
	}
	verdict := a.meetsAll(ctx, token, a.routes.rulesFor(arn.call, r.key))
	if verdict != nil && (a.config.Caching != CachedByToken || refusal(verdict).status != http.StatusForbidden) {
		return a.refuse(ctx, r.handler, arn, token, verdict)
	}
	if a.config.Caching == CachedByToken {
		if d, err := a.decideForTable(ctx, r, arn, token, verdict); d != nil || err != nil {
			return d, err
		}
	}
	if p, ok := a.ownPolicy(arn); ok {
		if longest := p.longest(arn); longest > maxResource {
			return nil, a.resourceTooLong(ctx, r.handler, longest)
		}
		if a.config.Caching == CachedByToken {
			a.warnOfOneRoute(ctx, r.handler)
		}
		return a.permit(ctx, r.handler, arn, token, p), nil
	}
	return a.refuse(ctx, r.handler, arn, token, inexpressible())
}

// decideForTable returns an answer for all routes of the table, which is also right for the current
// call. verdict is the refusal of that call, nil if the token may make it. Both results are nil if the
// token may make the call and a policy cannot express the table.
func (a *Authorizer) decideForTable(ctx context.Context, r request, arn methodARN, token *bearerToken, verdict error) (*decision, error) {
	met, err := a.met(ctx, token)
	if err != nil {
		return a.refuse(ctx, r.handler, arn, token, err)
	}
	all, allowed := a.routes.pick(func(rule int) bool { return met[rule] })
	//mutate:ignore boundary: an answer whose resources have that size is larger itself, and is refused below
	if size := allowedSize(arn, allowed); size.whole > a.maxBytes() {
		return nil, a.policyTooLarge(ctx, r.handler, size)
	}
	p, ok := tablePolicy(arn, all, allowed, verdict == nil)
	switch {
	case !ok && verdict != nil:
		return a.refuse(ctx, r.handler, arn, token, verdict)
	case !ok:
		return nil, nil
	}
	if longest := p.longest(arn); longest > maxResource {
		return nil, a.resourceTooLong(ctx, r.handler, longest)
	}
	if verdict != nil {
		a.log(ctx, r.handler, refusal(verdict))
	}
	d := a.decisionOf(arn, token, p)
	if size := d.size(); size.whole > a.maxBytes() {
		return nil, a.policyTooLarge(ctx, r.handler, size)
	}
	a.warnOfWholeTable(ctx, r.handler, arn, all, d)
	return d, nil
}

func inexpressible() *cognito.Error {
	return cognito.NewError(cognito.ErrAccessDenied, "a policy cannot allow a call whose path has wildcards or is too long, without allowing others")
}

// tablePolicy returns the policy for the allowed entries. ok is false if that policy
// would be wrong for the current call. Its resources may be too long.
func tablePolicy(arn methodARN, all, allowed []*entry, permit bool) (policy, bool) {
	if len(allowed) == 0 {
		return policy{}, false
	}
	p := policyFor(allowed, all)
	if !permit && p.allows(arn.call) {
		// Not in the table, but the policy would allow it.
		if !isPlain(arn.call) {
			return policy{}, false
		}
		p.deny = append(p.deny, arn.call)
	}
	return p, p.allows(arn.call) == permit
}

// ownPolicy returns a policy for the one route of the call. It is for the call alone if
// answers are not kept, or if a policy cannot express the route. Its resources may be too long.
func (a *Authorizer) ownPolicy(arn methodARN) (policy, bool) {
	exact, ok := exactPolicy(arn)
	if ok && a.config.Caching == NotCached {
		return exact, true
	}
	if own := a.routes.find(arn.call); own != nil {
		all, _ := a.routes.pick(func(int) bool { return false })
		if p := policyFor([]*entry{own}, all); p.allows(arn.call) {
			return p, true
		}
	}
	return exact, ok
}

func (a *Authorizer) decisionOf(arn methodARN, token *bearerToken, p policy) *decision {
	return &decision{token.Subject(), p.document(arn), a.contextOf(token.subject), token.subject}
}

// permit returns the answer with a policy that does not grow with the table. It warns of an answer
// that is too large, and does not refuse it: the rest is the context, and the API may accept it.
func (a *Authorizer) permit(ctx context.Context, handler string, arn methodARN, token *bearerToken, p policy) *decision {
	d := a.decisionOf(arn, token, p)
	if size := d.size(); size.whole > a.maxBytes() {
		a.warnOfSize(ctx, "the context is too large", handler, size, contextAdvice)
	}
	return d
}

// refuse returns the answer for a refusal. A good token that is not enough gets a policy
// that denies the whole stage. This is also right for a kept answer: it is kept for this
// token, or for this token and route.
func (a *Authorizer) refuse(ctx context.Context, handler string, arn methodARN, token *bearerToken, err error) (*decision, error) {
	r := refusal(err)
	a.log(ctx, handler, r)
	switch r.status {
	case http.StatusForbidden:
		d := &decision{principal: anonymousPrincipal, policy: policy{}.document(arn)}
		if token != nil {
			d.principal = token.Subject()
		}
		return d, nil
	case http.StatusUnauthorized:
		return nil, &UnauthorizedError{r.cause}
	}
	return nil, &failedError{r.cause}
}

// unreadable returns the error for an event of the wrong kind: the function is configured
// for another kind of authorizer, or API Gateway did not send the event.
func (a *Authorizer) unreadable(ctx context.Context, handler, why string) error {
	r := refused{cognito.NewError(cognito.ErrRequestInvalid, why), http.StatusInternalServerError}
	a.log(ctx, handler, r)
	return &failedError{r.cause}
}
