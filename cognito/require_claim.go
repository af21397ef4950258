package cognito

import (
	"context"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// RequireClaim requires a claim to have one of the values. The claim is a string, a
// boolean or a number (values are compared with its spelling in the token), or an array
// of strings that contains one of the values. Names are case-sensitive.
func RequireClaim(name string, values ...string) Requirement {
	values = slices.Clone(values)
	r := Requirement{stage: stageClaims, code: ErrClaimMismatch, text: "claim " + quote(name) + " " + list(values)}
	if name == "" || len(values) == 0 {
		r.fault = "the call requires a claim without a name or without a value"
	}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		//mutate:ignore always: no token gets here with an iss of a wrong kind, the claim of the zero value
		if c, known := claimByName[name]; known && t.wrong.has(c) && t.knownHere(c) {
			return t.known(c, false)
		}
		value, ok := t.member(name)
		switch {
		case !ok:
			return refuse(ErrClaimMismatch, name, "the claim %s is absent", quote(name)).
				expecting("the claim %s is absent; it must be %s", quote(name), oneOf(values))
		case !matchesAny(value, values):
			return refuse(ErrClaimMismatch, name, "the claim %s has no required value; the token has %s", quote(name), describeValue(value)).
				expecting("the claim %s must be %s; the token has %s", quote(name), oneOf(values), describeValue(value))
		}
		return nil
	}
	return r
}

func matchesAny(value jose.Value, values []string) bool {
	if text, ok := value.Text(); ok {
		return slices.Contains(values, text)
	}
	if texts, ok := value.Texts(); ok {
		return slices.ContainsFunc(texts, func(s string) bool { return slices.Contains(values, s) })
	}
	_, isBool := value.Bool()
	return (isBool || value.IsNumber()) && slices.Contains(values, string(value))
}
