package store_test

import (
	"fmt"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Each store has 10 000 users of 500 bytes.
func benchStores(b *testing.B, f func(b *testing.B, s store.Store)) {
	b.Helper()
	for _, name := range []string{"memory", "file"} {
		s := store.NewMemory()
		if name == "file" {
			s = open(b, b.TempDir())
		}
		update(b, s, func(tx store.Tx) error {
			for i := range 10_000 {
				if err := tx.Put("users", benchKey(i), make([]byte, 500)); err != nil {
					return err
				}
			}
			return nil
		})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			f(b, s)
		})
		s.Close()
	}
}

func benchKey(i int) string { return fmt.Sprintf("eu-west-1_abcdefghi/%05d", i*7919%10_000) }

// A View with one Get.
func BenchmarkView(b *testing.B) {
	benchStores(b, func(b *testing.B, s store.Store) {
		b.Helper()
		key := benchKey(4321)
		for b.Loop() {
			view(b, s, func(tx store.Tx) error { _, err := tx.Get("users", key); return err })
		}
	})
}

// A Get of many in one View.
func BenchmarkGet(b *testing.B) {
	benchStores(b, func(b *testing.B, s store.Store) {
		b.Helper()
		key := benchKey(4321)
		view(b, s, func(tx store.Tx) error {
			for b.Loop() {
				if _, err := tx.Get("users", key); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// A Put of many in one Update, which is rolled back.
func BenchmarkPut(b *testing.B) {
	benchStores(b, func(b *testing.B, s store.Store) {
		b.Helper()
		value := make([]byte, 500)
		_ = s.Update(b.Context(), func(tx store.Tx) error {
			for i := 0; b.Loop(); i++ {
				if err := tx.Put("users", benchKey(i), value); err != nil {
					return err
				}
			}
			return errRollback
		})
	})
}

// An Update with one Put; that of a file waits for the disk.
func BenchmarkUpdate(b *testing.B) {
	benchStores(b, func(b *testing.B, s store.Store) {
		b.Helper()
		value := make([]byte, 500)
		for i := 0; b.Loop(); i++ {
			update(b, s, func(tx store.Tx) error { return tx.Put("users", benchKey(i), value) })
		}
	})
}

// A page of 60, as ListUsers returns at most.
func BenchmarkScan(b *testing.B) {
	benchStores(b, func(b *testing.B, s store.Store) {
		b.Helper()
		for b.Loop() {
			view(b, s, func(tx store.Tx) error {
				n := 0
				for range tx.Scan("users", "eu-west-1_abcdefghi/", benchKey(5000)) {
					if n++; n == 60 {
						break
					}
				}
				return nil
			})
		}
	})
}

// To open looks at every page: this is what a start pays.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	update(b, s, func(tx store.Tx) error {
		for i := range 10_000 {
			if err := tx.Put("users", benchKey(i), make([]byte, 500)); err != nil {
				return err
			}
		}
		return nil
	})
	s.Close()
	for b.Loop() {
		open(b, dir).Close()
	}
}
