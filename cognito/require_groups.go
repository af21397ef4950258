package cognito

import (
	"context"
	"slices"
	"time"
)

// RequireGroups asks that the user is in every one of the groups (the claim
// cognito:groups).
func RequireGroups(groups ...string) Requirement {
	groups = slices.Clone(groups)
	r := Requirement{stage: stageGroups, code: ErrGroupMissing, text: "groups " + list(groups), fault: groupFault(groups)}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		for _, g := range groups {
			if !slices.Contains(t.groups, g) {
				return refuse(ErrGroupMissing, "cognito:groups", "a required group is missing; the token has %s", list(t.groups)).
					expecting("the group %s is missing; the token has %s", quote(g), list(t.groups))
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
			return refuse(ErrGroupMissing, "cognito:groups", "no required group is there; the token has %s", list(t.groups)).
				expecting("none of the groups %s is there; the token has %s", list(groups), list(t.groups))
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
