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

// seed writes what is configured into the store, as far as it is news to it: records
// that it never had, and those of which the configuration says something else than
// when they were last written. What the API made of the others, or that it deleted
// them, stays.
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
	var news *poolNews
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		news, err = pool.news(tx, key)
		return err
	})
	if err != nil {
		return err
	}
	if news.exists() {
		s.issuer.Prepare(pool.record.ID) //nolint:contextcheck // keys are for all, not for whoever waits here
	}
	if news.none() {
		return nil
	}
	if err := news.derive(s.random); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error { return news.write(tx, s.now()) })
}

// seedKey makes the digests by which configured records are compared. It is a secret
// of the store, so that digests of passwords are of no use elsewhere.
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

// nonZero leaves fields of a struct out that are not set: those which a later version
// of this program adds must not make news of everything.
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

// entry is what the configuration says of something: a record, or a part of one.
type entry struct {
	kind, key string
	form      any
	digest    []byte
}

// isNews compares the entry with the one last written, and keeps the digest in it.
func (e *entry) isNews(tx store.Tx, key seedKey) (bool, error) {
	var err error
	if e.digest, err = key.digest(e.kind, e.key, e.form); err != nil {
		return false, err
	}
	seen, err := directory.Seeded(tx, e.kind, e.key)
	return !hmac.Equal(seen, e.digest), err
}

func (e *entry) remember(tx store.Tx) error { return directory.PutSeeded(tx, e.kind, e.key, e.digest) }

// poolNews is what has to be written of a pool.
type poolNews struct {
	seed    *poolSeed
	pool    directory.Pool // as it will be
	stored  bool           // the store has the pool
	records []recordSeed
	users   []userNews
}

// news finds what the store does not know. Of a pool that it lacks that is all or
// nothing: a deleted one stays deleted while nothing about it is edited.
func (s *poolSeed) news(tx store.Tx, key seedKey) (*poolNews, error) {
	n := &poolNews{seed: s, pool: s.record}
	switch old, err := directory.GetPool(tx, s.record.ID); {
	case err == nil:
		n.stored, n.pool = true, old
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	var everything []recordSeed
	for _, r := range s.records() {
		isNews, err := r.isNews(tx, key)
		if err != nil {
			return nil, err
		}
		if isNews {
			n.records = append(n.records, r)
		}
		if isNews && r.kind == kindPool {
			n.pool = s.record
		}
		everything = append(everything, r)
	}
	var everybody []userNews
	for i, u := range s.users {
		found, err := u.news(tx, n.pool, key)
		if err != nil {
			return nil, fmt.Errorf("Users[%d]: %w", i, err)
		}
		found.at = i
		if found.any() {
			n.users = append(n.users, found)
		}
		found.all()
		everybody = append(everybody, found)
	}
	if !n.stored && !n.none() {
		n.records, n.users = everything, everybody
	}
	return n, nil
}

func (n *poolNews) none() bool { return len(n.records) == 0 && len(n.users) == 0 }

func (n *poolNews) exists() bool { return n.stored || !n.none() }

// derive makes the verifiers of passwords. It takes a millisecond for each, which no
// transaction should.
func (n *poolNews) derive(source *random.Source) error {
	for i := range n.users {
		if err := n.users[i].derive(source, n.pool.SRPName()); err != nil {
			return fmt.Errorf("Users[%d]: %w", n.users[i].at, err)
		}
	}
	return nil
}

func (n *poolNews) write(tx store.Tx, now time.Time) error {
	for _, r := range n.records {
		if err := errors.Join(r.put(tx), r.remember(tx)); err != nil {
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
			// Out of the way, as people may have swapped their addresses.
			err = directory.DeleteUser(tx, pool, old)
		case errors.Is(err, store.ErrNotFound):
			old, err = u.blank(pool, now), nil
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

func (n *poolNews) writeUser(tx store.Tx, pool directory.Pool, u userNews, record directory.User) error {
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
			if err := part.remember(tx); err != nil {
				return err
			}
		}
	}
	return nil
}
