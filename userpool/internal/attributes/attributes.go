package attributes

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Attribute is one of a user (AttributeType).
type Attribute struct{ Name, Value string }

const (
	maxName       = 32 // of characters; custom names have 20 beside their prefix
	maxAttributes = 100
	// maxFaults bounds what one refusal lists.
	maxFaults = 10
)

// The formats that Cognito asks of what it sends codes to. A telephone number is
// E.164; how strict Cognito is about addresses is a guess.
var (
	// Compiled when it is needed: it would cost every start milliseconds.
	emailFormat = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[^\x00-\x20\x7f@"(),:;<>\[\\\]]{1,64}@[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+$`)
	})
	phoneFormat = regexp.MustCompile(`^\+[0-9]{1,15}$`)
)

// LooksLikeEmail reports whether a name can be an e-mail address.
func LooksLikeEmail(name string) bool {
	return len(name) <= MaxValue && emailFormat().MatchString(name)
}

// LooksLikePhone reports whether a name can be a telephone number.
func LooksLikePhone(name string) bool { return phoneFormat.MatchString(name) }

// VerifiedFlag is the name of the attribute that says whether another is verified,
// or "".
func VerifiedFlag(attribute string) string {
	if attribute == "email" || attribute == "phone_number" {
		return attribute + "_verified"
	}
	return ""
}

func isVerifiedFlag(name string) bool {
	return name == "email_verified" || name == "phone_number_verified"
}

// Error refuses attributes, in Cognito's words unless a comment here says
// otherwise.
type Error struct {
	// Name is the first attribute with a fault, or "".
	Name string
	// Unauthorized is for attributes that are not the author's to write.
	Unauthorized bool
	Message      string
}

func (e *Error) Error() string { return e.Message }

// Author is who writes attributes.
type Author struct {
	// Client is nil for an administrator.
	Client *directory.Client
	// New is for users who are made, and for the first sign-in of one whom an
	// administrator has made: the schema is worded differently, and attributes that
	// cannot change can be set.
	New bool
}

// mayWrite reports whether the author may write the attribute. No client may say that
// something is verified, or write what is for developers.
func (a Author) mayWrite(name string) bool {
	if a.Client == nil {
		return true
	}
	return !isVerifiedFlag(name) && !strings.HasPrefix(name, "dev:") &&
		(a.Client.WriteAttributes == nil || slices.Contains(a.Client.WriteAttributes, name))
}

// fault is what the schema has against an attribute.
type fault struct{ attribute, words string }

// schemaError words what the schema does not take: one line for each fault.
// https://github.com/aws-amplify/amplify-flutter/issues/509 (new users),
// https://github.com/aws-amplify/amplify-js/issues/3526 (others)
func (a Author) schemaError(faults []fault) error {
	faults = faults[:min(len(faults), maxFaults)]
	var message strings.Builder
	if a.New {
		message.WriteString("Attributes did not conform to the schema: ")
	}
	for _, f := range faults {
		if !a.New {
			message.WriteString("user.")
		}
		message.WriteString(f.attribute + ": " + f.words + "\n")
	}
	return &Error{Name: faults[0].attribute, Message: message.String()}
}

// Check judges attributes and returns them by name; of several with one name the
// last counts, and an empty value deletes. Refusals are *[Error]. Sizes come
// first, then what the client may write, then the schema, then addresses: the order
// is a guess.
func (a Author) Check(pool directory.Pool, attributes []Attribute) (map[string]string, error) {
	if len(attributes) > maxAttributes {
		return nil, &Error{Message: "Too many attributes."} // a guess
	}
	for _, at := range attributes {
		switch n := utf8.RuneCountInString(at.Name); {
		case !utf8.ValidString(at.Name + at.Value):
			return nil, &Error{Message: "Attributes must be UTF-8."} // a guess
		case n < 1 || n > maxName:
			return nil, &Error{Message: "1 validation error detected: Value at 'userAttributes' failed to satisfy constraint: Member must have names with length between 1 and 32"} // a guess
		}
	}
	values := map[string]string{}
	var faults []fault
	for _, at := range attributes {
		at.Value = lowerBoolean(pool, at)
		if !a.mayWrite(at.Name) {
			return nil, &Error{Name: at.Name, Unauthorized: true, Message: "A client attempted to write unauthorized attribute"}
		}
		if words := a.check(pool, at); words != "" {
			faults = append(faults, fault{at.Name, words})
		}
		values[at.Name] = at.Value
	}
	if len(faults) > 0 {
		return nil, a.schemaError(faults)
	}
	switch email, phone := values["email"], values["phone_number"]; {
	case email != "" && !LooksLikeEmail(email):
		return nil, &Error{Name: "email", Message: "Invalid email address format."}
	case phone != "" && !LooksLikePhone(phone):
		return nil, &Error{Name: "phone_number", Message: "Invalid phone number format."}
	}
	return values, nil
}

// lowerBoolean returns the value of an attribute, in lower case if it is a Boolean: Cognito
// takes what Python prints ("True"). That it keeps it in lower case is a guess.
func lowerBoolean(pool directory.Pool, at Attribute) string {
	schema, _ := pool.Attribute(at.Name)
	if lower := strings.ToLower(at.Value); schema.AttributeDataType == "Boolean" && (lower == "true" || lower == "false") {
		return lower
	}
	return at.Value
}

// The schema's words. https://github.com/furaiev/amazon-cognito-identity-dart-2/issues/89
const (
	wordsUnknown   = "Attribute does not exist in the schema."
	wordsImmutable = "Attribute cannot be updated."
	wordsRequired  = "The attribute is required"
)

// check returns what the schema has against one attribute, or "".
func (a Author) check(pool directory.Pool, at Attribute) string {
	schema, ok := pool.Attribute(at.Name)
	switch {
	case at.Name == "sub":
		return wordsImmutable
	case !ok:
		return wordsUnknown
	case schema.Immutable() && !a.New:
		return wordsImmutable
	case at.Value != "":
		return valueFault(schema, at.Value)
	case !a.New && slices.Contains(pool.RequiredAttributes(), at.Name):
		return wordsRequired // that it cannot be deleted is a guess
	}
	return ""
}

// CheckRequired refuses a user who signs up without an attribute that the schema
// requires. Administrators may leave them out.
func CheckRequired(pool directory.Pool, values map[string]string) error {
	var faults []fault
	for _, name := range pool.RequiredAttributes() {
		if values[name] == "" {
			faults = append(faults, fault{name, wordsRequired})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return Author{New: true}.schemaError(faults)
}

// Lacking names the required attributes that a user does not have.
func Lacking(pool directory.Pool, u directory.User) []string {
	return slices.DeleteFunc(pool.RequiredAttributes(), func(name string) bool { return u.Attributes[name] != "" })
}
