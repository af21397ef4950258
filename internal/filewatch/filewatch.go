package filewatch

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long no event must come before files are read: a writer may be between
// two of its steps.
const settle = 100 * time.Millisecond

// latest bounds the wait for a pause, for folders in which other files change all the
// time.
const latest = 2 * time.Second

// A Watcher watches a set of files. It is not safe for concurrent use; [Watcher.Run] is
// the only user of the set while it runs.
type Watcher struct {
	events  *fsnotify.Watcher
	files   []string
	folders map[string]bool
	content map[string][sha256.Size]byte
}

// New watches files. A file that does not exist is watched too, in a folder that exists.
// The caller runs the watcher, or closes it.
func New(files []string) (*Watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("files cannot be watched: %w", err)
	}
	w := &Watcher{events: events, folders: map[string]bool{}}
	w.set(files)
	w.content = w.read()
	return w, nil
}

// Watch replaces the set of files, before [Watcher.Run]. A change of a file that was in the set
// is still reported.
func (w *Watcher) Watch(files []string) {
	w.set(files)
	w.learn(files)
}

// Close stops watching.
func (w *Watcher) Close() error { return w.events.Close() }

// Run calls changed after the content of a file changed, until ctx ends. changed returns
// the files to watch from then on; nil are the same. Run closes the watcher.
func (w *Watcher) Run(ctx context.Context, changed func() (files []string)) {
	defer w.Close()
	quiet := time.NewTimer(settle) // the files may have changed between New and here
	var first time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-w.events.Events:
			if !open {
				return
			}
			if first.IsZero() {
				first = time.Now()
			}
			quiet.Reset(min(settle, max(0, latest-time.Since(first))))
		case _, open := <-w.events.Errors:
			if !open {
				return
			}
			quiet.Reset(settle) // events may be lost: the content shows what happened
		case <-quiet.C:
			first = time.Time{}
			w.compare(changed)
		}
	}
}

// compare calls changed where the content of the files is another one.
func (w *Watcher) compare(changed func() []string) {
	w.set(w.files) // a swapped link leads to another folder
	content := w.read()
	if sameContent(content, w.content) {
		return
	}
	w.content = content
	if files := changed(); files != nil {
		w.set(files)
		w.learn(files)
	}
}

// learn reads the files whose content is not known.
func (w *Watcher) learn(files []string) {
	for _, f := range files {
		if _, known := w.content[f]; !known {
			w.content[f] = sum(f)
		}
	}
}

// set watches the folders of files, those that symbolic links lead to included.
func (w *Watcher) set(files []string) {
	folders := map[string]bool{}
	for _, f := range files {
		folders[filepath.Dir(f)] = true
		if target, err := filepath.EvalSymlinks(f); err == nil {
			folders[filepath.Dir(target)] = true
		}
	}
	for f := range w.folders {
		if !folders[f] {
			_ = w.events.Remove(f) // it may not exist any more
		}
	}
	for f := range folders {
		// A folder that was removed and made again needs a new watch, so each is added
		// each time. A folder that does not exist has nothing to watch.
		_ = w.events.Add(f)
	}
	w.files, w.folders = files, folders
}

func (w *Watcher) read() map[string][sha256.Size]byte {
	content := map[string][sha256.Size]byte{}
	for _, f := range w.files {
		content[f] = sum(f)
	}
	return content
}

func sameContent(a, b map[string][sha256.Size]byte) bool {
	for f, s := range a {
		if before, known := b[f]; known && before != s {
			return false
		}
	}
	return true
}

// largest is how much of a file is compared.
const largest = 4 << 20

// sum is that of the content of a file. A file that cannot be read has the zero value.
func sum(file string) (s [sha256.Size]byte) {
	f, err := os.Open(file)
	if err != nil {
		return s
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, largest)); err != nil {
		return s
	}
	h.Sum(s[:0])
	return s
}
