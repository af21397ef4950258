package store_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// model is a store as simple as can be.
type model map[store.Bucket]map[string]string

func (m model) clone() model {
	c := make(model)
	for b, records := range m {
		c[b] = maps.Clone(records)
	}
	return c
}

func (m model) scan(b store.Bucket, prefix, after string, limit int) []string {
	var got []string
	for _, key := range slices.Sorted(maps.Keys(m[b])) {
		if strings.HasPrefix(key, prefix) && (after == "" || key > after) && len(got) < 2*limit {
			got = append(got, key, m[b][key])
		}
	}
	return got
}

var errRollback = errors.New("rolled back")

func likeMap(on subject) {
	t, s := on.t, on.s
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 0))
		kept := make(model)
		update(t, s, func(tx store.Tx) error { // what the seed before left
			for _, b := range buckets {
				for _, key := range keysOf(tx, b) {
					if err := tx.Delete(b, key); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for range 60 {
			next := kept.clone()
			err := s.Update(t.Context(), func(tx store.Tx) error {
				for range 1 + random.IntN(40) {
					step(t, random, tx, next)
				}
				if random.IntN(4) == 0 {
					return errRollback
				}
				return nil
			})
			if err == nil {
				kept = next
			} else if !errors.Is(err, errRollback) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			view(t, s, func(tx store.Tx) error {
				for range 10 {
					look(t, random, tx, kept)
				}
				return nil
			})
			if t.Failed() {
				t.Fatalf("with the seed %d", seed)
			}
		}
	}
}

var buckets = []store.Bucket{"a", "b", "b\x00", "c"}

func keysOf(tx store.Tx, b store.Bucket) []string {
	var keys []string
	for key := range tx.Scan(b, "", "") {
		keys = append(keys, key)
	}
	return keys
}

// randomKey is short and of few letters, so that keys meet and have prefixes in common.
func randomKey(random *rand.Rand, least int) string {
	key := make([]byte, least+random.IntN(4))
	for i := range key {
		key[i] = "\x00/aAz\xff"[random.IntN(6)]
	}
	return string(key)
}

func step(t *testing.T, random *rand.Rand, tx store.Tx, m model) {
	t.Helper()
	b, key := buckets[random.IntN(len(buckets))], randomKey(random, 1)
	switch random.IntN(6) {
	case 0, 1, 2:
		// Now and then more than fits a page.
		value := strings.Repeat("v", random.IntN(30)<<(random.IntN(3)*4))
		if err := tx.Put(b, key, []byte(value)); err != nil {
			t.Error(err)
		}
		if m[b] == nil {
			m[b] = make(map[string]string)
		}
		m[b][key] = value
	case 3, 4:
		if err := tx.Delete(b, key); err != nil {
			t.Error(err)
		}
		delete(m[b], key)
	default:
		look(t, random, tx, m)
	}
}

func look(t *testing.T, random *rand.Rand, tx store.Tx, m model) {
	t.Helper()
	b, key := buckets[random.IntN(len(buckets))], randomKey(random, 1)
	got, err := tx.Get(b, key)
	if want, ok := m[b][key]; ok != (err == nil) || string(got) != want || !ok && !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get(%q, %q) = %q, %v; want %q, %v", b, key, got, err, want, ok)
	}

	prefix, after, limit := randomKey(random, 0), randomKey(random, 0), 1+random.IntN(20)
	if random.IntN(2) == 0 {
		prefix = ""
	}
	var scanned []string
	for key, value := range tx.Scan(b, prefix, after) {
		if scanned = append(scanned, key, string(value)); len(scanned) == 2*limit {
			break
		}
	}
	if diff := cmp.Diff(m.scan(b, prefix, after, limit), scanned); diff != "" {
		t.Errorf("Scan(%q, %q, %q) (-want +got):\n%s", b, prefix, after, diff)
	}
}
