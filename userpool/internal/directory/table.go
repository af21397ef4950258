package directory

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// separator is between the parts of a key. Pool and client IDs cannot hold
// it, and only the last part of a key is free text.
const separator = "\x00"

// table is a bucket of records of one type, stored as JSON.
type table[V any] struct{ bucket store.Bucket }

func (t table[V]) get(tx store.Tx, key string) (V, error) {
	var v V
	// No record has a key that the store rejects: a key from outside may have any length.
	if key == "" || len(key) > store.MaxKeySize {
		return v, store.ErrNotFound
	}
	b, err := tx.Get(t.bucket, key)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("reading a record of %s: %w", t.bucket, err)
	}
	return v, nil
}

func (t table[V]) put(tx store.Tx, key string, v V) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing a record of %s: %w", t.bucket, err)
	}
	return tx.Put(t.bucket, key, b)
}

func (t table[V]) delete(tx store.Tx, key string) error { return tx.Delete(t.bucket, key) }

// scan yields the records under prefix whose keys come after the key after. It
// ends with the first record that cannot be read.
func (t table[V]) scan(tx store.Tx, prefix, after string) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for _, b := range tx.Scan(t.bucket, prefix, after) {
			var v V
			err := json.Unmarshal(b, &v)
			if err != nil {
				err = fmt.Errorf("reading a record of %s: %w", t.bucket, err)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// all collects what scan yields.
func (t table[V]) all(tx store.Tx, prefix string) ([]V, error) {
	var found []V
	for v, err := range t.scan(tx, prefix, "") {
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

// deleteAll deletes every record under prefix.
func (t table[V]) deleteAll(tx store.Tx, prefix string) error {
	var keys []string
	for key := range tx.Scan(t.bucket, prefix, "") {
		keys = append(keys, key)
	}
	for _, key := range keys {
		if err := t.delete(tx, key); err != nil {
			return err
		}
	}
	return nil
}

func join(parts ...string) string { return strings.Join(parts, separator) }
