package attributes

import (
	"maps"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Apply writes checked attributes; an empty value deletes. An address that changes
// is not verified, unless the same call says so. It returns which addresses changed
// and are not verified, in the order of their names.
func Apply(pool directory.Pool, u *directory.User, values map[string]string) (unverified []string, err error) {
	if u.Attributes == nil {
		u.Attributes = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		if value == "" && slices.Contains(pool.UsernameAttributes, name) && onlyName(pool, u, name) {
			return nil, &Error{Name: name, Message: "user." + name + ": Attribute cannot be removed, since users sign in with it."} // a guess
		}
		flag := VerifiedFlag(name)
		changed := u.Attributes[name] != value
		if changed {
			delete(u.Codes, directory.CodeVerify(name))
		}
		if value == "" {
			delete(u.Attributes, name)
			delete(u.Attributes, flag)
			continue
		}
		u.Attributes[name] = value
		if flag != "" && changed {
			u.Attributes[flag] = "false"
			if values[flag] == "" {
				unverified = append(unverified, name)
			}
		}
		// "email" comes before "email_verified": what the call says of it wins.
	}
	return unverified, nil
}

// onlyName reports whether the attribute is the last one that the user can sign in with. The
// user name of such a user is a UUID that no person knows.
func onlyName(pool directory.Pool, u *directory.User, attribute string) bool {
	for _, other := range pool.UsernameAttributes {
		if other != attribute && u.Attributes[other] != "" {
			return false
		}
	}
	return true
}

// Complete writes the attributes that come with the first own password of a user
// whom an administrator has made. What the user has already, and must have, cannot
// change then; what is required and missing must come.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
func Complete(pool directory.Pool, client directory.Client, u *directory.User, attributes map[string]string) error {
	var list []Attribute
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		list = append(list, Attribute{name, attributes[name]})
	}
	values, err := Author{Client: &client, New: true}.Check(pool, list)
	if err != nil {
		return err
	}
	for _, at := range list {
		schema, _ := pool.Attribute(at.Name)
		fixed := slices.Contains(pool.UsernameAttributes, at.Name) || slices.Contains(pool.RequiredAttributes(), at.Name) || schema.Immutable()
		if fixed && u.Attributes[at.Name] != "" {
			// https://github.com/aws-samples/aws-saas-factory-bootcamp/issues/67
			return &Error{Name: at.Name, Unauthorized: true, Message: "Cannot modify an already provided " + at.Name}
		}
	}
	// The transaction may not be kept: the map is not to be changed in place.
	u.Attributes, u.Codes = maps.Clone(u.Attributes), maps.Clone(u.Codes)
	if _, err := Apply(pool, u, values); err != nil {
		return err
	}
	if missing := Lacking(pool, *u); len(missing) > 0 {
		return &Error{Name: missing[0], Message: "Invalid attributes given, " + listed(missing) + " is missing"}
	}
	return nil
}

// listed is "a", "a and b": https://github.com/pmill/aws-cognito/issues/25. How more
// than two are listed is a guess.
func listed(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
