package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

func scan(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "b/2", "", "b/10", "", "b", "", "b/", "", "a", "", "b\x00", "", "b/\xff", "", "c", "", "\x00", "", "b0", "", "\xff\xff", "")
	put(t, s, "A", "b/0", "")
	put(t, s, "a\x00", "b/3", "")
	put(t, s, "b", "b/1", "")
	for _, test := range []struct {
		bucket        store.Bucket
		prefix, after string
		want          []string
	}{
		{"a", "", "", []string{"\x00", "a", "b", "b\x00", "b/", "b/10", "b/2", "b/\xff", "b0", "c", "\xff\xff"}},
		{"a", "b/", "", []string{"b/", "b/10", "b/2", "b/\xff"}},
		{"a", "b/", "b/", []string{"b/10", "b/2", "b/\xff"}},
		{"a", "b/", "b/10", []string{"b/2", "b/\xff"}},
		{"a", "b/", "b/1", []string{"b/10", "b/2", "b/\xff"}}, // itself not there
		{"a", "b/", "a", []string{"b/", "b/10", "b/2", "b/\xff"}},
		{"a", "b/", "b/\xff", nil},
		{"a", "b/", "c", nil},
		{"a", "", "c", []string{"\xff\xff"}},
		{"a", "", "\xff\xff", nil},
		{"a", "\xff", "", []string{"\xff\xff"}},
		{"a", "zz", "", nil},
		{"none", "", "", nil},
		{"", "", "", nil},
		{"meta", "", "", nil},
	} {
		read := func(tx store.Tx) error {
			var got []string
			for key := range tx.Scan(test.bucket, test.prefix, test.after) {
				got = append(got, key)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Scan(%q, %q, %q) (-want +got):\n%s", test.bucket, test.prefix, test.after, diff)
			}
			for n := range len(test.want) {
				got = got[:0]
				for key := range tx.Scan(test.bucket, test.prefix, test.after) {
					if got = append(got, key); len(got) > n {
						break
					}
				}
				if !slices.Equal(got, test.want[:n+1]) {
					t.Errorf("Scan with a break after %d: %q", n+1, got)
				}
			}
			return nil
		}
		view(t, s, read)
		update(t, s, read)
	}
}

func scanAndChange(on subject) {
	t, s := on.t, on.s
	var pairs []string
	for i := range 300 {
		pairs = append(pairs, strings.Repeat("k", i+1), "1")
	}
	put(t, s, "a", pairs...)
	update(t, s, func(tx store.Tx) error {
		seen := 0
		for key, value := range tx.Scan("a", "", "") {
			seen++
			wantError(t, "Put in a Scan", tx.Put("a", key, nil), store.ErrScanning)
			wantError(t, "Delete in a Scan", tx.Delete("a", key), store.ErrScanning)
			// Before and behind it in the order of buckets.
			if err := errors.Join(tx.Put("A", key, value), tx.Put("b", key, value), tx.Delete("A", "k")); err != nil {
				return err
			}
			for range tx.Scan("a", "", "") {
				break
			}
		}
		if seen != 300 {
			t.Errorf("%d records were seen, want 300", seen)
		}
		return tx.Delete("a", "k")
	})
	wantContent(t, s, "a", pairs[2:]...)
	wantContent(t, s, "A", pairs[2:]...)
	wantContent(t, s, "b", pairs...)
}

func copies(on subject) {
	t, s := on.t, on.s
	value := []byte("1")
	update(t, s, func(tx store.Tx) error {
		err := tx.Put("a", "k", value)
		value[0] = 'X'
		if got, _ := tx.Get("a", "k"); string(got) != "1" {
			t.Errorf("the store has the caller's slice: %q", got)
		}
		return err
	})
	value[0] = 'Y'
	wantContent(t, s, "a", "k", "1")
	update(t, s, func(tx store.Tx) error {
		before, err := tx.Get("a", "k")
		if err != nil {
			return err
		}
		if err := errors.Join(tx.Put("a", "k", []byte("2")), tx.Put("a", "j", []byte("3"))); err != nil {
			return err
		}
		if string(before) != "1" {
			t.Errorf("a slice changed within its transaction: %q", before)
		}
		return nil
	})
}

// A slice of NewMemory's store is the caller's own.
func TestMemoryIsNotAliased(t *testing.T) {
	s := store.NewMemory()
	put(t, s, "a", "k", "1")
	view(t, s, func(tx store.Tx) error {
		value, err := tx.Get("a", "k")
		value[0] = 'X'
		for _, value := range tx.Scan("a", "", "") {
			value[0] = 'X'
		}
		return err
	})
	wantContent(t, s, "a", "k", "1")
}

func keysAndValues(on subject) {
	t, s := on.t, on.s
	long, huge := strings.Repeat("k", store.MaxKeySize), strings.Repeat("v", 1<<20)
	put(t, s, "a\x00b", "\x00", "nul", "\x00\x00\xff", huge, long, "")
	wantContent(t, s, "a\x00b", "\x00", "nul", "\x00\x00\xff", huge, long, "")
	update(t, s, func(tx store.Tx) error {
		for _, at := range []struct {
			b   store.Bucket
			key string
		}{{"a", ""}, {"a", long + "k"}, {"", "k"}, {"meta", "schema"}, {store.Bucket(long + "k"), "k"}} {
			_, err := tx.Get(at.b, at.key)
			wantError(t, "Get", err, store.ErrKey)
			wantError(t, "Put", tx.Put(at.b, at.key, nil), store.ErrKey)
			wantError(t, "Delete", tx.Delete(at.b, at.key), store.ErrKey)
			if errors.Is(err, store.ErrNotFound) {
				t.Errorf("Get: %v", err)
			}
		}
		return errors.Join(tx.Delete("a\x00b", "none"), tx.Delete("none", "k"))
	})
}

func readOnly(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "k", "1")
	view(t, s, func(tx store.Tx) error {
		for _, b := range []store.Bucket{"a", "none"} {
			wantError(t, "Put", tx.Put(b, "k", nil), store.ErrReadOnly)
			wantError(t, "Delete", tx.Delete(b, "k"), store.ErrReadOnly)
		}
		return nil
	})
	wantContent(t, s, "a", "k", "1")
}

func usedAfterEnd(on subject) {
	t, s := on.t, on.s
	var late []store.Tx
	for _, result := range []error{nil, errRollback} {
		keep := func(tx store.Tx) error { late = append(late, tx); return result }
		wantError(t, "View", s.View(t.Context(), keep), result)
		wantError(t, "Update", s.Update(t.Context(), keep), result)
	}
	for _, tx := range late {
		_, err := tx.Get("a", "k")
		wantError(t, "Get", err, store.ErrEnded)
		wantError(t, "Put", tx.Put("a", "k", nil), store.ErrEnded)
		wantError(t, "Delete", tx.Delete("a", "k"), store.ErrEnded)
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !errors.Is(err, store.ErrEnded) {
					t.Errorf("Scan: panic %v, want %v", err, store.ErrEnded)
				}
			}()
			content(tx, "a")
		}()
	}
	wantContent(t, s, "a")
}
