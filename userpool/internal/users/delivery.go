package users

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

func mediumOf(attribute string) Medium {
	if attribute == "phone_number" {
		return SMS
	}
	return Email
}

// sendTo makes the message with a code, and the delivery details for the user.
func sendTo(u *directory.User, clientID, attribute, value string, purpose Purpose, code string) *sendable {
	medium := mediumOf(attribute)
	return &sendable{
		Message{
			PoolID: u.PoolID, ClientID: clientID, Username: u.Username,
			Destination: value, Medium: medium, Purpose: purpose, Code: code,
		},
		&Delivery{attribute, medium, mask(attribute, value)},
	}
}

// deliver delivers a message, after the transaction that stored its code.
func (s *Service) deliver(ctx context.Context, out *sendable) *Delivery {
	if out == nil {
		return nil
	}
	s.cfg.Deliver(ctx, out.message)
	s.cfg.Logger.DebugContext(ctx, "code sent", "pool", out.message.PoolID, "purpose", string(out.message.Purpose), "medium", string(out.message.Medium))
	return out.delivery
}

// sent delivers a message to a user that a client named. If the client hides which users
// exist, and the user does not exist, is disabled, or hidden is set, it returns the delivery
// details of a message that was not sent.
func (s *Service) sent(ctx context.Context, pool directory.Pool, client directory.Client, name string, out *sendable, err error, hidden bool) (*Delivery, error) {
	hidden = hidden || errors.Is(err, errNoSuchUser) || errors.Is(err, errDisabled)
	switch {
	case hidden && client.HideUnknownUsers:
		// Storing a code syncs the file, if there is one. Without this Update, the time of the
		// answer would show that no code was stored.
		return s.simulated(pool, name), s.cfg.Store.Update(ctx, func(store.Tx) error { return nil })
	case errors.Is(err, errNoSuchUser):
		return nil, errNoCombination
	case err != nil:
		return nil, err
	}
	return s.deliver(ctx, out), nil
}

// mask hides an address as Cognito does: "a***@e***", "+*******9934".
func mask(attribute, value string) string {
	if attribute == "phone_number" {
		digits := strings.TrimPrefix(value, "+")
		keep := min(4, len(digits))
		return "+" + strings.Repeat("*", len(digits)-keep) + digits[len(digits)-keep:]
	}
	local, domain, _ := strings.Cut(value, "@")
	return first(local) + "***@" + first(domain) + "***"
}

func first(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// autoVerified is the address of u that signing up confirms: of two, Cognito takes
// the telephone number.
// https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html
func autoVerified(pool directory.Pool, u *directory.User) string {
	for _, attribute := range []string{"phone_number", "email"} {
		if slices.Contains(pool.AutoVerifiedAttributes, attribute) && u.Attributes[attribute] != "" {
			return attribute
		}
	}
	return ""
}

// recoveryOrder is the order in which the pool tries addresses that may recover a
// password: AccountRecoverySetting, or what was before there was such a setting.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
func recoveryOrder(pool directory.Pool) (order []string, adminOnly bool) {
	var setting struct {
		RecoveryMechanisms []struct {
			Name     string
			Priority int
		}
	}
	// The API took the setting: what is not understood here is as good as none.
	_ = json.Unmarshal(pool.Settings["AccountRecoverySetting"], &setting)
	mechanisms := setting.RecoveryMechanisms
	slices.SortStableFunc(mechanisms, func(a, b struct {
		Name     string
		Priority int
	},
	) int {
		return a.Priority - b.Priority
	})
	for _, m := range mechanisms {
		switch m.Name {
		case "admin_only":
			return nil, true
		case "verified_email":
			order = append(order, "email")
		case "verified_phone_number":
			order = append(order, "phone_number")
		}
	}
	if order == nil {
		order = []string{"phone_number", "email"}
	}
	return order, false
}

// recoveryAddress is the verified address that a code for a new password goes to,
// or "".
func recoveryAddress(pool directory.Pool, u *directory.User) string {
	order, _ := recoveryOrder(pool)
	for _, attribute := range order {
		if u.Attributes[attribute] != "" && u.Attributes[attributes.VerifiedFlag(attribute)] == "true" {
			return attribute
		}
	}
	return ""
}

// simulated is where a code would have gone to, had there been a user of that
// name: the name itself where it is an address, else letters that are the same
// each time, as a user's would be.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (s *Service) simulated(pool directory.Pool, name string) *Delivery {
	switch {
	case attributes.LooksLikePhone(name):
		return &Delivery{"phone_number", SMS, mask("phone_number", name)}
	case attributes.LooksLikeEmail(name):
		return &Delivery{"email", Email, mask("email", name)}
	}
	h := hmac.New(sha256.New, s.decoy)
	h.Write([]byte(pool.ID + "\x00" + pool.UserKey(name)))
	sum := h.Sum(nil)
	letter := func(b byte) string { return string(rune('a' + b%26)) }
	return &Delivery{"email", Email, letter(sum[0]) + "***@" + letter(sum[1]) + "***"}
}
