package account

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Attribute is one of a user (AttributeType).
type Attribute struct{ Name, Value string }

const (
	maxAttributeName  = 32 // of characters; custom names have 20 beside their prefix
	maxAttributeValue = 2048
	maxAttributes     = 100 // a pool has at most 50 custom ones
)

// The formats that Cognito asks of what it sends codes to. A telephone number is
// E.164; how strict Cognito is about addresses is a guess.
var (
	emailFormat = regexp.MustCompile(`^[^\s@"(),:;<>\[\\\]]{1,64}@[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+$`)
	phoneFormat = regexp.MustCompile(`^\+[0-9]{1,15}$`)
)

// verifiedFlag is the name of the attribute that says whether another is verified,
// or "".
func verifiedFlag(attribute string) string {
	if attribute == "email" || attribute == "phone_number" {
		return attribute + "_verified"
	}
	return ""
}

func isVerifiedFlag(name string) bool {
	return name == "email_verified" || name == "phone_number_verified"
}

// author is who writes attributes.
type author struct {
	client   *directory.Client // nil for an administrator
	creating bool              // of a user who is new
}

// may reports whether the author may write the attribute. No client may say that
// something is verified.
func (a author) may(name string) bool {
	if a.client == nil {
		return true
	}
	return !isVerifiedFlag(name) && (a.client.WriteAttributes == nil || slices.Contains(a.client.WriteAttributes, name))
}

// unknown and fault word a refusal as Cognito does, which is not the same for new
// users and for others.
func (a author) unknown(name string) error {
	if a.creating {
		return invalid("Attributes did not conform to the schema: %s: Attribute does not exist in the schema.", name)
	}
	return invalid("user.%s: Attribute does not exist in the schema.\n", name)
}

func (a author) immutable(name string) error {
	if a.creating {
		return invalid("Attributes did not conform to the schema: %s: Attribute cannot be updated. (changing an immutable attribute)", name)
	}
	return invalid("user.%s: Attribute cannot be updated. (changing an immutable attribute)\n", name)
}

// check judges attributes and returns them by name; of several with one name the
// last counts. Sizes come first, then what the client may write, then what the
// pool has, then formats: the order is a guess.
func (a author) check(pool directory.Pool, attributes []Attribute) (map[string]string, error) {
	if len(attributes) > maxAttributes {
		return nil, invalid("Too many attributes.")
	}
	for _, at := range attributes {
		switch {
		case at.Name == "" || utf8.RuneCountInString(at.Name) > maxAttributeName:
			return nil, invalid("1 validation error detected: Value at 'userAttributes' failed to satisfy constraint: Member must have names with length between 1 and %d", maxAttributeName)
		case utf8.RuneCountInString(at.Value) > maxAttributeValue || !utf8.ValidString(at.Value):
			return nil, invalid("Attributes did not conform to the schema: %s: String must be no longer than %d characters", at.Name, maxAttributeValue)
		}
	}
	for _, at := range attributes {
		if !a.may(at.Name) {
			return nil, errNotWritable
		}
	}
	values := map[string]string{}
	for _, at := range attributes {
		switch {
		case at.Name == "sub":
			return nil, a.immutable(at.Name)
		case !pool.HasAttribute(at.Name):
			return nil, a.unknown(at.Name)
		}
		values[at.Name] = at.Value
	}
	return values, checkFormats(values)
}

func checkFormats(values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		switch {
		case value == "": // deletes it
		case name == "email" && !emailFormat.MatchString(value):
			return invalid("Invalid email address format.")
		case name == "phone_number" && !phoneFormat.MatchString(value):
			return invalid("Invalid phone number format.")
		case isVerifiedFlag(name) && value != "true" && value != "false":
			return invalid("Attributes did not conform to the schema: %s: must be true or false", name) // a guess
		case name == "birthdate" && utf8.RuneCountInString(value) != len("2006-01-02"):
			return invalid("Attributes did not conform to the schema: birthdate: String must be no shorter than 10 and no longer than 10 characters")
		}
	}
	return nil
}

// apply writes checked attributes; an empty value deletes. An address that changes
// is not verified, unless the same call says so. It returns which addresses changed
// and are not verified, in the order of their names.
func apply(pool directory.Pool, u *directory.User, values map[string]string) (unverified []string, err error) {
	if u.Attributes == nil {
		u.Attributes = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		if value == "" && slices.Contains(pool.UsernameAttributes, name) && onlyName(pool, u, name) {
			return nil, invalid("user.%s: Attribute cannot be removed, since users sign in with it.", name) // a guess
		}
		flag := verifiedFlag(name)
		changed := u.Attributes[name] != value
		if changed {
			delete(u.Codes, codeName(name))
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

// onlyName reports whether the attribute is the last one that the user, whose user
// name nobody knows, signs in with.
func onlyName(pool directory.Pool, u *directory.User, attribute string) bool {
	for _, other := range pool.UsernameAttributes {
		if other != attribute && u.Attributes[other] != "" {
			return false
		}
	}
	return true
}

// Visible returns the attributes that a client may see, the sub first and the
// others in the order of their names. For an administrator the client is nil.
func Visible(u directory.User, client *directory.Client) []Attribute {
	seen := []Attribute{{"sub", u.Sub}}
	for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
		if client == nil || client.ReadAttributes == nil || slices.Contains(client.ReadAttributes, name) {
			seen = append(seen, Attribute{name, u.Attributes[name]})
		}
	}
	return seen
}

// codeName is under what User.Codes keeps the code that verifies an attribute.
func codeName(attribute string) string { return "verify:" + attribute }

func looksLikeEmail(name string) bool {
	return strings.Contains(name, "@") && emailFormat.MatchString(name)
}
