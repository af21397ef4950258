package directory

import (
	"bytes"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// seededBucket has, by kind and key, a digest of what the server's configuration said
// of a record when it was last written for it. It outlives the record: a deleted one
// comes back only when the configuration says something else.
const seededBucket store.Bucket = "seeded"

// Seeded returns the digest of a configured record, nil if there never was one.
func Seeded(tx store.Tx, kind, key string) ([]byte, error) {
	digest, err := tx.Get(seededBucket, join(kind, key))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return bytes.Clone(digest), err
}

// PutSeeded keeps the digest of a configured record.
func PutSeeded(tx store.Tx, kind, key string, digest []byte) error {
	return tx.Put(seededBucket, join(kind, key), digest)
}

// ReplacePool puts a pool in the place of the stored one. Where people can be found by
// other names then, its users are filed anew.
func ReplacePool(tx store.Tx, old, p Pool) error {
	members, err := users.all(tx, join(old.ID, ""))
	if err != nil {
		return err
	}
	for _, u := range members {
		if err := DeleteUser(tx, old, u); err != nil {
			return err
		}
	}
	for _, u := range members {
		if err := PutUser(tx, p, u); err != nil {
			return err
		}
	}
	return PutPool(tx, p)
}

// SetDomains gives a pool these domains and no others.
func SetDomains(tx store.Tx, poolID string, names []string) error {
	for {
		switch domain, err := DomainOfPool(tx, poolID); {
		case err != nil:
			return err
		case domain == "":
			for _, name := range names {
				if err := PutDomain(tx, name, poolID); err != nil {
					return err
				}
			}
			return nil
		default:
			if err := DeleteDomain(tx, domain); err != nil {
				return err
			}
		}
	}
}
