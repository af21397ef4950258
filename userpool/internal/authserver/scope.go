package authserver

import (
	"slices"
	"strings"
)

// The standard scopes of Cognito's authorization server.
const (
	scopeOpenID  = "openid"
	scopeEmail   = "email"
	scopePhone   = "phone"
	scopeProfile = "profile"
)

// grantScopes decides what a request for raw, a `scope` parameter, gets out of
// allowed: everything when it names nothing, and all that it names or nothing.
func grantScopes(raw string, allowed []string) ([]string, bool) {
	var scopes []string
	for s := range strings.SplitSeq(raw, " ") {
		switch {
		case s == "" || slices.Contains(scopes, s):
		case !slices.Contains(allowed, s):
			return nil, false
		default:
			scopes = append(scopes, s)
		}
	}
	if len(scopes) == 0 {
		return allowed, true
	}
	return scopes, true
}
