package directory

import (
	"strings"
	"unicode/utf8"
)

const (
	defaultMinimumLength = 8
	defaultTemporaryDays = 7
)

// symbols are the special characters that RequireSymbols counts.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// Violation says in Cognito's words what keeps the policy from taking a password,
// such as "Password not long enough", or "". Cognito names one thing at a time; in
// which order is a guess but for the length, which is first.
func (p PasswordPolicy) Violation(password string) string {
	least := p.MinimumLength
	if least == 0 {
		least = defaultMinimumLength
	}
	has := func(wanted string) bool { return strings.ContainsAny(password, wanted) }
	switch {
	case utf8.RuneCountInString(password) < least:
		return "Password not long enough"
	case p.RequireUppercase && !has("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return "Password must have uppercase characters"
	case p.RequireLowercase && !has("abcdefghijklmnopqrstuvwxyz"):
		return "Password must have lowercase characters"
	case p.RequireNumbers && !has("0123456789"):
		return "Password must have numeric characters"
	case p.RequireSymbols && !has(symbols):
		return "Password must have symbol characters"
	default:
		return ""
	}
}

// Temporary is how many days a password lives that an administrator set.
func (p PasswordPolicy) Temporary() int {
	if p.TemporaryDays == 0 {
		return defaultTemporaryDays
	}
	return p.TemporaryDays
}
