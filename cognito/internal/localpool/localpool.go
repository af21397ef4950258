// Package localpool recognizes the IDs of local user pools that are not of the form of
// Amazon's.
//
// It owns that form and nothing else: whether such an ID is accepted in a place is the
// decision of that place. It must never become a part of an address.
package localpool

import "strings"

// maxID is the length that Cognito's API allows for the ID of a user pool.
const maxID = 55

// IsID reports whether s is local_ and then letters and digits, as cognito-local calls its
// user pools: https://github.com/jagregory/cognito-local
func IsID(s string) bool {
	name, found := strings.CutPrefix(s, "local_")
	if !found || name == "" || len(s) > maxID {
		return false
	}
	for _, c := range []byte(name) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
