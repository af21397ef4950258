package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

type boltStore struct {
	// gate protects the lock of db, because a wait for that lock cannot end with a ctx.
	gate *gate
	db   *bbolt.DB
}

func (s *boltStore) View(ctx context.Context, read func(Tx) error) error {
	if err := s.gate.check(ctx); err != nil {
		return err
	}
	var refused error
	err := s.db.View(func(btx *bbolt.Tx) error {
		tx := &boltTx{tx: btx}
		defer tx.rules.end()
		refused = read(tx)
		return refused
	})
	return s.explain(err, refused)
}

func (s *boltStore) Update(ctx context.Context, write func(Tx) error) error {
	if err := s.gate.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()

	var refused error
	err := s.db.Update(func(btx *bbolt.Tx) error {
		tx := &boltTx{tx: btx, rules: txRules{writable: true}}
		defer tx.rules.end()
		refused = write(tx)
		return refused
	})
	return s.explain(err, refused)
}

// explain distinguishes an error of the database from one of the transaction's function.
func (s *boltStore) explain(err, refused error) error {
	switch {
	case err == nil || refused != nil:
		return refused
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		// Closed between the gate's check and the start of the transaction.
		return ErrClosed
	default:
		return fmt.Errorf("%s: %w", s.db.Path(), err)
	}
}

func (s *boltStore) Close() error {
	if !s.gate.close() {
		return nil
	}
	return s.db.Close()
}

type boltTx struct {
	tx    *bbolt.Tx
	rules txRules
}

func (t *boltTx) Get(b Bucket, key string) ([]byte, error) {
	if err := t.rules.read(b, key); err != nil {
		return nil, err
	}
	bucket := t.tx.Bucket([]byte(b))
	if bucket == nil {
		return nil, notFound(b)
	}
	value := bucket.Get([]byte(key))
	if value == nil {
		return nil, notFound(b)
	}
	return value, nil
}

func (t *boltTx) Put(b Bucket, key string, value []byte) error {
	if err := t.rules.write(b, key); err != nil {
		return err
	}
	bucket, err := t.tx.CreateBucketIfNotExists([]byte(b))
	if err != nil {
		return fmt.Errorf("bucket %q: %w", b, err)
	}
	// The database keeps the slice that it is given until the commit.
	if err := bucket.Put([]byte(key), clone(value)); err != nil {
		return fmt.Errorf("bucket %q: %w", b, err)
	}
	return nil
}

func (t *boltTx) Delete(b Bucket, key string) error {
	if err := t.rules.write(b, key); err != nil {
		return err
	}
	bucket := t.tx.Bucket([]byte(b))
	if bucket == nil {
		return nil
	}
	if err := bucket.Delete([]byte(key)); err != nil {
		return fmt.Errorf("bucket %q: %w", b, err)
	}
	return nil
}

func (t *boltTx) Scan(b Bucket, prefix, after string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		defer t.rules.scan(b)()
		if checkBucket(b) != nil {
			return
		}
		bucket := t.tx.Bucket([]byte(b))
		if bucket == nil {
			return
		}
		want := []byte(prefix)
		cursor := bucket.Cursor()
		key, value := cursor.Seek([]byte(max(prefix, after)))
		if key != nil && string(key) == after {
			key, value = cursor.Next()
		}
		for ; key != nil && bytes.HasPrefix(key, want); key, value = cursor.Next() {
			if !yield(string(key), value) {
				return
			}
		}
	}
}
