package directory

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// User is a person of a pool (UserType). What is read from the store is the
// reader's own.
type User struct {
	PoolID     string
	Username   string
	Sub        string
	Status     Status
	Disabled   bool
	CreatedAt  time.Time
	ModifiedAt time.Time

	// Password checks passwords; it is bound to the pool's SRPName and to Username.
	Password srp.Verifier
	// TemporaryUntil ends a password that an administrator set.
	TemporaryUntil time.Time
	// PastPasswords are those before Password, the latest first, where the pool's
	// policy remembers any.
	PastPasswords []srp.Verifier `json:",omitempty"`

	// Attributes are all strings, email_verified and phone_number_verified too. The
	// sub is not among them.
	Attributes map[string]string
	// Groups are the names of the user's groups, in the order of joining.
	Groups []string
	// Claims are added to the user's tokens.
	Claims Claims
	// Identities are the external providers' accounts that the user signs in with.
	Identities []Identity

	// TOTPSecret is the confirmed secret of an authenticator app, in base32, or "".
	TOTPSecret string
	// TOTPPending is one that AssociateSoftwareToken gave and nothing confirmed yet.
	TOTPPending string
	// TOTPStep is the time step of the last code used: a code works once.
	TOTPStep int64
	// TOTPEnabled asks for a code at each sign-in (SoftwareTokenMfaSettings).
	TOTPEnabled bool
	// TOTPFailures counts wrong codes in a row, TOTPLockedUntil ends the wait that
	// they cost. A right password forgets neither.
	TOTPFailures    int       `json:",omitempty"`
	TOTPLockedUntil time.Time `json:",omitzero"`

	// Codes are those sent and not yet used, by purpose: CodeConfirm, CodeRecover,
	// CodeVerify.
	Codes map[string]SentCode `json:",omitempty"`
	// Failures counts wrong passwords in a row, LockedUntil ends the wait that they
	// cost.
	Failures    int       `json:",omitempty"`
	LockedUntil time.Time `json:",omitzero"`
	// SignOuts counts global sign-outs: sign-ins of an earlier count are revoked.
	SignOuts int `json:",omitempty"`
}

// Status is a user's state (UserStatus).
type Status string

// The states of a user.
const (
	Confirmed           Status = "CONFIRMED"
	Unconfirmed         Status = "UNCONFIRMED"
	ForceChangePassword Status = "FORCE_CHANGE_PASSWORD"
	ResetRequired       Status = "RESET_REQUIRED"
	ExternalProvider    Status = "EXTERNAL_PROVIDER"
)

// Identity is an account at an external provider, as `identities` shows it.
type Identity struct {
	UserID       string
	ProviderName string
	ProviderType string
	Issuer       string
	Primary      bool
	CreatedAt    time.Time
}

// The purposes of codes in User.Codes.
const (
	CodeConfirm = "confirm" // a new account
	CodeRecover = "recover" // a forgotten password
)

// CodeVerify is the purpose of a code that verifies an attribute.
func CodeVerify(attribute string) string { return "verify:" + attribute }

// SentCode is a code that was sent to a user.
type SentCode struct {
	Code      string
	ExpiresAt time.Time
	Attempts  int // wrong ones so far
	// AttemptsUntil is when they are forgotten.
	AttemptsUntil time.Time `json:",omitzero"`
	// Value is the attribute value that the code verifies.
	Value string `json:",omitempty"`
}

// ErrAliasExists says that another user has the user name, e-mail address or
// telephone number.
var ErrAliasExists = errors.New("another user has this alias")

var (
	users   = table[User]{"users"}     // (pool ID, user name)
	aliases = table[string]{"aliases"} // (pool ID, kind, value) to the user's key
)

// UserKey is the form under which names are compared: without case unless the
// pool says otherwise.
func (p *Pool) UserKey(name string) string {
	if p.CaseSensitive {
		return name
	}
	return strings.ToLower(name)
}

func (p *Pool) keyOfUser(username string) string { return join(p.ID, p.UserKey(username)) }

// aliasKeys lists what else the user can be found by.
func (p *Pool) aliasKeys(u *User) []string {
	keys := []string{join(p.ID, "sub", u.Sub)}
	for _, attribute := range []string{"email", "phone_number", "preferred_username"} {
		value := u.Attributes[attribute]
		verified := attribute == "preferred_username" || u.Attributes[attribute+"_verified"] == "true"
		switch {
		case value == "":
		case slices.Contains(p.UsernameAttributes, attribute), slices.Contains(p.AliasAttributes, attribute) && verified:
			keys = append(keys, join(p.ID, attribute, p.UserKey(value)))
		}
	}
	for _, identity := range u.Identities {
		keys = append(keys, join(p.ID, "identity", identity.ProviderName, identity.UserID))
	}
	return keys
}

// PutUser adds or replaces the user of that name. It returns ErrAliasExists where
// an alias of the user is another user's already.
func PutUser(tx store.Tx, p Pool, u User) error {
	key := p.keyOfUser(u.Username)
	switch old, err := users.get(tx, key); {
	case err == nil:
		for _, alias := range p.aliasKeys(&old) {
			if err := aliases.delete(tx, alias); err != nil {
				return err
			}
		}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	for _, alias := range p.aliasKeys(&u) {
		if owner, err := aliases.get(tx, alias); err == nil && owner != key {
			return ErrAliasExists
		}
		if err := aliases.put(tx, alias, key); err != nil {
			return err
		}
	}
	return users.put(tx, key, u)
}

// GetUser returns the user of exactly that user name, or store.ErrNotFound.
func GetUser(tx store.Tx, p Pool, username string) (User, error) {
	return users.get(tx, p.keyOfUser(username))
}

// FindUser returns the user of that user name, sub or alias, or
// store.ErrNotFound. A user name wins over an alias.
func FindUser(tx store.Tx, p Pool, name string) (User, error) {
	return findUser(tx, p, name, join("sub", name))
}

// FindSignIn returns the user who signs in under that name: the user name or an alias, and
// not the sub. The error is store.ErrNotFound if there is none.
func FindSignIn(tx store.Tx, p Pool, name string) (User, error) { return findUser(tx, p, name) }

func findUser(tx store.Tx, p Pool, name string, kinds ...string) (User, error) {
	u, err := users.get(tx, p.keyOfUser(name))
	if !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	for _, attribute := range []string{"email", "phone_number", "preferred_username"} {
		if p.IsAlias(attribute) {
			kinds = append(kinds, join(attribute, p.UserKey(name)))
		}
	}
	for _, kind := range kinds {
		key, err := aliases.get(tx, join(p.ID, kind))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return User{}, err
		}
		return users.get(tx, key)
	}
	return User{}, store.ErrNotFound
}

// UserOfIdentity returns the user who signs in with that account of a provider,
// or store.ErrNotFound.
func UserOfIdentity(tx store.Tx, p Pool, provider, userID string) (User, error) {
	key, err := aliases.get(tx, join(p.ID, "identity", provider, userID))
	if err != nil {
		return User{}, err
	}
	return users.get(tx, key)
}

// Users yields a pool's users in the order of their names, after the name after.
func Users(tx store.Tx, p Pool, after string) iter.Seq2[User, error] {
	return users.scan(tx, join(p.ID, ""), keyAfter(p.ID, p.UserKey(after)))
}

// DeleteUser deletes a user. The sign-ins, codes and sessions of the user are then invalid.
func DeleteUser(tx store.Tx, p Pool, u User) error {
	for _, alias := range p.aliasKeys(&u) {
		if err := aliases.delete(tx, alias); err != nil {
			return err
		}
	}
	return users.delete(tx, p.keyOfUser(u.Username))
}
