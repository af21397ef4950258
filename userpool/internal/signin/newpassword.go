package signin

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// ErrPasswordUsed says that a new password is one of the last that the pool's
// policy remembers.
var ErrPasswordUsed = errors.New("the password was used before")

// AnswerNewPassword answers NEW_PASSWORD_REQUIRED: the password that the user will
// have, and attributes. A weak password is a *[PolicyError] or ErrPasswordUsed, an
// attribute that cannot be set an *[AttributeError]. None of these ends the session.
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
	if err := CheckPolicy(seen.pool.Password, password); err != nil {
		return Step{}, err
	}
	// Passwords are slow: not for the transaction that takes the session.
	if usedBefore(seen.pool, seen.user, password) {
		return Step{}, ErrPasswordUsed
	}
	verifier, err := s.NewPassword(seen.pool, seen.user.Username, password)
	if err != nil {
		return Step{}, err
	}
	return s.answer(ctx, client, by, ChallengeNewPassword, func(a *attempt) error {
		if err := setAttributes(a, attributes); err != nil {
			return err
		}
		s.setPassword(a.pool, &a.user, verifier)
		return nil
	})
}

// NewPassword makes what is stored of a user's password. It is slow: not for
// transactions.
func (s *Service) NewPassword(pool directory.Pool, username, password string) (srp.Verifier, error) {
	return srp.NewVerifier(s.Random, pool.SRPName(), username, password)
}

func usedBefore(pool directory.Pool, u directory.User, password string) bool {
	last := append([]srp.Verifier{u.Password}, u.PastPasswords...)
	return slices.ContainsFunc(last[:min(len(last), pool.Password.HistorySize)], func(v srp.Verifier) bool {
		return v.Matches(pool.SRPName(), u.Username, password)
	})
}

// setPassword gives u a password of its own choice.
func (s *Service) setPassword(pool directory.Pool, u *directory.User, v srp.Verifier) {
	if keep := pool.Password.HistorySize - 1; keep > 0 && len(u.Password.V) > 0 {
		u.PastPasswords = slices.Insert(u.PastPasswords, 0, u.Password)
		u.PastPasswords = u.PastPasswords[:min(len(u.PastPasswords), keep)]
	}
	u.Password, u.Status, u.TemporaryUntil, u.ModifiedAt = v, directory.Confirmed, time.Time{}, s.Now()
}

// AttributeError says why an attribute cannot be set with a new password.
type AttributeError struct {
	Name string
	Why  AttributeFault
}

// AttributeFault is what is wrong with an attribute.
type AttributeFault string

// The faults of attributes.
const (
	AttributeUnwritable AttributeFault = "not the client's to write"
	AttributeUnknown    AttributeFault = "not in the schema"
	AttributeTooLong    AttributeFault = "too long"
	// AttributeProvided is about one that users sign in with.
	AttributeProvided AttributeFault = "provided already"
)

func (e *AttributeError) Error() string { return "the attribute " + e.Name + " is " + string(e.Why) }

// maxAttributeLength is that of AttributeValueType.
const maxAttributeLength = 2048

func setAttributes(a *attempt, attributes map[string]string) error {
	changed := maps.Clone(a.user.Attributes)
	if changed == nil {
		changed = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		if why := attributeFault(a, name, value); why != "" {
			return &AttributeError{name, why}
		}
		if value == changed[name] {
			continue
		}
		changed[name] = value
		if flag := name + "_verified"; name == "email" || name == "phone_number" {
			delete(a.user.Codes, "verify:"+name)
			changed[flag] = "false" // nobody has verified the new one
		}
		if value == "" {
			delete(changed, name)
			delete(changed, name+"_verified")
		}
	}
	a.user.Attributes = changed
	return nil
}

func attributeFault(a *attempt, name, value string) AttributeFault {
	switch {
	case name == "sub" || name == "email_verified" || name == "phone_number_verified",
		a.client.WriteAttributes != nil && !slices.Contains(a.client.WriteAttributes, name):
		return AttributeUnwritable
	case !a.pool.HasAttribute(name) || strings.ContainsRune(name, 0):
		return AttributeUnknown
	case utf8.RuneCountInString(value) > maxAttributeLength || !utf8.ValidString(value):
		return AttributeTooLong
	case slices.Contains(a.pool.UsernameAttributes, name) && a.user.Attributes[name] != "":
		return AttributeProvided
	}
	return ""
}
