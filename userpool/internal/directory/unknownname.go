package directory

import (
	"errors"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Failures counts the wrong passwords that were tried for the name of no user. They cost the
// same wait as those of a user: the wait must not show which users exist.
type Failures struct {
	Count       int
	LockedUntil time.Time
	ExpiresAt   time.Time
}

var failures = table[Failures]{"failures"}

// GetFailures returns those of a name; none is no error.
func GetFailures(tx store.Tx, p Pool, name string) (Failures, error) {
	f, err := failures.get(tx, failuresKey(p, name))
	if errors.Is(err, store.ErrNotFound) {
		return Failures{}, nil
	}
	return f, err
}

// PutFailures keeps those of a name. Their ExpiresAt must not change.
func PutFailures(tx store.Tx, p Pool, name string, f Failures) error {
	return putUntil(tx, failures, failuresKey(p, name), f, f.ExpiresAt)
}

// failuresKey has a digest of the name: people type passwords into the wrong field.
func failuresKey(p Pool, name string) string { return join(p.ID, Digest(p.UserKey(name))) }
