package authz

import (
	"context"

	"github.com/poolguard/poolguard/cognito"
)

// Explain decides as [Policy.Decide] does, and also returns the steps of the decision in their
// order. A token is checked to the end, also after the first failure. The details may name
// what the configuration accepts: they are for the operator.
func (p *Policy) Explain(ctx context.Context, r *Request) (Decision, []cognito.Check) {
	t := new(trace)
	d := p.decide(ctx, r, t)
	return d, t.checks
}

// A trace collects the steps of one decision. A nil trace collects nothing.
type trace struct{ checks []cognito.Check }

// step notes a step, and returns its refusal. detail is what to say if it passed.
func (t *trace) step(name string, refusal *cognito.Error, detail string) *cognito.Error {
	if refusal == nil {
		t.passed(name, detail)
	} else if t != nil {
		t.checks = append(t.checks, cognito.Check{Name: name, Status: cognito.Failed, Code: refusal.Code(), Detail: refusal.Detail()})
	}
	return refusal
}

// passed notes a step that passed.
func (t *trace) passed(name, detail string) {
	if t != nil {
		t.checks = append(t.checks, cognito.Check{Name: name, Status: cognito.Passed, Detail: detail})
	}
}

// inspect notes all checks of a token.
func (t *trace) inspect(ctx context.Context, verifier *cognito.Verifier, raw string, use cognito.TokenUse, requirements []cognito.Requirement) {
	if t != nil {
		t.checks = append(t.checks, verifier.Inspect(ctx, raw, use, requirements...).Checks...)
	}
}
