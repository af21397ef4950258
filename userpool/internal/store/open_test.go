package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

func file(dir string) string { return filepath.Join(dir, "userpool.db") }

func TestOpenKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "er")
	for _, key := range []string{"1", "2", "3"} {
		s := open(t, dir)
		put(t, s, "a", key, key)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	defer s.Close()
	wantContent(t, s, "a", "1", "1", "2", "2", "3", "3")

	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v, %v; want the database alone", entries, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]os.FileMode{dir: os.ModeDir | 0o700, filepath.Dir(dir): os.ModeDir | 0o700, file(dir): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

// If other users can read the file, for example a copy, that permission is removed. The
// permissions of the directory do not change.
func TestOpenMakesTheFilePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has other permissions")
	}
	dir := t.TempDir()
	open(t, dir).Close()
	for path, mode := range map[string]os.FileMode{file(dir): 0o664, dir: 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir).Close()
	for path, want := range map[string]os.FileMode{file(dir): 0o600, dir: 0o755} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

// refused opens dir, which must fail with a text that has each of says in it,
// and leave the file alone.
func refused(t *testing.T, dir string, want error, says ...string) {
	t.Helper()
	before, _ := os.ReadFile(file(dir))
	s, err := store.Open(t.Context(), dir)
	if err == nil {
		s.Close()
		t.Fatal("Open: no error")
	}
	if want != nil {
		wantError(t, "Open", err, want)
	}
	for _, text := range append(says, dir) {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("Open: %v; it does not say %q", err, text)
		}
	}
	if after, _ := os.ReadFile(file(dir)); !bytes.Equal(after, before) {
		t.Error("Open changed the file that it refused")
	}
	t.Log(err)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Run("no directory", func(t *testing.T) {
		if _, err := store.Open(t.Context(), ""); err == nil {
			t.Error("no error")
		}
	})
	t.Run("a file for a directory", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		write(t, dir, "")
		refused(t, dir, nil, "name a directory")
		_, err := store.Open(t.Context(), filepath.Join(dir, "below", "it"))
		if err == nil || !strings.Contains(err.Error(), dir+" is a file; name a directory") {
			t.Errorf("Open: %v", err)
		}
	})
	t.Run("a directory for a file", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(file(dir), 0o700); err != nil {
			t.Fatal(err)
		}
		refused(t, dir, nil, "move it away")
	})
	for name, content := range map[string]string{
		"empty": "", "text": "hello", "long text": strings.Repeat("hello ", 1<<14), "zeros": string(make([]byte, 1<<15)),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, file(dir), content)
			refused(t, dir, store.ErrDamaged, "restore it", "move it away")
		})
	}
	t.Run("not permitted", func(t *testing.T) {
		if os.Geteuid() <= 0 {
			t.Skip("this user may do everything, or the system has other permissions")
		}
		dir := t.TempDir()
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		for mode, says := range map[os.FileMode]string{0o500: "must be writable", 0: "must be able to read"} {
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, os.ErrPermission, says)
			refused(t, filepath.Join(dir, "below"), os.ErrPermission)
		}
	})
	t.Run("a file not to be written", func(t *testing.T) {
		if os.Geteuid() <= 0 {
			t.Skip("this user may do everything, or the system has other permissions")
		}
		dir := t.TempDir()
		open(t, dir).Close()
		if err := os.Chmod(file(dir), 0o400); err != nil {
			t.Fatal(err)
		}
		refused(t, dir, os.ErrPermission, "read and write")
	})
}

func TestOpenRefusesOtherSchema(t *testing.T) {
	for version, says := range map[string]string{
		"2": "newer program", "999": "newer program", "0": "another", "-1": "another", "": "another", "x": "another", "no meta": "another program",
	} {
		t.Run(version, func(t *testing.T) {
			dir := t.TempDir()
			db, err := bbolt.Open(file(dir), 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bbolt.Tx) error {
				if version == "no meta" {
					return nil
				}
				meta, err := tx.CreateBucket([]byte("meta"))
				return errors.Join(err, meta.Put([]byte("schema"), []byte(version)))
			})
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, store.ErrSchema, says)
		})
	}
}

func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	put(t, first, "a", "k", "1")

	began := time.Now()
	refused(t, dir, store.ErrInUse, "in use by another process; one data directory is for one server")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := store.Open(ctx, dir)
	wantError(t, "Open with a short time", err, context.DeadlineExceeded)
	_, err = store.Open(ctx, t.TempDir())
	wantError(t, "Open with a done context", err, context.DeadlineExceeded)

	wantContent(t, first, "a", "k", "1")
	// One that is about to end is waited for.
	time.AfterFunc(100*time.Millisecond, func() { first.Close() })
	second := open(t, dir)
	defer second.Close()
	wantContent(t, second, "a", "k", "1")
}

// Of several that make the same new directory one goes ahead, and none finds
// half a database.
func TestOpenNewAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	const servers = 8
	done := make(chan error)
	for range servers {
		go func() {
			s, err := store.Open(t.Context(), dir)
			if err == nil {
				err = errors.Join(s.Update(t.Context(), func(tx store.Tx) error { return increment(tx, "opened") }), s.Close())
			} else if errors.Is(err, store.ErrInUse) {
				err = nil
			}
			done <- err
		}()
	}
	for range servers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	open(t, dir).Close()
}
