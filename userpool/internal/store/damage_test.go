package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// sound returns a database that has everything: branches, pages that overflow,
// small and large buckets, free pages.
func sound(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	for round := range 3 {
		update(t, s, func(tx store.Tx) error {
			for i := range 300 {
				if err := tx.Put("large", fmt.Sprintf("key %04d", i*7), bytes.Repeat([]byte("v"), 100*round+i)); err != nil {
					return err
				}
			}
			return errors.Join(tx.Put("small", "k", []byte("v")), tx.Put("long", "k", make([]byte, 20_000)), tx.Put("none", "k", nil))
		})
		update(t, s, func(tx store.Tx) error {
			return errors.Join(tx.Delete("none", "k"), tx.Delete("large", "key 0007"))
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file(dir))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// try opens a copy of the database with that content. If that works, all of it
// must be readable and writable: a panic or a fault would end the tests.
func try(t *testing.T, content []byte) error {
	t.Helper()
	dir := t.TempDir()
	write(t, file(dir), string(content))
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		if after, _ := os.ReadFile(file(dir)); !bytes.Equal(after, content) {
			t.Error("Open changed the file that it refused")
		}
		if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrSchema) {
			t.Errorf("Open: %v, want %v", err, store.ErrDamaged)
		}
		return err
	}
	defer s.Close()
	update(t, s, func(tx store.Tx) error {
		for _, b := range []store.Bucket{"large", "small", "long", "none"} {
			for _, key := range keysOf(tx, b) {
				value, err := tx.Get(b, key)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				if err := errors.Join(tx.Delete(b, key), tx.Put(b, "x"+key[:min(len(key), 100)], value)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return nil
}

func TestTruncated(t *testing.T) {
	content := sound(t)
	used := int(max(meta(content, 0, 40), meta(content, 1, 40))) * os.Getpagesize()
	random := rand.New(rand.NewPCG(3, 4))
	sizes := []int{0, 1, 16, 80, 4095, 4096, 4097, 8191, 8192, 8193, 16384, used - 4096, used - 1}
	for range 60 {
		sizes = append(sizes, random.IntN(used))
	}
	for _, size := range sizes {
		if err := try(t, content[:size]); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("with %d of %d bytes: %v", size, used, err)
		}
	}
	if err := try(t, content[:used]); err != nil {
		t.Errorf("without the unused end: %v", err)
	}
}

func meta(content []byte, which, offset int) uint64 {
	return binary.NativeEndian.Uint64(content[which*os.Getpagesize()+16+offset:])
}

// reseal makes the header's checksum right for what a test put there.
func reseal(content []byte, which int) {
	at := content[which*os.Getpagesize()+16:]
	sum := fnv.New64a()
	sum.Write(at[:56])
	binary.NativeEndian.PutUint64(at[56:], sum.Sum64())
}

func TestDamagedHeaders(t *testing.T) {
	content, page := sound(t), os.Getpagesize()
	for at := range 64 {
		both := bytes.Clone(content)
		both[16+at] ^= 0x10
		one := bytes.Clone(both)
		both[page+16+at] ^= 0x10
		if err := try(t, both); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("byte %d of both headers: %v", at, err)
		}
		// What a loss of power may leave: the other header is gone by.
		if err := try(t, one); err != nil {
			t.Errorf("byte %d of one header: %v", at, err)
		}
	}
	// Headers that are whole and nonsense: root, list of free pages, pages in use.
	latest := 0
	if meta(content, 1, 48) > meta(content, 0, 48) {
		latest = 1
	}
	for _, offset := range []int{16, 32, 40} {
		for _, value := range []uint64{0, 1, meta(content, latest, offset) - 1, 1 << 20, 1 << 40, 1<<63 - 1, 1 << 63, ^uint64(0) - 1} {
			bad := bytes.Clone(content)
			for which := range 2 {
				binary.NativeEndian.PutUint64(bad[which*page+16+offset:], value)
				reseal(bad, which)
			}
			if err := try(t, bad); err == nil {
				t.Errorf("a header with %d at %d was accepted", value, offset)
			}
		}
	}
}

// Changed bytes anywhere: refused, or, as within a record, harmless. What Open
// accepts, bbolt's own check accepts too.
func TestDamagedPages(t *testing.T) {
	content, page := sound(t), os.Getpagesize()
	used := int(max(meta(content, 0, 40), meta(content, 1, 40)))
	random := rand.New(rand.NewPCG(5, 6))
	refusals, times := 0, 250
	if testing.Short() {
		times = 60
	}
	for range times {
		bad := bytes.Clone(content)
		for range 1 + random.IntN(3) {
			// Mostly where the structure is: the beginning of a page.
			at := random.IntN(used) * page
			if random.IntN(4) == 0 {
				at += random.IntN(page)
			} else {
				at += random.IntN(64)
			}
			bad[at] = byte(random.Uint32())
		}
		if err := try(t, bad); err != nil {
			refusals++
			continue
		}
		for which := range 2 {
			// Only bbolt's check reads what is before a header, which is written anew each time.
			copy(bad[which*page:][:16], content[which*page:])
		}
		checkWithBolt(t, bad)
	}
	t.Logf("%d of %d were refused", refusals, times)
	if refusals < times/4 {
		t.Errorf("%d of %d were refused: the check is blind", refusals, times)
	}
}

func checkWithBolt(t *testing.T, content []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	write(t, path, string(content))
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		var all error
		for err := range tx.Check() {
			// A page that is lost is no danger.
			if !strings.Contains(err.Error(), "unreachable unfreed") {
				all = errors.Join(all, err)
			}
		}
		return all
	})
	if err != nil {
		t.Errorf("Open accepted what bbolt does not: %v", err)
	}
}
