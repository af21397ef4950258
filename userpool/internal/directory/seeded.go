package directory

import (
	"bytes"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// seededBucket has, by kind and key, the digest of each configured record as it was last
// written. The digest stays when the record is deleted: the server creates a deleted record
// again only after its configuration changes.
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

// ReplacePool replaces a stored pool. It stores the pool's users again, because the
// attributes that are their aliases may have changed.
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
