package cognito

import (
	"context"
	"slices"
	"time"
)

// RequireAudience requires an access token that is bound to at least one of the
// resources (RFC 8707), each of which must be among the pool's
// [UserPool.Audiences] too.
func RequireAudience(resources ...string) Requirement {
	resources = slices.Clone(resources)
	r := Requirement{stage: stageAudience, code: ErrAudienceMismatch, text: "audience " + list(resources)}
	if len(resources) == 0 || slices.Contains(resources, "") {
		r.fault = "the call requires an audience but names none"
	}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		if t.use() != TokenUseAccess || !slices.ContainsFunc(resources, func(a string) bool { return slices.Contains(t.audiences, a) }) {
			return refuse(ErrAudienceMismatch, "aud", "no required audience is there; the token has %s", list(t.audiences)).
				expecting("none of %s is there; the token has %s", list(resources), list(t.audiences))
		}
		return nil
	}
	return r
}
