package cognito

import (
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// profileClaims say how to reach the user and nothing about what the token allows. One of a
// wrong kind, which an attribute mapping of a provider can cause, counts as absent where it
// is read, and is claim_invalid where it is required. The rest of the token stays usable.
const profileClaims claimSet = 1<<claimEmail | 1<<claimEmailVerified | 1<<claimPhoneNumber | 1<<claimPhoneNumberVerified | 1<<claimIdentities

// kindOf says of which JSON kind a claim must be.
func kindOf(c claim) string {
	switch c { //nolint:exhaustive // the others are strings
	case claimVersion:
		return "a number"
	case claimEmailVerified, claimPhoneNumberVerified:
		return "true or false"
	case claimAudience:
		return "a string or an array of strings"
	case claimGroups, claimRoles, claimAMR:
		return "an array of strings"
	case claimIdentities:
		return "an array of objects"
	}
	return "a string"
}

// kindOfValue says of which JSON kind a value is, in the words of kindOf.
//
//mutate:ignore it words a message
func kindOfValue(value jose.Value) string {
	_, isBool := value.Bool()
	switch {
	case isBool:
		return "a boolean"
	case value.IsNumber():
		return "a number"
	case string(value) == "null":
		return "null"
	case strings.HasPrefix(string(value), `"`):
		return "a string"
	case strings.HasPrefix(string(value), "[") && strings.TrimSpace(string(value[1:len(value)-1])) == "":
		return "an empty array"
	case strings.HasPrefix(string(value), "["):
		return "an array with other members"
	}
	return "an object"
}

// describeValue writes the value of a verified claim for a message, quoted once.
//
//mutate:ignore it words a message
func describeValue(value jose.Value) string {
	if text, ok := value.Text(); ok {
		return quote(text)
	}
	if texts, ok := value.Texts(); ok && len(texts) > 0 {
		return list(texts)
	}
	if _, ok := value.Bool(); ok || value.IsNumber() {
		const longest = 100
		return string(value[:min(len(value), longest)])
	}
	return kindOfValue(value)
}

// oneOf writes what a claim may be, for a message.
//
//mutate:ignore it words a message
func oneOf(values []string) string {
	if len(values) == 1 {
		return quote(values[0])
	}
	return "one of " + list(values)
}

// wrongProfile names the profile claims of a wrong kind, for a report.
//
//mutate:ignore it words a report
func (t *payload) wrongProfile() string {
	var wrong []string
	for c := range numClaims {
		if t.wrong.has(c) && t.knownHere(c) && profileClaims.has(c) {
			wrong = append(wrong, t.known(c, false).message)
		}
	}
	return strings.Join(wrong, "; ")
}
