package authflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// The errors of a sign-in that the user causes.
var (
	// ErrNoUser means that no user has that name. The client's HideUnknownUsers decides
	// whether the answer may show this.
	ErrNoUser           = errors.New("no such user")
	ErrWrongPassword    = errors.New("wrong password")
	ErrLocked           = errors.New("too many wrong passwords or codes: wait")
	ErrDisabled         = errors.New("the user is disabled")
	ErrNotConfirmed     = errors.New("the user is not confirmed")
	ErrResetRequired    = errors.New("the password must be reset")
	ErrTemporaryExpired = errors.New("the temporary password has expired")
	// ErrExternal means that the user signs in with an external provider only.
	ErrExternal = errors.New("the user has no password here")
)

// CheckPassword returns the user whose name, sub or alias and password these are.
// The user may still have to change the password: then the Status says so. Unknown
// users take as long as wrong passwords.
func (s *Service) CheckPassword(ctx context.Context, pool directory.Pool, name, password string) (directory.User, error) {
	u, err := s.findUser(ctx, pool, name)
	if errors.Is(err, ErrNoUser) {
		decoy, err := srp.Decoy(s.decoy, pool.SRPName(), name)
		if err != nil {
			return directory.User{}, err
		}
		if locked, err := s.unknownLocked(ctx, pool, name); locked || err != nil {
			return directory.User{}, cmp.Or(err, ErrLocked)
		}
		decoy.Matches(pool.SRPName(), name, password)
		return directory.User{}, cmp.Or(s.recordUnknownAttempt(ctx, pool, name), ErrNoUser)
	}
	if err != nil {
		return directory.User{}, err
	}
	if s.isLocked(u.LockedUntil) {
		return directory.User{}, ErrLocked
	}
	if len(u.Password.V) == 0 { // one of an external provider, who must not answer faster
		decoy, err := srp.Decoy(s.decoy, pool.SRPName(), u.Username)
		if err != nil {
			return directory.User{}, err
		}
		decoy.Matches(pool.SRPName(), u.Username, password)
	}
	if !u.Password.Matches(pool.SRPName(), u.Username, password) {
		return directory.User{}, cmp.Or(s.recordAttempt(ctx, pool, u, false), wrongPassword(u))
	}
	if err := s.recordAttempt(ctx, pool, u, true); err != nil {
		return directory.User{}, err
	}
	return u, s.checkStatus(u)
}

// wrongPassword returns the error for a wrong password of u. A user who is not confirmed gets
// ErrNotConfirmed, as with Cognito.
func wrongPassword(u directory.User) error {
	if u.Status == directory.Unconfirmed {
		return ErrNotConfirmed
	}
	return ErrWrongPassword
}

// checkStatus returns the error of a user whose password was right and who may not sign in.
func (s *Service) checkStatus(u directory.User) error {
	switch {
	case u.Disabled:
		return ErrDisabled
	case u.Status == directory.Unconfirmed:
		return ErrNotConfirmed
	case u.Status == directory.ResetRequired:
		return ErrResetRequired
	case u.Status == directory.ExternalProvider:
		return ErrExternal
	case u.Status == directory.ForceChangePassword && !u.TemporaryUntil.IsZero() && !s.Now().Before(u.TemporaryUntil):
		return ErrTemporaryExpired
	}
	return nil
}

// findUser returns the user who signs in under a name.
func (s *Service) findUser(ctx context.Context, pool directory.Pool, name string) (directory.User, error) {
	var u directory.User
	err := s.Store.View(ctx, func(tx store.Tx) error {
		var err error
		u, err = directory.FindSignIn(tx, pool, name)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return u, ErrNoUser
	}
	if err != nil {
		return u, fmt.Errorf("reading a user: %w", err)
	}
	return u, nil
}
