package users

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// NewUser is who wants to sign up.
type NewUser struct {
	// Username is a user name, or the address that people of the pool sign in with.
	Username   string
	Password   string
	Attributes []Attribute
}

// SignedUp is who has signed up.
type SignedUp struct {
	Username  string // the sub, in pools where people sign in with an address
	Sub       string
	Confirmed bool
	Delivery  *Delivery // where the code went, or nil
}

// SignUp adds a user, who is unconfirmed, and sends the code that confirms the
// account. Whether the name is taken is no secret, as with Cognito, even from
// clients with HideUnknownUsers.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
func (s *Service) SignUp(ctx context.Context, pool directory.Pool, client directory.Client, in NewUser) (SignedUp, error) {
	if pool.AdminCreateUserOnly {
		return SignedUp{}, refusal(CodeNotAuthorized, "SignUp is not permitted for this user pool")
	}
	values, err := attributes.Author{Client: &client, New: true}.Check(pool, in.Attributes)
	if err != nil {
		return SignedUp{}, Refusal(err)
	}
	if err := checkPassword(pool, in.Password); err != nil {
		return SignedUp{}, err
	}
	u, err := s.newUser(pool, in.Username, values)
	if err != nil {
		return SignedUp{}, err
	}
	if err := attributes.CheckRequired(pool, u.Attributes); err != nil {
		return SignedUp{}, Refusal(err)
	}
	u.Status = directory.Unconfirmed
	if u.Password, err = s.cfg.SignIns.NewPassword(pool, u.Username, in.Password); err != nil {
		return SignedUp{}, err
	}
	out := s.confirmation(pool, &u, client.ID)
	err = s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		return s.add(tx, pool, u, "User already exists")
	})
	if err != nil {
		return SignedUp{}, err
	}
	return SignedUp{Username: u.Username, Sub: u.Sub, Delivery: s.deliver(ctx, out)}, nil
}

// newUser makes the record of a user with checked attributes.
func (s *Service) newUser(pool directory.Pool, name string, values map[string]string) (directory.User, error) {
	sub := s.cfg.Random.UUID()
	username, err := newName(pool, name, sub, values)
	if err != nil {
		return directory.User{}, err
	}
	now := s.cfg.Now()
	u := directory.User{PoolID: pool.ID, Username: username, Sub: sub, CreatedAt: now, ModifiedAt: now}
	_, err = attributes.Apply(pool, &u, values)
	return u, Refusal(err)
}

// add stores a new user, unless the name finds another user: by user name, by alias, or by
// sub. A user whose name is another user's sub would be found instead of that user.
func (s *Service) add(tx store.Tx, pool directory.Pool, u directory.User, taken string) error {
	switch _, err := directory.FindUser(tx, pool, u.Username); {
	case err == nil:
		return &Error{CodeUsernameExists, taken}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return s.file(tx, pool, u, CodeUsernameExists)
}

// confirmation makes the message with the code that confirms u's account, or nil
// where there is no address to send it to.
func (s *Service) confirmation(pool directory.Pool, u *directory.User, clientID string) *sendable {
	attribute := autoVerified(pool, u)
	if attribute == "" {
		return nil
	}
	value := u.Attributes[attribute]
	return sendTo(u, clientID, attribute, value, PurposeConfirm, s.newCode(u, directory.CodeConfirm, value, confirmLife))
}

// ConfirmSignUp takes the code of SignUp. The address that the code went to is
// verified by it and becomes an alias where the pool has such; force takes it away
// from whom it is an alias of.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html
func (s *Service) ConfirmSignUp(ctx context.Context, pool directory.Pool, client directory.Client, name, code string, force bool) error {
	err := s.update(ctx, func(tx store.Tx) error {
		u, err := directory.FindUser(tx, pool, name)
		if err != nil {
			return err
		}
		if u.Disabled {
			return errDisabled
		}
		if err := mayConfirm(u); err != nil {
			return err
		}
		sent, err := s.takeCode(tx, pool, &u, directory.CodeConfirm, code)
		if err != nil {
			return err
		}
		u.Status = directory.Confirmed
		if err := s.verified(tx, pool, &u, sent.Value, force); err != nil {
			return err
		}
		return s.put(tx, pool, u, CodeAliasExists)
	})
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if client.HideUnknownUsers {
		// AWS's page does not describe the answer for an unknown name. This is the answer for a
		// wrong code of an unconfirmed user.
		return errMismatch
	}
	return errNoCombination
}

func mayConfirm(u directory.User) error {
	if u.Status != directory.Unconfirmed {
		return refusal(CodeNotAuthorized, "User cannot be confirmed. Current status is %s", u.Status)
	}
	return nil
}

// verified marks the address that a code went to, if it is still the user's.
func (s *Service) verified(tx store.Tx, pool directory.Pool, u *directory.User, value string, force bool) error {
	for _, attribute := range []string{"email", "phone_number"} {
		if value == "" || u.Attributes[attribute] != value {
			continue
		}
		u.Attributes[attributes.VerifiedFlag(attribute)] = "true"
		if force {
			return s.release(tx, pool, u, attribute)
		}
	}
	return nil
}

// release removes an alias from another user who has it: that user's address is no longer
// verified. Username attributes are not removed.
func (s *Service) release(tx store.Tx, pool directory.Pool, u *directory.User, attribute string) error {
	owner, err := directory.UserOfAlias(tx, pool, attribute, u.Attributes[attribute])
	if errors.Is(err, store.ErrNotFound) || err == nil && owner.Sub == u.Sub {
		return nil
	}
	if err != nil {
		return err
	}
	owner.Attributes[attributes.VerifiedFlag(attribute)] = "false"
	return s.put(tx, pool, owner, CodeAliasExists)
}

// ResendConfirmationCode sends another code that confirms an account.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResendConfirmationCode.html
func (s *Service) ResendConfirmationCode(ctx context.Context, pool directory.Pool, client directory.Client, name string) (*Delivery, error) {
	var out *sendable
	err := s.change(ctx, pool, name, func(_ store.Tx, u *directory.User) error {
		switch {
		case u.Disabled:
			return errDisabled
		case u.Status != directory.Unconfirmed:
			return invalid("User is already confirmed.")
		}
		if out = s.confirmation(pool, u, client.ID); out == nil {
			return invalid("Cannot resend codes. Auto verification not turned on.")
		}
		return nil
	})
	return s.sent(ctx, pool, client, name, out, err, false)
}
