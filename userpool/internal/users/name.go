package users

import (
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// newName decides on the user name of a new user who wants to be called name. In a
// pool where people sign in with an address, the user name is the sub and the
// address an attribute.
func newName(pool directory.Pool, name, sub string, values map[string]string) (string, error) {
	if !directory.GoodName(name, 1, 128) { // UsernameType
		return "", invalid("1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+")
	}
	email, phone := attributes.LooksLikeEmail(name), attributes.LooksLikePhone(name)
	if len(pool.UsernameAttributes) == 0 {
		return name, checkNotAlias(pool, email, phone)
	}
	byEmail := slices.Contains(pool.UsernameAttributes, "email")
	byPhone := slices.Contains(pool.UsernameAttributes, "phone_number")
	var attribute string
	switch {
	case byEmail && email:
		attribute = "email"
	case byPhone && phone:
		attribute = "phone_number"
	case byEmail && byPhone:
		return "", invalid("Username should be either an email or a phone number.")
	case byEmail:
		return "", invalid("Username should be an email.")
	default:
		return "", invalid("Username should be a phone number.")
	}
	if given := values[attribute]; given != "" && pool.UserKey(given) != pool.UserKey(name) {
		return "", invalid("Username and the %s attribute must be the same.", attribute) // a guess
	}
	values[attribute] = name
	return sub, nil
}

// checkNotAlias rejects a user name that looks like an alias.
func checkNotAlias(pool directory.Pool, email, phone bool) error {
	switch {
	case email && slices.Contains(pool.AliasAttributes, "email"):
		return invalid("Username cannot be of email format, since user pool is configured for email alias.")
	case phone && slices.Contains(pool.AliasAttributes, "phone_number"):
		return invalid("Username cannot be of phone number format, since user pool is configured for phone number alias.")
	default:
		return nil
	}
}
