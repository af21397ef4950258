package authflow

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/passwords"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// AnswerNewPassword answers NEW_PASSWORD_REQUIRED: the password that the user will
// have, and attributes. The error for a password that the pool
// rejects is a *[passwords.PolicyError] or passwords.ErrUsed. The error for an attribute
// that cannot be set, or that the schema requires and the call lacks, is an
// *[attributes.Error]. None of these ends the session.
func (s *Service) AnswerNewPassword(ctx context.Context, client directory.Client, by Answer, password string, values map[string]string) (Step, error) {
	var seen attempt
	err := s.Store.View(ctx, func(tx store.Tx) error {
		var err error
		seen, err = s.open(tx, by.Session, ChallengeNewPassword)
		return err
	})
	if err != nil {
		return Step{}, err
	}
	if err := passwords.Check(seen.pool.Password, password); err != nil {
		return Step{}, err
	}
	// Passwords are slow: not for the transaction that takes the session.
	if err := passwords.CheckHistory(seen.pool, seen.user, password); err != nil {
		return Step{}, err
	}
	verifier, err := s.NewPassword(seen.pool, seen.user.Username, password)
	if err != nil {
		return Step{}, err
	}
	return s.answer(ctx, client, by, ChallengeNewPassword, func(a *attempt) error {
		if err := attributes.Complete(a.pool, a.client, &a.user, values); err != nil {
			return err
		}
		passwords.Set(a.pool, &a.user, verifier, directory.Confirmed, s.Now())
		return nil
	})
}

// NewPassword makes what is stored of a user's password. It is slow: not for
// transactions.
func (s *Service) NewPassword(pool directory.Pool, username, password string) (srp.Verifier, error) {
	v, err := srp.NewVerifier(s.Random, pool.SRPName(), username, password)
	if err != nil {
		return v, fmt.Errorf("making a verifier: %w", err)
	}
	return v, nil
}
