package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// subject is a new store, and the test that asks something of it.
type subject struct {
	t *testing.T
	s store.Store
}

// conformance is what every store does; run asks it of one.
var conformance = map[string]func(subject){
	"rollback on error":        rollbackOnError,
	"rollback on panic":        rollbackOnPanic,
	"a View is a snapshot":     viewIsSnapshot,
	"an Update reads itself":   updateReadsItself,
	"scan":                     scan,
	"scan and change":          scanAndChange,
	"copies":                   copies,
	"keys and values":          keysAndValues,
	"read only":                readOnly,
	"used after its end":       usedAfterEnd,
	"done context":             doneContext,
	"waiting Update gives up":  waitingGivesUp,
	"closed":                   closed,
	"close ends waiting":       closeEndsWaiting,
	"counters":                 counters,
	"one Update, many Views":   manyViews,
	"like a map":               likeMap,
	"ErrNotFound without data": notFoundIsDiscreet,
}

func TestMemory(t *testing.T) {
	run(t, func(string) store.Store { return store.NewMemory() })
}

func TestFile(t *testing.T) {
	run(t, func(dir string) store.Store { return open(t, dir) })
}

func run(t *testing.T, newStore func(dir string) store.Store) {
	t.Helper()
	for name, check := range conformance {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t.TempDir())
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			check(subject{t, s})
		})
	}
}

func open(t testing.TB, dir string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func update(t testing.TB, s store.Store, write func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), write); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t testing.TB, s store.Store, read func(store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), read); err != nil {
		t.Fatalf("View: %v", err)
	}
}

func put(t testing.TB, s store.Store, b store.Bucket, pairs ...string) {
	t.Helper()
	update(t, s, func(tx store.Tx) error { return putAll(tx, b, pairs...) })
}

func putAll(tx store.Tx, b store.Bucket, pairs ...string) error {
	for pair := range slices.Chunk(pairs, 2) {
		if err := tx.Put(b, pair[0], []byte(pair[1])); err != nil {
			return err
		}
	}
	return nil
}

// content returns the bucket's keys and values, by turns.
func content(tx store.Tx, b store.Bucket) []string {
	var all []string
	for key, value := range tx.Scan(b, "", "") {
		all = append(all, key, string(value))
	}
	return all
}

func wantContent(t testing.TB, s store.Store, b store.Bucket, want ...string) {
	t.Helper()
	view(t, s, func(tx store.Tx) error {
		if diff := cmp.Diff(want, content(tx, b)); diff != "" {
			t.Errorf("bucket %q (-want +got):\n%s", b, diff)
		}
		return nil
	})
}

func wantError(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: error %v, want %v", what, got, want)
	}
}

func rollbackOnError(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "k", "1", "l", "2")
	mine := errors.New("mine")
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Put("a", "k", nil), tx.Delete("a", "l"), tx.Put("b", "new", nil), mine)
	})
	wantError(t, "Update", err, mine)
	err = s.Update(t.Context(), func(store.Tx) error { return mine })
	if err != mine {
		t.Errorf("the function's error came back as %v", err)
	}
	wantContent(t, s, "a", "k", "1", "l", "2")
	wantContent(t, s, "b")
	put(t, s, "a", "m", "3")
	wantContent(t, s, "a", "k", "1", "l", "2", "m", "3")
}

func rollbackOnPanic(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "k", "1")
	for name, transact := range map[string]func(func(store.Tx) error) error{
		"Update": func(f func(store.Tx) error) error { return s.Update(t.Context(), f) },
		"View":   func(f func(store.Tx) error) error { return s.View(t.Context(), f) },
	} {
		func() {
			defer func() {
				if p := recover(); p != "mine" {
					t.Errorf("%s: panic %v, want mine", name, p)
				}
			}()
			_ = transact(func(tx store.Tx) error {
				_ = tx.Put("a", "k", []byte("2"))
				panic("mine")
			})
		}()
	}
	wantContent(t, s, "a", "k", "1")
	put(t, s, "a", "k", "3") // nothing is held any more
	wantContent(t, s, "a", "k", "3")
}

func viewIsSnapshot(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "k", "1", "l", "1")
	started, updated := make(chan struct{}), make(chan error, 1)
	go func() {
		<-started
		updated <- s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(tx.Put("a", "k", []byte("2")), tx.Delete("a", "l"), tx.Put("a", "m", nil))
		})
	}()
	view(t, s, func(tx store.Tx) error {
		close(started)
		// Small enough to fit what is mapped: it need not wait for this View.
		if err := <-updated; err != nil {
			return err
		}
		if diff := cmp.Diff([]string{"k", "1", "l", "1"}, content(tx, "a")); diff != "" {
			t.Errorf("an Update is seen by an older View (-want +got):\n%s", diff)
		}
		return nil
	})
	wantContent(t, s, "a", "k", "2", "m", "")
}

func updateReadsItself(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "k", "1", "l", "2")
	update(t, s, func(tx store.Tx) error {
		if err := errors.Join(tx.Put("a", "k", []byte("3")), tx.Delete("a", "l"), tx.Put("b", "n", nil)); err != nil {
			return err
		}
		if v, err := tx.Get("a", "k"); err != nil || string(v) != "3" {
			t.Errorf("Get of what was put: %q, %v", v, err)
		}
		_, err := tx.Get("a", "l")
		wantError(t, "Get of what was deleted", err, store.ErrNotFound)
		if v, err := tx.Get("b", "n"); err != nil || v == nil || len(v) != 0 {
			t.Errorf("Get of an empty value: %#v, %v", v, err)
		}
		if diff := cmp.Diff([]string{"k", "3"}, content(tx, "a")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return nil
	})
}

func notFoundIsDiscreet(on subject) {
	t, s := on.t, on.s
	put(t, s, "codes", "k", "1")
	view(t, s, func(tx store.Tx) error {
		for _, b := range []store.Bucket{"codes", "none"} {
			v, err := tx.Get(b, "secret-code")
			wantError(t, "Get", err, store.ErrNotFound)
			if v != nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), string(b)) {
				t.Errorf("Get: %v, %v", v, err)
			}
		}
		return nil
	})
}
