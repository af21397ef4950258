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

// RequireGroups asks that the user is in every one of the groups (the claim
// cognito:groups).
func RequireGroups(groups ...string) Requirement {
	groups = slices.Clone(groups)
	r := Requirement{stage: stageGroups, code: ErrGroupMissing, text: "groups " + list(groups), fault: groupFault(groups)}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		for _, g := range groups {
			if !slices.Contains(t.groups, g) {
				return refuse(ErrGroupMissing, "cognito:groups", "the group %s is missing; the token has %s", quote(g), list(t.groups))
			}
		}
		return nil
	}
	return r
}

// RequireAnyGroup asks that the user is in at least one of the groups.
func RequireAnyGroup(groups ...string) Requirement {
	groups = slices.Clone(groups)
	r := Requirement{stage: stageGroups, code: ErrGroupMissing, text: "one of the groups " + list(groups), fault: groupFault(groups)}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		if !slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(t.groups, g) }) {
			return refuse(ErrGroupMissing, "cognito:groups", "none of the groups %s is there; the token has %s", list(groups), list(t.groups))
		}
		return nil
	}
	return r
}

func groupFault(groups []string) string {
	switch {
	case len(groups) == 0:
		return "the call requires groups but names none"
	case slices.Contains(groups, ""):
		return "the call requires a group without a name"
	}
	return ""
}
