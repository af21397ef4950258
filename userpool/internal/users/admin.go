package users

import (
	"context"
	"errors"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Confirm confirms a user without a code. Addresses stay as they are: not verified.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminConfirmSignUp.html
func (s *Service) Confirm(ctx context.Context, pool directory.Pool, name string) error {
	return s.change(ctx, pool, name, func(_ store.Tx, u *directory.User) error {
		if err := mayConfirm(*u); err != nil {
			return err
		}
		u.Status = directory.Confirmed
		delete(u.Codes, directory.CodeConfirm)
		return nil
	})
}

// SetAttributes changes a user's attributes as an administrator, who may say that
// an address is verified. One that changes and is not verified gets a code, where
// the pool verifies by itself.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
func (s *Service) SetAttributes(ctx context.Context, pool directory.Pool, name string, list []Attribute) error {
	values, err := attributes.Author{}.Check(pool, list)
	if err != nil {
		return Refusal(err)
	}
	var out []*sendable
	err = s.change(ctx, pool, name, func(_ store.Tx, u *directory.User) error {
		unverified, err := attributes.Apply(pool, u, values)
		out = s.verifications(pool, u, "", unverified)
		return Refusal(err)
	})
	if err != nil {
		return err
	}
	for _, m := range out {
		s.deliver(ctx, m)
	}
	return nil
}

// RemoveAttributes deletes a user's attributes as an administrator.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUserAttributes.html
func (s *Service) RemoveAttributes(ctx context.Context, pool directory.Pool, name string, names []string) error {
	return s.SetAttributes(ctx, pool, name, blank(names))
}

// SetEnabled lets a user sign in, or no more. Disabling calls back what the user
// signed in to before, for good: "revokes all access tokens".
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableUser.html
func (s *Service) SetEnabled(ctx context.Context, pool directory.Pool, name string, enabled bool) error {
	return s.change(ctx, pool, name, func(_ store.Tx, u *directory.User) error {
		if !enabled && !u.Disabled {
			u.SignOuts++
		}
		u.Disabled = !enabled
		return nil
	})
}

// Remove deletes a user as an administrator.
func (s *Service) Remove(ctx context.Context, pool directory.Pool, name string) error {
	u, err := s.User(ctx, pool, name)
	if err != nil {
		return err
	}
	return s.Delete(ctx, pool, u)
}

var errNoGroup = &Error{CodeNotFound, "Group not found."}

// Join puts a user into a group. Who is in it stays there.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminAddUserToGroup.html
func (s *Service) Join(ctx context.Context, pool directory.Pool, name, group string) error {
	return s.change(ctx, pool, name, func(tx store.Tx, u *directory.User) error {
		if err := groupExists(tx, pool, group); err != nil {
			return err
		}
		if !slices.Contains(u.Groups, group) {
			u.Groups = append(u.Groups, group)
		}
		return nil
	})
}

// Leave takes a user out of a group. Who is not in it has left.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminRemoveUserFromGroup.html
func (s *Service) Leave(ctx context.Context, pool directory.Pool, name, group string) error {
	return s.change(ctx, pool, name, func(tx store.Tx, u *directory.User) error {
		if err := groupExists(tx, pool, group); err != nil {
			return err
		}
		u.Groups = slices.DeleteFunc(u.Groups, func(g string) bool { return g == group })
		return nil
	})
}

func groupExists(tx store.Tx, pool directory.Pool, name string) error {
	_, err := directory.GetGroup(tx, pool.ID, name)
	if errors.Is(err, store.ErrNotFound) {
		return errNoGroup
	}
	return err
}
