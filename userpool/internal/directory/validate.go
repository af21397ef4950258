package directory

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fault is something that a record may not have.
type Fault struct {
	// Field is relative to the record and has the record's names, such as
	// "CallbackURLs[1]" or `Attributes["email"]`.
	Field string
	// Message says what is wrong. It never holds a secret.
	Message string
	// Value is what is wrong, where it is one string and no secret.
	Value string
}

// String is "Field: Message".
func (f Fault) String() string { return f.Field + ": " + f.Message }

// Renamed returns the fault under the name that another form of the record (a
// configuration, a request) has for the field. Fields that names lacks keep
// theirs.
func (f Fault) Renamed(names map[string]string) Fault {
	end := strings.IndexAny(f.Field, "[.")
	if end < 0 {
		end = len(f.Field)
	}
	if name, ok := names[f.Field[:end]]; ok {
		f.Field = name + f.Field[end:]
	}
	return f
}

// faults gathers everything that is wrong with a record.
type faults []Fault

// add takes a Value from args, if the first one is a string.
func (f *faults) add(field, format string, args ...any) {
	fault := Fault{Field: field, Message: fmt.Sprintf(format, args...)}
	if len(args) > 0 {
		fault.Value, _ = args[0].(string)
	}
	*f = append(*f, fault)
}

// oneOf adds a fault for every value that is not allowed, or is there twice.
func (f *faults) oneOf(field string, values []string, allowed ...string) {
	for i, v := range values {
		switch at := fmt.Sprintf("%s[%d]", field, i); {
		case !slices.Contains(allowed, v):
			f.add(at, "%q is not one of %s", v, strings.Join(allowed, ", "))
		case slices.Contains(values[:i], v):
			f.add(at, "%q is used twice", v)
		}
	}
}

// The patterns are those of the API's shapes, where it has them.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Types.html
var (
	poolIDPattern     = regexp.MustCompile(`^([a-z]+(?:-[a-z]+)+-[0-9]+)_[0-9A-Za-z]+$`)
	clientIDPattern   = bounded{regexp.MustCompile(`^[\w+-]+$`), 128}
	labelPattern      = bounded{regexp.MustCompile(`^[\w\s+=,.@-]+$`), 128}
	scopeTokenPattern = bounded{regexp.MustCompile(`^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$`), 256} // RFC 6749 §3.3, without "/"
	resourcePattern   = bounded{regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+$`), 256}          // may be a URL
	arnPattern        = regexp.MustCompile(`^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:[\w+=/,.@-]*:[0-9]+:[\w+=/,.@-]+(?::[\w+=/,.@-]+){0,2}$`)
)

const maxName = 128

// isCustom reports whether name is that of a custom attribute.
func isCustom(name string) bool {
	own, found := strings.CutPrefix(strings.TrimPrefix(name, "dev:"), "custom:")
	return found && GoodName(own, 1, 20)
}

// standardScopes are those of OpenID Connect, and the one that lets a user change
// the own account.
var standardScopes = []string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"}

// StandardScopes returns the scopes that every pool has.
func StandardScopes() []string { return slices.Clone(standardScopes) }

// standardAttributes are the attributes that every pool has, except sub, which no caller can set.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
var standardAttributes = []string{
	"address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale",
	"middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture",
	"preferred_username", "profile", "updated_at", "website", "zoneinfo",
}

// HasAttribute reports whether users of the pool can have an attribute.
func (p *Pool) HasAttribute(name string) bool {
	return slices.Contains(standardAttributes, name) || slices.Contains(p.Custom, name) ||
		p.AnyCustom && isCustom(name)
}

// Faults returns all that is wrong with a user of the pool, whose attributes
// must be the pool's. Passwords are not in the record: see [PasswordFaults].
func (u *User) Faults(pool *Pool) []Fault {
	var f faults
	if !GoodName(u.Username, 1, maxName) {
		f.add("Username", "%q is not 1 to 128 characters without spaces", u.Username)
	}
	if u.Sub != "" && !GoodName(u.Sub, 1, maxName) {
		f.add("Sub", "%q is not 1 to 128 characters without spaces", u.Sub)
	}
	for i, g := range u.Groups {
		if !GoodName(g, 1, maxName) || slices.Contains(u.Groups[:i], g) {
			f.add(fmt.Sprintf("Groups[%d]", i), "%q is used twice, or is not 1 to 128 characters without spaces", g)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
		value, at := u.Attributes[name], fmt.Sprintf("Attributes[%q]", name)
		switch {
		case !slices.Contains(standardAttributes, name) && !isCustom(name):
			f.add(at, "is neither a standard attribute nor custom:…")
		case !pool.HasAttribute(name):
			f.add(at, "is not an attribute of the pool")
		case strings.HasSuffix(name, "_verified") && !strings.Contains(name, ":") && value != "true" && value != "false":
			f.add(at, `must be "true" or "false"`)
		case len(value) > 2048 || !utf8.ValidString(value):
			f.add(at, "has more than 2048 bytes, or is not UTF-8")
		}
	}
	return f
}

// PasswordFaults returns what keeps a password from being one at all (field
// "Password"). What the pool's policy asks for beyond that is not looked at.
func PasswordFaults(password string) []Fault {
	var f faults
	if n := utf8.RuneCountInString(password); n < 1 || n > 256 || !utf8.ValidString(password) {
		f.add("Password", "must have 1 to 256 characters")
	}
	return f
}
