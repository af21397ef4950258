package users

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// UpdateAttributes changes a user's own attributes through a client; an empty value
// deletes one. Addresses that change are not verified: where the pool does that by
// itself, codes are sent.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html
func (s *Service) UpdateAttributes(ctx context.Context, pool directory.Pool, client directory.Client, u directory.User, list []Attribute) ([]Delivery, error) {
	values, err := attributes.Author{Client: &client}.Check(pool, list)
	if err != nil {
		return nil, Refusal(err)
	}
	var out []*sendable
	err = s.changeSame(ctx, pool, u, func(_ store.Tx, u *directory.User) error {
		out = s.hold(pool, u, client.ID, values)
		unverified, err := attributes.Apply(pool, u, values)
		if err != nil {
			return Refusal(err)
		}
		out = append(out, s.verifications(pool, u, client.ID, unverified)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var deliveries []Delivery
	for _, m := range out {
		deliveries = append(deliveries, *s.deliver(ctx, m))
	}
	return deliveries, nil
}

// hold takes out of values the addresses that the pool changes only once they are
// verified (AttributesRequireVerificationBeforeUpdate) and makes messages for them.
func (s *Service) hold(pool directory.Pool, u *directory.User, clientID string, values map[string]string) (out []*sendable) {
	var setting struct{ AttributesRequireVerificationBeforeUpdate []string }
	// The API took the setting: what is not understood here is as good as none.
	_ = json.Unmarshal(pool.Settings["UserAttributeUpdateSettings"], &setting)
	for _, attribute := range []string{"email", "phone_number"} {
		value := values[attribute]
		if value == "" || value == u.Attributes[attribute] || u.Attributes[attribute] == "" ||
			!slices.Contains(setting.AttributesRequireVerificationBeforeUpdate, attribute) {
			continue
		}
		delete(values, attribute)
		out = append(out, s.verification(u, clientID, attribute, value))
	}
	return out
}

// verifications makes messages for those addresses that the pool verifies by itself.
func (s *Service) verifications(pool directory.Pool, u *directory.User, clientID string, attributes []string) (out []*sendable) {
	for _, attribute := range attributes {
		if slices.Contains(pool.AutoVerifiedAttributes, attribute) {
			out = append(out, s.verification(u, clientID, attribute, u.Attributes[attribute]))
		}
	}
	return out
}

func (s *Service) verification(u *directory.User, clientID, attribute, value string) *sendable {
	return sendTo(u, clientID, attribute, value, PurposeVerify, s.newCode(u, directory.CodeVerify(attribute), value, confirmLife))
}

// DeleteAttributes deletes a user's own attributes through a client. Those that the
// user does not have are none.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserAttributes.html
func (s *Service) DeleteAttributes(ctx context.Context, pool directory.Pool, client directory.Client, u directory.User, names []string) error {
	values, err := attributes.Author{Client: &client}.Check(pool, blank(names))
	if err != nil {
		return Refusal(err)
	}
	return s.changeSame(ctx, pool, u, func(_ store.Tx, u *directory.User) error {
		_, err := attributes.Apply(pool, u, values)
		return Refusal(err)
	})
}

func blank(names []string) []Attribute {
	attributes := make([]Attribute, 0, len(names))
	for _, name := range names {
		attributes = append(attributes, Attribute{Name: name})
	}
	return attributes
}

// SendVerification sends a code that verifies an address of the user's.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAttributeVerificationCode.html
func (s *Service) SendVerification(ctx context.Context, pool directory.Pool, client directory.Client, u directory.User, attribute string) (*Delivery, error) {
	if attributes.VerifiedFlag(attribute) == "" {
		return nil, invalid("Invalid attribute: only email and phone_number can be verified.") // a guess
	}
	var out *sendable
	err := s.changeSame(ctx, pool, u, func(_ store.Tx, u *directory.User) error {
		value := u.Attributes[attribute]
		if pending := u.Codes[directory.CodeVerify(attribute)]; pending.Value != "" {
			value = pending.Value // one that is held until it is verified
		}
		if value == "" {
			return invalid("User does not have a value for the attribute %s.", attribute) // a guess
		}
		out = s.verification(u, client.ID, attribute, value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.deliver(ctx, out), nil
}

// VerifyAttribute takes a code that verifies an address.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifyUserAttribute.html
func (s *Service) VerifyAttribute(ctx context.Context, pool directory.Pool, u directory.User, attribute, code string) error {
	if attributes.VerifiedFlag(attribute) == "" {
		return invalid("Invalid attribute: only email and phone_number can be verified.") // a guess
	}
	return s.changeSame(ctx, pool, u, func(tx store.Tx, u *directory.User) error {
		sent, err := s.takeCode(tx, pool, u, directory.CodeVerify(attribute), code)
		if err != nil {
			return err
		}
		if u.Attributes == nil {
			u.Attributes = map[string]string{}
		}
		u.Attributes[attribute], u.Attributes[attributes.VerifiedFlag(attribute)] = sent.Value, "true"
		return nil
	})
}

// Delete deletes a user. What the user signed in to ends with it.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUser.html
func (s *Service) Delete(ctx context.Context, pool directory.Pool, u directory.User) error {
	err := s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		now, err := directory.GetUser(tx, pool, u.Username)
		if err != nil {
			return err
		}
		if now.Sub != u.Sub {
			return errNoSuchUser
		}
		return directory.DeleteUser(tx, pool, now)
	})
	if errors.Is(err, store.ErrNotFound) {
		return errNoSuchUser
	}
	return err
}
