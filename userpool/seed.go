package userpool

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// seed writes the configured records that the store never had, and those whose
// configuration changed after they were last written. It leaves all others as the API
// changed or deleted them.
func (s *Server) seed(ctx context.Context, cfg Config, key seedKey) error {
	s.warnOfDescriptions(cfg.Descriptions)
	for _, pool := range cfg.seeds(s.now()) {
		if err := s.seedPool(ctx, &pool, key); err != nil {
			return fmt.Errorf("%s: %w", pool.field, err)
		}
	}
	return nil
}

func (s *Server) seedPool(ctx context.Context, pool *poolSeed, key seedKey) error {
	var changes *poolChanges
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		changes, err = pool.changes(tx, key)
		return err
	})
	if err != nil {
		return err
	}
	if changes.poolExists() {
		s.issuer.Prepare(pool.record.ID) //nolint:contextcheck // the keys are for all callers, not for this one alone
	}
	if changes.isEmpty() {
		return nil
	}
	if err := changes.derive(s.random); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error { return changes.write(tx, s.now()) })
}

// seedKey is the key of the digests that show whether a configured record changed. It is a
// secret of the store: without it, the digest of a password does not help to guess it.
type seedKey []byte

func (k seedKey) digest(kind, key string, form any) ([]byte, error) {
	text, err := json.Marshal(nonZero(form))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, k)
	fmt.Fprintf(mac, "%s\x00%s\x00%s", kind, key, text)
	return mac.Sum(nil), nil
}

// nonZero leaves out the fields of a struct that are not set. A field that a later version
// of this program adds must not change every digest.
func nonZero(form any) any {
	v := reflect.ValueOf(form)
	if v.Kind() != reflect.Struct {
		return form
	}
	set := map[string]any{}
	for i := range v.NumField() {
		if field := v.Field(i); !field.IsZero() {
			set[v.Type().Field(i).Name] = field.Interface()
		}
	}
	return set
}

// entry is the configuration of a record, or of a part of a record.
type entry struct {
	kind, key string
	form      any
	digest    []byte
}

// isChanged compares the digest of the entry with the last one that was written. It sets
// the digest of the entry.
func (e *entry) isChanged(tx store.Tx, key seedKey) (bool, error) {
	var err error
	if e.digest, err = key.digest(e.kind, e.key, e.form); err != nil {
		return false, err
	}
	seen, err := directory.Seeded(tx, e.kind, e.key)
	return !hmac.Equal(seen, e.digest), err
}

func (e *entry) putDigest(tx store.Tx) error { return directory.PutSeeded(tx, e.kind, e.key, e.digest) }

// poolChanges are the records of a pool that have to be written.
type poolChanges struct {
	seed    *poolSeed
	pool    directory.Pool // as it will be
	stored  bool           // the store has the pool
	records []recordSeed
	users   []userChanges
}

// changes finds the records to write. If the store does not have the pool, these are all
// records or none: a deleted pool stays deleted until its configuration is edited.
func (s *poolSeed) changes(tx store.Tx, key seedKey) (*poolChanges, error) {
	n := &poolChanges{seed: s, pool: s.record}
	switch old, err := directory.GetPool(tx, s.record.ID); {
	case err == nil:
		n.stored, n.pool = true, old
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	var allRecords []recordSeed
	for _, r := range s.records() {
		isChanged, err := r.isChanged(tx, key)
		if err != nil {
			return nil, err
		}
		if isChanged {
			n.records = append(n.records, r)
		}
		if isChanged && r.kind == kindPool {
			n.pool = s.record
		}
		allRecords = append(allRecords, r)
	}
	var allUsers []userChanges
	for i, u := range s.users {
		found, err := u.changes(tx, n.pool, key)
		if err != nil {
			return nil, fmt.Errorf("Users[%d]: %w", i, err)
		}
		found.at = i
		if found.anyDue() {
			n.users = append(n.users, found)
		}
		found.markAllDue()
		allUsers = append(allUsers, found)
	}
	if !n.stored && !n.isEmpty() {
		n.records, n.users = allRecords, allUsers
	}
	return n, nil
}

func (n *poolChanges) isEmpty() bool { return len(n.records) == 0 && len(n.users) == 0 }

func (n *poolChanges) poolExists() bool { return n.stored || !n.isEmpty() }

// derive makes the verifiers of passwords. Each takes about a millisecond, so this happens
// before the transaction.
func (n *poolChanges) derive(source *random.Source) error {
	for i := range n.users {
		if err := n.users[i].derive(source, n.pool.SRPName()); err != nil {
			return fmt.Errorf("Users[%d]: %w", n.users[i].at, err)
		}
	}
	return nil
}

func (n *poolChanges) write(tx store.Tx, now time.Time) error {
	for _, r := range n.records {
		if err := errors.Join(r.put(tx), r.putDigest(tx)); err != nil {
			return err
		}
	}
	pool, err := directory.GetPool(tx, n.pool.ID)
	if err != nil {
		return err
	}
	records := make([]directory.User, len(n.users))
	for i, u := range n.users {
		old, err := directory.GetUser(tx, pool, u.Username)
		switch {
		case err == nil:
			// Two users may have swapped their addresses: first remove both.
			err = directory.DeleteUser(tx, pool, old)
		case errors.Is(err, store.ErrNotFound):
			old, err = u.newRecord(pool, now), nil
		}
		if err != nil {
			return fmt.Errorf("Users[%d]: %w", u.at, err)
		}
		records[i] = u.record(old, pool, now)
	}
	for i, u := range n.users {
		if err := n.writeUser(tx, pool, u, records[i]); err != nil {
			return fmt.Errorf("Users[%d]: %w", u.at, err)
		}
	}
	return nil
}

func (n *poolChanges) writeUser(tx store.Tx, pool directory.Pool, u userChanges, record directory.User) error {
	for _, name := range record.Groups {
		switch _, err := directory.GetGroup(tx, pool.ID, name); {
		case errors.Is(err, store.ErrNotFound):
			if err := directory.PutGroup(tx, n.seed.group(name)); err != nil {
				return err
			}
		case err != nil:
			return err
		}
	}
	if err := directory.PutUser(tx, pool, record); err != nil {
		return err
	}
	for _, part := range u.parts {
		if part.due {
			if err := part.putDigest(tx); err != nil {
				return err
			}
		}
	}
	return nil
}
