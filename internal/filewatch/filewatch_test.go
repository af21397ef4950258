package filewatch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/filewatch"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// watch starts a watcher; each report sends on the channel.
func watch(t *testing.T, next []string, files ...string) <-chan struct{} {
	t.Helper()
	w, err := filewatch.New(files)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	reports, ended := make(chan struct{}, 100), make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func() []string { reports <- struct{}{}; return next })
	}()
	t.Cleanup(func() { stop(); <-ended })
	return reports
}

func wait(t *testing.T, reports <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-reports:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s is not reported", what)
	}
}

func TestChangedReplacedAndNewFilesAreReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, later := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "later.pem")
	write(t, file, "1")
	reports := watch(t, nil, file, later)
	write(t, file, "2")
	wait(t, reports, "a write")
	write(t, filepath.Join(dir, "a.new"), "3")
	if err := os.Rename(filepath.Join(dir, "a.new"), file); err != nil {
		t.Fatal(err)
	}
	wait(t, reports, "a replaced file")
	write(t, later, "1")
	wait(t, reports, "a new file")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	wait(t, reports, "a removed file")
}

func TestSameContentAndOtherFilesAreNotReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	write(t, file, "1")
	reports := watch(t, nil, file)
	write(t, filepath.Join(dir, "other"), "1")
	write(t, file, "1")
	write(t, file, "2") // the first change that counts
	wait(t, reports, "a write")
	time.Sleep(300 * time.Millisecond) // a wrong report would come
	if len(reports) > 0 {
		t.Error("one change is reported twice")
	}
}

// Kubernetes mounts a ConfigMap as links into a folder behind a link, which it swaps.
func TestSwappedLinkOfAConfigMapIsReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	swap := func(folder, text string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, folder, "a.yaml"), text)
		link(folder, "..data_tmp")
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	swap("..1", "1")
	link(filepath.Join("..data", "a.yaml"), "a.yaml")
	reports := watch(t, nil, filepath.Join(dir, "a.yaml"))
	for n, folder := range []string{"..2", "..3"} {
		swap(folder, folder)
		wait(t, reports, "a swapped link")
		if err := os.RemoveAll(filepath.Join(dir, "..."[:2]+string(rune('1'+n)))); err != nil {
			t.Fatal(err)
		}
	}
}

// A new configuration can name other files, in other folders.
func TestFilesThatAReportNamesAreWatched(t *testing.T) {
	t.Parallel()
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	write(t, first, "1")
	write(t, second, "1")
	reports := watch(t, []string{first, second}, first)
	write(t, first, "2")
	wait(t, reports, "a change")
	time.Sleep(100 * time.Millisecond) // the watcher takes the new files after the report
	write(t, second, "2")
	wait(t, reports, "a change of the new file")
}

// A link can be moved to a file in another folder, which then changes in its place.
func TestFolderOfANewLinkTargetIsWatched(t *testing.T) {
	t.Parallel()
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "a")
	write(t, first, "1")
	write(t, second, "2")
	link := filepath.Join(t.TempDir(), "link")
	point := func(target string) {
		t.Helper()
		if err := errors.Join(os.Symlink(target, link+".new"), os.Rename(link+".new", link)); err != nil {
			t.Fatal(err)
		}
	}
	point(first)
	reports := watch(t, nil, link)
	point(second)
	wait(t, reports, "a moved link")
	time.Sleep(100 * time.Millisecond) // the watcher takes the new folder with the report
	write(t, second, "3")
	wait(t, reports, "a change behind the moved link")
}
