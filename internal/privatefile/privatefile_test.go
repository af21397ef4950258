package privatefile_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/privatefile"
)

func TestFileIsReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	path := filepath.Join(dir, "file")
	if err := privatefile.Directory(dir); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two, which is longer", ""} {
		if err := privatefile.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := privatefile.Read(path, 20); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("left over: %v, %v", names, err)
	}
	if _, err := privatefile.Read(filepath.Join(dir, "other"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := privatefile.Write(path, []byte("12345")); err != nil {
		t.Fatal(err)
	}
	if _, err := privatefile.Read(path, 4); err == nil {
		t.Error("a file that is too long was read")
	}
	if err := os.WriteFile(path+".new", []byte("of a killed process"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := privatefile.Write(path, []byte("1")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte("of a killed process"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := privatefile.Remove(path); err != nil {
			t.Error(err)
		}
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 0 {
		t.Errorf("left over: %v, %v", names, err)
	}
	if err := privatefile.Write(filepath.Join(dir, "none", "file"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// A file that others can read or redirect is rejected.
func TestExposedFileIsRejected(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path, link, folder := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "folder")
	if err := errors.Join(privatefile.Write(path, []byte("x")), os.Symlink(path, link), os.Mkdir(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		t.Helper()
		var exposed *privatefile.ExposedError
		if !errors.As(err, &exposed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o602, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := privatefile.Read(path, 10)
		refused(mode.String(), err)
	}
	for _, other := range []string{link, folder} {
		_, err := privatefile.Read(other, 10)
		refused(other, err)
	}
	// Writing puts a file in the place of a link, and leaves what it leads to.
	if err := privatefile.Write(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "x" {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	refused("directory", privatefile.Directory(folder))
	if err := os.Symlink(folder, filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	refused("link to a directory", privatefile.Directory(filepath.Join(dir, "linked")))
}

// Many callers write, one at a time.
func TestNoWriteIsLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, lock := filepath.Join(dir, "file"), filepath.Join(dir, "lock")
	if err := privatefile.Write(path, nil); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			giveBack, err := privatefile.Take(t.Context(), lock, time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			defer giveBack()
			text, err := privatefile.Read(path, 100)
			if err := errors.Join(err, privatefile.Write(path, append(text, 'x'))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if text, err := privatefile.Read(path, 100); err != nil || string(text) != strings.Repeat("x", 30) {
		t.Errorf("%d, %v", len(text), err)
	}
}

func TestTakeWaitsForTheOther(t *testing.T) {
	t.Parallel()
	lock := filepath.Join(t.TempDir(), "lock")
	giveBack, err := privatefile.Take(t.Context(), lock, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := privatefile.Take(t.Context(), lock, 30*time.Millisecond); !errors.Is(err, privatefile.ErrBusy) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := privatefile.Take(ctx, lock, time.Minute); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	giveBack()
	giveBack, err = privatefile.Take(t.Context(), lock, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	giveBack()
	if _, err := privatefile.Take(t.Context(), filepath.Join(lock, "none"), time.Minute); err == nil || errors.Is(err, privatefile.ErrBusy) {
		t.Error(err)
	}
}

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "secret")
	if err := privatefile.Write(path, []byte("for one's own eyes")); err != nil {
		panic(err)
	}
	text, err := privatefile.Read(path, 100)
	fmt.Println(string(text), err)
	// Output: for one's own eyes <nil>
}
