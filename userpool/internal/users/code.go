package users

import (
	"crypto/subtle"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Cognito's codes have six digits. One for an account or an attribute lives a day,
// one for a password an hour.
// https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html
const (
	codeDigits   = 6
	confirmLife  = 24 * time.Hour
	recoverLife  = time.Hour
	codeAlphabet = "0123456789"
)

// Cognito takes 5 to 20 attempts in an hour, by the risk that it sees.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const (
	maxAttempts   = 5
	attemptWindow = time.Hour
)

// sendable is a code that a transaction has filed and that is to be delivered.
type sendable struct {
	message  Message
	delivery *Delivery
}

// newCode files a code under a name of User.Codes. Wrong attempts at the code
// before it still count: asking for another one buys no more guesses.
func (s *Service) newCode(u *directory.User, name, value string, life time.Duration) string {
	now := s.cfg.Now()
	c := directory.SentCode{Code: s.cfg.Random.String(codeDigits, codeAlphabet), ExpiresAt: now.Add(life), Value: value}
	if old := u.Codes[name]; now.Before(old.AttemptsUntil) {
		c.Attempts, c.AttemptsUntil = old.Attempts, old.AttemptsUntil
	}
	if u.Codes == nil {
		u.Codes = map[string]directory.SentCode{}
	}
	u.Codes[name] = c
	return c.Code
}

// takeCode removes the code that given equals and returns it; the caller files the
// user. A wrong one is filed here, as a counted error.
func (s *Service) takeCode(tx store.Tx, pool directory.Pool, u *directory.User, name, given string) (directory.SentCode, error) {
	now := s.cfg.Now()
	c, ok := u.Codes[name]
	if !ok {
		return c, errExpired
	}
	if !now.Before(c.AttemptsUntil) {
		c.Attempts = 0
	}
	switch {
	case c.Attempts >= maxAttempts:
		return c, errTooMany
	case !now.Before(c.ExpiresAt):
		return c, errExpired
	case subtle.ConstantTimeCompare([]byte(c.Code), []byte(given)) == 1:
		delete(u.Codes, name)
		return c, nil
	}
	if c.Attempts == 0 {
		c.AttemptsUntil = now.Add(attemptWindow)
	}
	c.Attempts++
	u.Codes[name] = c
	if err := directory.PutUser(tx, pool, *u); err != nil {
		return c, err
	}
	return c, counted{errMismatch}
}
