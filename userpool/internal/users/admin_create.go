package users

import (
	"context"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Invitation is what an administrator says of a user to be.
type Invitation struct {
	Username   string
	Attributes []Attribute
	// TemporaryPassword is made up where there is none.
	TemporaryPassword string
	// Silent sends no message (SUPPRESS).
	Silent bool
	// Media are how to send it; none means by text message, or by mail to who has
	// no telephone number.
	Media []Medium
	// Force takes verified addresses away from whose alias they are.
	Force bool
}

// Create adds a user with a temporary password, which must be changed at the first
// sign-in, and sends it.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
func (s *Service) Create(ctx context.Context, pool directory.Pool, in Invitation) (directory.User, error) {
	values, err := attributes.Author{New: true}.Check(pool, in.Attributes)
	if err != nil {
		return directory.User{}, Refusal(err)
	}
	password, err := s.temporary(pool, in.TemporaryPassword)
	if err != nil {
		return directory.User{}, err
	}
	u, err := s.newUser(pool, in.Username, values)
	if err != nil {
		return directory.User{}, err
	}
	verifier, err := s.cfg.SignIns.NewPassword(pool, u.Username, password)
	if err != nil {
		return directory.User{}, err
	}
	s.setPassword(pool, &u, verifier, directory.ForceChangePassword)
	err = s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		for _, attribute := range []string{"email", "phone_number"} {
			if in.Force && u.Attributes[attributes.VerifiedFlag(attribute)] == "true" {
				if err := s.release(tx, pool, &u, attribute); err != nil {
					return err
				}
			}
		}
		return s.add(tx, pool, u, "User account already exists")
	})
	if err != nil {
		return directory.User{}, err
	}
	if !in.Silent {
		s.invite(ctx, &u, in.Media, password)
	}
	return u, nil
}

// Reinvite gives a user who has not signed in yet another temporary password and
// sends it. What else in says is ignored, as by Cognito.
func (s *Service) Reinvite(ctx context.Context, pool directory.Pool, in Invitation) (directory.User, error) {
	password, err := s.temporary(pool, in.TemporaryPassword)
	if err != nil {
		return directory.User{}, err
	}
	seen, err := s.User(ctx, pool, in.Username)
	if err != nil {
		return directory.User{}, err
	}
	verifier, err := s.cfg.SignIns.NewPassword(pool, seen.Username, password)
	if err != nil {
		return directory.User{}, err
	}
	var u directory.User
	err = s.changeSame(ctx, pool, seen, func(_ store.Tx, now *directory.User) error {
		if now.Status != directory.ForceChangePassword {
			return refusal(CodeUnsupportedState, "Resend not possible. %s status is not FORCE_CHANGE_PASSWORD.", now.Username)
		}
		s.setPassword(pool, now, verifier, directory.ForceChangePassword)
		u = *now
		return nil
	})
	if err != nil {
		return directory.User{}, err
	}
	s.invite(ctx, &u, in.Media, password)
	return u, nil
}

// temporary returns a password that was given, if the pool takes it, or makes one.
func (s *Service) temporary(pool directory.Pool, given string) (string, error) {
	if given == "" {
		return s.temporaryPassword(pool), nil
	}
	return given, checkPassword(pool, given)
}

// invite sends a temporary password by all media that were asked for and that lead
// to the user.
func (s *Service) invite(ctx context.Context, u *directory.User, media []Medium, password string) {
	asked := len(media) > 0
	sent := false
	for _, attribute := range []string{"phone_number", "email"} {
		value := u.Attributes[attribute]
		if value == "" || asked && !slices.Contains(media, mediumOf(attribute)) || !asked && sent {
			continue
		}
		s.deliver(ctx, sendTo(u, "", attribute, value, PurposeInvite, password))
		sent = true
	}
	if !sent {
		s.deliver(ctx, &sendable{message: Message{PoolID: u.PoolID, Username: u.Username, Purpose: PurposeInvite, Code: password}})
	}
}

// SetPassword gives a user a password, for good or to be changed at the next
// sign-in. It confirms who is not confirmed, and turns a user of an external
// provider into one who can sign in here too.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
func (s *Service) SetPassword(ctx context.Context, pool directory.Pool, name, password string, permanent bool) error {
	seen, err := s.User(ctx, pool, name)
	if err != nil {
		return err
	}
	if err := checkPassword(pool, password); err != nil {
		return err
	}
	if err := checkHistory(pool, seen, password); err != nil {
		return err
	}
	verifier, err := s.cfg.SignIns.NewPassword(pool, seen.Username, password)
	if err != nil {
		return err
	}
	status := directory.ForceChangePassword
	if permanent {
		status = directory.Confirmed
	}
	return s.changeSame(ctx, pool, seen, func(_ store.Tx, u *directory.User) error {
		s.setPassword(pool, u, verifier, status)
		return nil
	})
}

// ResetPassword keeps a user out until ConfirmForgotPassword, for which it sends
// the code.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
func (s *Service) ResetPassword(ctx context.Context, pool directory.Pool, name string) error {
	if _, adminOnly := recoveryOrder(pool); adminOnly {
		return errAdminOnly
	}
	var out *sendable
	err := s.change(ctx, pool, name, func(_ store.Tx, u *directory.User) error {
		if !u.Disabled && u.Status != directory.Confirmed && u.Status != directory.ResetRequired {
			return errNotResettable
		}
		var err error
		if out, err = s.recovery(pool, u, ""); err != nil {
			return err
		}
		u.Status = directory.ResetRequired
		return nil
	})
	if err != nil {
		return err
	}
	s.deliver(ctx, out)
	return nil
}
