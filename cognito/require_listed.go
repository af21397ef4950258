package cognito

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// RequireListed requires a claim that holds a list in the given format, such as
// custom:groups, to have at least one of the names. Names are compared byte by byte. A claim
// that is not such a list is [ErrClaimInvalid]: it never counts as another list. See
// [ListFormat] for the formats in which names can run together.
func RequireListed(claim string, format ListFormat, names ...string) Requirement {
	names = slices.Clone(names)
	r := Requirement{stage: stageClaims, code: ErrClaimMismatch, text: "one of " + list(names) + " in the claim " + quote(claim)}
	switch {
	case claim == "" || len(names) == 0 || slices.Contains(names, ""):
		r.fault = "the call requires a list without the name of its claim, or an empty name in it"
	case !format.isKnown():
		r.fault = fmt.Sprintf("the call requires a list in the unknown format %q", string(format))
	}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		held, present, err := t.list(claim, format)
		switch {
		case err != nil:
			return refuse(ErrClaimInvalid, claim, "the claim %s %v", quote(claim), err)
		case !present:
			return refuse(ErrClaimMismatch, claim, "the claim %s is absent", quote(claim)).
				expecting("the claim %s is absent; it must have %s", quote(claim), oneOf(names))
		case !slices.ContainsFunc(names, func(name string) bool { return slices.Contains(held, name) }):
			return refuse(ErrClaimMismatch, claim, "the claim %s has no required name; the token has %s", quote(claim), list(held)).
				expecting("the claim %s must have %s; the token has %s", quote(claim), oneOf(names), list(held))
		}
		return nil
	}
	return r
}
