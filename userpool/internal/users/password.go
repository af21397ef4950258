package users

import (
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/passwords"
	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// checkPassword judges a new password by the pool's policy.
func checkPassword(pool directory.Pool, password string) error {
	return Refusal(passwords.Check(pool.Password, password))
}

// checkHistory refuses one of the user's last passwords, where the policy says so.
// It is slow, and runs within a transaction only where a code must have been right
// first: who has none may not try old passwords.
func checkHistory(pool directory.Pool, u directory.User, password string) error {
	return Refusal(passwords.CheckHistory(pool, u, password))
}

// setPassword gives the user a password and the state that goes with it.
func (s *Service) setPassword(pool directory.Pool, u *directory.User, v srp.Verifier, status directory.Status) {
	passwords.Set(pool, u, v, status, s.cfg.Now())
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
