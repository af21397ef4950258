package profile

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

// PolicyError says what a password lacks of the pool's policy. Its text is
// Cognito's.
type PolicyError struct{ Lack Lack }

func (e *PolicyError) Error() string {
	return "Password did not conform with policy: " + lacks[e.Lack]
}

// Lack is what a password does not have.
type Lack string

// What a policy may ask for, and what every password must be.
const (
	LackLength    Lack = "length"
	LackUppercase Lack = "uppercase"
	LackLowercase Lack = "lowercase"
	LackNumbers   Lack = "numbers"
	LackSymbols   Lack = "symbols"
	LackForm      Lack = "form"
)

var lacks = map[Lack]string{
	LackLength:    "Password not long enough",
	LackUppercase: "Password must have uppercase characters",
	LackLowercase: "Password must have lowercase characters",
	LackNumbers:   "Password must have numeric characters",
	LackSymbols:   "Password must have symbol characters",
	LackForm:      "Password must not begin or end with a space or have over 256 characters", // a guess
}

// ErrPasswordUsed says that a new password is one of the last that the pool's
// policy remembers. The exception is documented, the words are a guess.
var ErrPasswordUsed = errors.New("Password has previously been used.") //nolint:revive // Cognito's form

// symbols are those that AWS lists; a space within counts too.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// maxPassword is PasswordType's bound.
const maxPassword = 256

// CheckPassword returns a *[PolicyError] for the first thing that a new password
// lacks of the pool's policy.
func CheckPassword(policy directory.PasswordPolicy, password string) error {
	has := func(set string) bool { return strings.ContainsAny(password, set) }
	switch length := utf8.RuneCountInString(password); {
	case length > maxPassword || strings.TrimSpace(password) != password:
		return &PolicyError{LackForm}
	case length < cmp.Or(policy.MinimumLength, directory.DefaultPasswordPolicy.MinimumLength):
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

// CheckHistory returns ErrPasswordUsed for one of the user's last passwords, where
// the policy says so. It is as slow as the passwords are many.
func CheckHistory(pool directory.Pool, u directory.User, password string) error {
	last := append([]srp.Verifier{u.Password}, u.PastPasswords...)
	for _, v := range last[:min(len(last), pool.Password.HistorySize)] {
		if v.Matches(pool.SRPName(), u.Username, password) {
			return ErrPasswordUsed
		}
	}
	return nil
}

// SetPassword gives u a password and the state that goes with it: Confirmed, or
// ForceChangePassword for one that ends. Sign-ins go on, as with Cognito, which
// people miss: https://github.com/aws-amplify/amplify-js/issues/6559. Who wants
// them to end calls GlobalSignOut.
func SetPassword(pool directory.Pool, u *directory.User, v srp.Verifier, status directory.Status, now time.Time) {
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
