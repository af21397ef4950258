package account

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/signin"
	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// maxPassword is PasswordType's bound, in characters of which none takes more
// than four bytes.
const maxPassword = 4 * 256

// checkPassword judges a new password by the pool's policy.
func checkPassword(pool directory.Pool, password string) error {
	if len(password) > maxPassword || strings.ContainsAny(password, " \t\r\n\v\f") && strings.TrimSpace(password) != password {
		// A space may be within, not at the ends; what Cognito says to that is a guess.
		return refusal(CodeInvalidPassword, "Password did not conform with policy: Password must not begin or end with a space or have over 256 characters")
	}
	weak := new(signin.PolicyError)
	if err := signin.CheckPolicy(pool.Password, password); errors.As(err, &weak) {
		return refusal(CodeInvalidPassword, "Password did not conform with policy: %s", lacks[weak.Lack])
	}
	return nil
}

// lacks are Cognito's words.
var lacks = map[signin.Lack]string{
	signin.LackLength:    "Password not long enough",
	signin.LackUppercase: "Password must have uppercase characters",
	signin.LackLowercase: "Password must have lowercase characters",
	signin.LackNumbers:   "Password must have numeric characters",
	signin.LackSymbols:   "Password must have symbol characters",
}

// defaultTemporaryDays is the life of a password that an administrator set.
const defaultTemporaryDays = 7

// verifier makes what is stored of a password. It is slow: not for transactions.
func (s *Service) verifier(pool directory.Pool, username, password string) (srp.Verifier, error) {
	v, err := srp.NewVerifier(s.cfg.Random, pool.SRPName(), username, password)
	if err != nil {
		return v, fmt.Errorf("making a verifier: %w", err)
	}
	return v, nil
}

// checkHistory refuses one of the user's last passwords, where the policy says so.
// It is as slow as the passwords are many, and runs within a transaction only where
// a code must have been right first: who has none may not try old passwords.
func checkHistory(pool directory.Pool, u directory.User, password string) error {
	last := append([]srp.Verifier{u.Password}, u.PastPasswords...)
	for _, v := range last[:min(len(last), pool.Password.HistorySize)] {
		if v.Matches(pool.SRPName(), u.Username, password) {
			// The words are a guess, the exception is documented.
			return refusal(CodePasswordHistory, "Password has previously been used.")
		}
	}
	return nil
}

// setPassword gives the user a password and the state that goes with it. Sign-ins
// go on, as with Cognito, which people miss:
// https://github.com/aws-amplify/amplify-js/issues/6559. Who wants them to end
// calls GlobalSignOut.
func (s *Service) setPassword(pool directory.Pool, u *directory.User, v srp.Verifier, status directory.Status) {
	if keep := pool.Password.HistorySize - 1; keep > 0 && len(u.Password.V) > 0 {
		u.PastPasswords = slices.Insert(u.PastPasswords, 0, u.Password)
		u.PastPasswords = u.PastPasswords[:min(len(u.PastPasswords), keep)]
	}
	u.Password, u.Status = v, status
	u.Failures, u.LockedUntil = 0, zeroTime
	u.TemporaryUntil = zeroTime
	if status == directory.ForceChangePassword {
		u.TemporaryUntil = s.cfg.Now().AddDate(0, 0, cmp.Or(pool.Password.TemporaryDays, defaultTemporaryDays))
	}
	// What was sent for an older password has no business with this one.
	delete(u.Codes, string(PurposeRecover))
	if status == directory.Confirmed {
		delete(u.Codes, string(PurposeConfirm))
	}
}

// temporaryPassword makes one that every policy takes.
func (s *Service) temporaryPassword(pool directory.Pool) string {
	const (
		lower  = "abcdefghijkmnopqrstuvwxyz" // no l: people type it off
		upper  = "ABCDEFGHJKLMNPQRSTUVWXYZ"
		digits = "23456789"
		marks  = "!@#%&*+-?"
	)
	least := max(pool.Password.MinimumLength, 12)
	return s.cfg.Random.String(1, upper) + s.cfg.Random.String(1, lower) + s.cfg.Random.String(1, digits) +
		s.cfg.Random.String(1, marks) + s.cfg.Random.String(least-4, lower+upper+digits)
}
