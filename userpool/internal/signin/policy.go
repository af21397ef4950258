package signin

import (
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// PolicyError says what a password lacks of the pool's policy.
type PolicyError struct{ Lack Lack }

func (e *PolicyError) Error() string { return "the password is too weak: " + string(e.Lack) }

// Lack is what a password does not have.
type Lack string

// What a policy may ask for.
const (
	LackLength    Lack = "length"
	LackUppercase Lack = "uppercase"
	LackLowercase Lack = "lowercase"
	LackNumbers   Lack = "numbers"
	LackSymbols   Lack = "symbols"
)

// symbols are those that AWS lists; a space within counts too.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// CheckPolicy returns a *[PolicyError] for the first thing that a password lacks.
func CheckPolicy(policy directory.PasswordPolicy, password string) error {
	minimum := policy.MinimumLength
	if minimum == 0 {
		minimum = directory.DefaultPasswordPolicy.MinimumLength
	}
	has := func(set string) bool { return strings.ContainsAny(password, set) }
	switch {
	case utf8.RuneCountInString(password) < minimum:
		return &PolicyError{LackLength}
	case policy.RequireLowercase && !has("abcdefghijklmnopqrstuvwxyz"):
		return &PolicyError{LackLowercase}
	case policy.RequireUppercase && !has("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return &PolicyError{LackUppercase}
	case policy.RequireNumbers && !has("0123456789"):
		return &PolicyError{LackNumbers}
	case policy.RequireSymbols && !has(symbols):
		return &PolicyError{LackSymbols}
	}
	return nil
}
