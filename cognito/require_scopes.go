package cognito

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// RequireScopes asks that the access token was granted every one of the scopes. ID
// tokens have none.
func RequireScopes(scopes ...string) Requirement {
	scopes = slices.Clone(scopes)
	r := Requirement{stage: stageScopes, code: ErrScopeMissing, text: "scopes " + list(scopes), fault: scopeFault(scopes)}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		for _, s := range scopes {
			if !slices.Contains(t.granted(), s) {
				return missingScope(t, scopes, "the scope "+quote(s)+" is missing")
			}
		}
		return nil
	}
	return r
}

// RequireAnyScope asks that the access token was granted at least one of the
// scopes.
func RequireAnyScope(scopes ...string) Requirement {
	scopes = slices.Clone(scopes)
	r := Requirement{stage: stageScopes, code: ErrScopeMissing, text: "one of the scopes " + list(scopes), fault: scopeFault(scopes)}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		if !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(t.granted(), s) }) {
			return missingScope(t, scopes, "none of the scopes "+list(scopes)+" is there")
		}
		return nil
	}
	return r
}

// granted returns the scopes of an access token. A claim of that name in an ID token
// is somebody's custom claim and grants nothing.
func (t *payload) granted() []string {
	if t.use() != TokenUseAccess {
		return nil
	}
	return t.scopes
}

func missingScope(t *payload, scopes []string, what string) *Error {
	e := refuse(ErrScopeMissing, "scope", "%s; the token has %s", what, list(t.granted()))
	e.want.scopes = scopes
	return e
}

func scopeFault(scopes []string) string {
	for _, s := range scopes {
		if !isScope(s) {
			return fmt.Sprintf("the required scope %s is not a scope: name each one by itself", quote(s))
		}
	}
	if len(scopes) == 0 {
		return "the call requires scopes but names none"
	}
	return ""
}

// isScope allows what a scope-token is made of (RFC 6749 §3.3); a space separates
// scopes, so a name with one can never be there.
func isScope(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}
