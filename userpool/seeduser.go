package userpool

import (
	"cmp"
	"errors"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// The parts of a user that are compared separately: a new e-mail address in the
// configuration does not replace the password that the user chose later.
const (
	partProfile = iota
	partPassword
	partTOTP
	userParts
)

type userPart struct {
	entry

	due bool
}

// userChanges is a configured user, with the parts that have to be written.
type userChanges struct {
	*User

	at       int // the index among the configured ones
	parts    [userParts]userPart
	username string // as the store has it: verifiers are bound to it
	verifier srp.Verifier
}

func (u *User) changes(tx store.Tx, pool directory.Pool, key seedKey) (userChanges, error) {
	n := userChanges{User: u, username: u.Username}
	name := pool.ID + "\x00" + pool.UserKey(u.Username)
	n.parts[partProfile].entry = entry{kind: "user", key: name, form: struct {
		Sub        string
		Disabled   bool
		Groups     []string
		Attributes map[string]string
		Claims     directory.Claims
	}{u.Sub, u.Disabled, u.Groups, u.Attributes, u.Claims.record()}}
	n.parts[partPassword].entry = entry{kind: "password", key: name, form: struct {
		Password  string
		Temporary bool
	}{string(u.Password), u.Temporary}}
	n.parts[partTOTP].entry = entry{kind: "totp", key: name, form: string(u.TOTPSecret)}
	for i := range n.parts {
		var err error
		if n.parts[i].due, err = n.parts[i].isChanged(tx, key); err != nil {
			return n, err
		}
	}
	switch old, err := directory.GetUser(tx, pool, u.Username); {
	case err == nil:
		n.username = old.Username
	case !errors.Is(err, store.ErrNotFound):
		return n, err
	case n.anyDue(): // a user that the store does not have needs all parts
		n.markAllDue()
	}
	return n, nil
}

func (n *userChanges) anyDue() bool {
	return n.parts[partProfile].due || n.parts[partPassword].due || n.parts[partTOTP].due
}

func (n *userChanges) markAllDue() {
	for i := range n.parts {
		n.parts[i].due = true
	}
}

// derive makes the verifier, if the password has to be written.
func (n *userChanges) derive(source *random.Source, srpName string) (err error) {
	if n.parts[partPassword].due {
		n.verifier, err = srp.NewVerifier(source, srpName, n.username, string(n.Password))
	}
	return err
}

// newRecord returns the record of a user that the store does not have.
func (n *userChanges) newRecord(pool directory.Pool, now time.Time) directory.User {
	return directory.User{
		PoolID: pool.ID, Username: n.username, CreatedAt: now,
		Sub: random.DerivedUUID(pool.ID, pool.UserKey(n.Username)),
	}
}

// record returns old with the parts that have to be written.
func (n *userChanges) record(old directory.User, pool directory.Pool, now time.Time) directory.User {
	record := old
	record.ModifiedAt = now
	if n.parts[partProfile].due {
		record.Sub = cmp.Or(n.Sub, old.Sub)
		record.Disabled, record.Attributes, record.Groups, record.Claims = n.Disabled, n.Attributes, n.Groups, n.Claims.record()
	}
	if n.parts[partPassword].due {
		record.Username, record.Password = n.username, n.verifier
		record.Status, record.TemporaryUntil = directory.Confirmed, time.Time{}
		record.Failures, record.LockedUntil = 0, time.Time{}
		if n.Temporary {
			record.Status = directory.ForceChangePassword
			record.TemporaryUntil = now.AddDate(0, 0, cmp.Or(pool.Password.TemporaryDays, directory.DefaultPasswordPolicy.TemporaryDays))
		}
	}
	if n.parts[partTOTP].due {
		record.TOTPSecret, record.TOTPEnabled = string(n.TOTPSecret), n.TOTPSecret != ""
		record.TOTPStep, record.TOTPFailures, record.TOTPLockedUntil = 0, 0, time.Time{}
	}
	return record
}
