package authflow

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/profile"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// ErrPasswordUsed says that a new password is one of the last that the pool's
// policy remembers.
var ErrPasswordUsed = profile.ErrPasswordUsed

// PolicyError is package profile's.
type PolicyError = profile.PolicyError

// AttributeError is package profile's.
type AttributeError = profile.AttributeError

// Lack is package profile's.
type Lack = profile.Lack

// What a policy may ask for.
const (
	LackLength    = profile.LackLength
	LackUppercase = profile.LackUppercase
	LackLowercase = profile.LackLowercase
	LackNumbers   = profile.LackNumbers
	LackSymbols   = profile.LackSymbols
)

// AnswerNewPassword answers NEW_PASSWORD_REQUIRED: the password that the user will
// have, and attributes. A weak password is a *[PolicyError] or ErrPasswordUsed; an
// attribute that cannot be set, or that the schema requires and that is missing, is
// an *[AttributeError]. None of these ends the session.
func (s *Service) AnswerNewPassword(ctx context.Context, client directory.Client, by Answer, password string, attributes map[string]string) (Step, error) {
	var seen attempt
	err := s.Store.View(ctx, func(tx store.Tx) error {
		var err error
		seen, err = s.open(tx, by.Session, ChallengeNewPassword)
		return err
	})
	if err != nil {
		return Step{}, err
	}
	if err := profile.CheckPassword(seen.pool.Password, password); err != nil {
		return Step{}, err
	}
	// Passwords are slow: not for the transaction that takes the session.
	if err := profile.CheckHistory(seen.pool, seen.user, password); err != nil {
		return Step{}, err
	}
	verifier, err := s.NewPassword(seen.pool, seen.user.Username, password)
	if err != nil {
		return Step{}, err
	}
	return s.answer(ctx, client, by, ChallengeNewPassword, func(a *attempt) error {
		if err := profile.Complete(a.pool, a.client, &a.user, attributes); err != nil {
			return err
		}
		profile.SetPassword(a.pool, &a.user, verifier, directory.Confirmed, s.Now())
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
