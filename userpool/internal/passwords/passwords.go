package passwords

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// PolicyError says what a password ruleTexts of the pool's policy. Its text is
// Cognito's.
type PolicyError struct{ Rule Rule }

func (e *PolicyError) Error() string {
	return "Password did not conform with policy: " + ruleTexts[e.Rule]
}

// Rule is one rule of a policy.
type Rule string

// RuleForm is for every password. The others are those that a policy may have.
const (
	RuleLength    Rule = "length"
	RuleUppercase Rule = "uppercase"
	RuleLowercase Rule = "lowercase"
	RuleNumbers   Rule = "numbers"
	RuleSymbols   Rule = "symbols"
	RuleForm      Rule = "form"
)

var ruleTexts = map[Rule]string{
	RuleLength:    "Password not long enough",
	RuleUppercase: "Password must have uppercase characters",
	RuleLowercase: "Password must have lowercase characters",
	RuleNumbers:   "Password must have numeric characters",
	RuleSymbols:   "Password must have symbol characters",
	RuleForm:      "Password must not begin or end with a space or have over 256 characters", // a guess
}

// ErrUsed means that a new password is one of the last that the pool's policy
// remembers. The exception is documented, the words are a guess.
var ErrUsed = errors.New("Password has previously been used.") //nolint:revive // Cognito's form

// symbols are those that AWS lists; a space within counts too.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// maxPassword is PasswordType's bound.
const maxPassword = 256

// Check returns a *[PolicyError] for the first thing that a new password
// ruleTexts of the pool's policy.
func Check(policy directory.PasswordPolicy, password string) error {
	has := func(set string) bool { return strings.ContainsAny(password, set) }
	switch length := utf8.RuneCountInString(password); {
	case length > maxPassword || strings.TrimSpace(password) != password:
		return &PolicyError{RuleForm}
	case length < cmp.Or(policy.MinimumLength, directory.DefaultPasswordPolicy.MinimumLength):
		return &PolicyError{RuleLength}
	case policy.RequireLowercase && !has("abcdefghijklmnopqrstuvwxyz"):
		return &PolicyError{RuleLowercase}
	case policy.RequireUppercase && !has("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return &PolicyError{RuleUppercase}
	case policy.RequireNumbers && !has("0123456789"):
		return &PolicyError{RuleNumbers}
	case policy.RequireSymbols && !has(symbols):
		return &PolicyError{RuleSymbols}
	}
	return nil
}

// CheckHistory returns ErrUsed for one of the user's last passwords, if the policy has a
// history. It computes one SRP verifier for each remembered password, which is slow.
func CheckHistory(pool directory.Pool, u directory.User, password string) error {
	last := append([]srp.Verifier{u.Password}, u.PastPasswords...)
	for _, v := range last[:min(len(last), pool.Password.HistorySize)] {
		if v.Matches(pool.SRPName(), u.Username, password) {
			return ErrUsed
		}
	}
	return nil
}

// Set gives u a password and the status that belongs to it: Confirmed, or
// ForceChangePassword for a temporary password. Sign-ins of the user do not end, as with
// Cognito (https://github.com/aws-amplify/amplify-js/issues/6559). GlobalSignOut ends them.
func Set(pool directory.Pool, u *directory.User, v srp.Verifier, status directory.Status, now time.Time) {
	if keep := pool.Password.HistorySize - 1; keep > 0 && len(u.Password.V) > 0 {
		u.PastPasswords = slices.Insert(u.PastPasswords, 0, u.Password)
		u.PastPasswords = u.PastPasswords[:min(len(u.PastPasswords), keep)]
	}
	u.Password, u.Status, u.ModifiedAt = v, status, now
	u.Failures, u.LockedUntil = 0, time.Time{}
	u.TemporaryUntil = time.Time{}
	if status == directory.ForceChangePassword {
		u.TemporaryUntil = now.AddDate(0, 0, cmp.Or(pool.Password.TemporaryDays, directory.DefaultPasswordPolicy.TemporaryDays))
	}
	// What was sent for an older password has no business with this one.
	delete(u.Codes, directory.CodeRecover)
	if status == directory.Confirmed {
		delete(u.Codes, directory.CodeConfirm)
	}
}
