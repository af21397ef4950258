package users

import (
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Filter picks users by one attribute. The zero value picks all.
type Filter struct {
	attribute string
	value     string
	prefix    bool
}

// searchable are the names that a filter may have.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
var searchable = []string{
	"username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username",
	"cognito:user_status", "status", "sub",
}

var errFilter = &Error{CodeInvalidParameter, "Error while parsing filter"}

// ParseFilter reads a filter of ListUsers: an attribute, "=" or "^=" (begins with),
// and a value in quotation marks, within which a backslash takes the meaning from
// the character after it. Spaces may stand between the three. An empty filter
// picks all.
func ParseFilter(text string) (Filter, error) {
	rest := strings.TrimSpace(text)
	if rest == "" {
		return Filter{}, nil
	}
	end := strings.IndexAny(rest, "^= \t")
	if end <= 0 {
		return Filter{}, errFilter
	}
	f := Filter{attribute: rest[:end]}
	rest = strings.TrimSpace(rest[end:])
	rest, f.prefix = strings.CutPrefix(rest, "^")
	rest, ok := strings.CutPrefix(rest, "=")
	if !ok {
		return Filter{}, errFilter
	}
	if f.value, ok = unquote(strings.TrimSpace(rest)); !ok {
		return Filter{}, errFilter
	}
	if !slices.Contains(searchable, f.attribute) {
		return Filter{}, invalid("Invalid search attribute: %s", f.attribute)
	}
	return f, nil
}

// unquote reads all of a quoted value.
func unquote(quoted string) (string, bool) {
	body, ok := strings.CutPrefix(quoted, `"`)
	var value strings.Builder
	for i := 0; ok && i < len(body); i++ {
		switch c := body[i]; c {
		case '"':
			return value.String(), i == len(body)-1
		case '\\':
			i++
			if i == len(body) {
				return "", false
			}
			value.WriteByte(body[i])
		default:
			value.WriteByte(c)
		}
	}
	return "", false
}

// String writes the filter in the form that ParseFilter reads.
func (f Filter) String() string {
	if f.attribute == "" {
		return ""
	}
	operator := "="
	if f.prefix {
		operator = "^="
	}
	return f.attribute + " " + operator + ` "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(f.value) + `"`
}

// Picks reports whether the user passes. All but the user's status are compared
// with case, which AWS documents for some of them and is a guess for the others.
func (f Filter) Picks(u directory.User) bool {
	var have string
	ok := true
	switch f.attribute {
	case "":
		return true
	case "username":
		have = u.Username
	case "sub":
		have = u.Sub
	case "status":
		if have = "Enabled"; u.Disabled {
			have = "Disabled"
		}
	case "cognito:user_status":
		have = string(u.Status)
		f.value = strings.ToUpper(f.value)
	default:
		have, ok = u.Attributes[f.attribute]
	}
	if f.prefix {
		return ok && strings.HasPrefix(have, f.value)
	}
	return ok && have == f.value
}
