package users

import (
	"bytes"
	"context"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// ForgotPassword sends a code for a new password to the user's verified address. A
// client with HideUnknownUsers hears of a code that went out, too, where there is no
// such user, the user is disabled or has no verified address.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html
func (s *Service) ForgotPassword(ctx context.Context, pool directory.Pool, client directory.Client, name string) (*Delivery, error) {
	if _, adminOnly := recoveryOrder(pool); adminOnly {
		return nil, errAdminOnly
	}
	var out *sendable
	err := s.change(ctx, pool, name, func(_ store.Tx, u *directory.User) error {
		var err error
		out, err = s.recovery(pool, u, client.ID)
		return err
	})
	return s.sent(ctx, pool, client, name, out, err, errors.Is(err, errNoRecovery))
}

// recovery makes the message with a code for a new password.
func (s *Service) recovery(pool directory.Pool, u *directory.User, clientID string) (*sendable, error) {
	switch {
	case u.Disabled:
		return nil, errDisabled
	case u.Status == directory.ForceChangePassword, u.Status == directory.ExternalProvider:
		return nil, errNotResettable
	}
	attribute := recoveryAddress(pool, u)
	if attribute == "" || u.Status == directory.Unconfirmed {
		return nil, errNoRecovery
	}
	value := u.Attributes[attribute]
	return sendTo(u, clientID, attribute, value, PurposeRecover, s.newCode(u, directory.CodeRecover, value, recoverLife)), nil
}

// ConfirmForgotPassword takes the code of ForgotPassword, or of an administrator's
// reset, with a new password. Sign-ins go on: see setPassword.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
func (s *Service) ConfirmForgotPassword(ctx context.Context, pool directory.Pool, client directory.Client, name, code, password string) error {
	if err := checkPassword(pool, password); err != nil {
		return err
	}
	seen, err := s.look(ctx, pool, name)
	unknown := errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return err
	}
	// Also made for an unknown user: the time must not show which users exist.
	verifier, err := s.cfg.SignIns.NewPassword(pool, seen.Username, password)
	switch {
	case err != nil:
		return err
	case unknown && client.HideUnknownUsers:
		return errMismatch
	case unknown:
		return errNoCombination
	}
	err = s.changeSame(ctx, pool, seen, func(tx store.Tx, u *directory.User) error {
		if u.Disabled {
			return errDisabled
		}
		if _, err := s.takeCode(tx, pool, u, directory.CodeRecover, code); err != nil {
			return err
		}
		if err := checkHistory(pool, *u, password); err != nil {
			return err // the code may be tried again with another password
		}
		s.setPassword(pool, u, verifier, directory.Confirmed)
		return nil
	})
	if errors.Is(err, errDisabled) && client.HideUnknownUsers {
		return errMismatch
	}
	return err
}

// ChangePassword replaces the password of a user who knows the present one. Wrong
// ones count as wrong ones at signing in. The errors of authflow.CheckPassword come
// as they are.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html
func (s *Service) ChangePassword(ctx context.Context, pool directory.Pool, u directory.User, previous, proposed string) error {
	// Who has no password yet, having come without one, need not know it.
	if len(u.Password.V) > 0 || previous != "" {
		checked, err := s.cfg.SignIns.CheckPassword(ctx, pool, u.Username, previous)
		if err != nil {
			return err
		}
		u = checked
	}
	if err := checkPassword(pool, proposed); err != nil {
		return err
	}
	if err := checkHistory(pool, u, proposed); err != nil {
		return err
	}
	verifier, err := s.cfg.SignIns.NewPassword(pool, u.Username, proposed)
	if err != nil {
		return err
	}
	return s.changeSame(ctx, pool, u, func(_ store.Tx, now *directory.User) error {
		if !bytes.Equal(now.Password.V, u.Password.V) {
			return authflow.ErrWrongPassword // it was changed meanwhile
		}
		s.setPassword(pool, now, verifier, directory.Confirmed)
		return nil
	})
}
