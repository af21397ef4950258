package keyset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A copyFile keeps the last good answer of an address on disk.
type copyFile struct {
	path string
	// recalled is whether the file was read already. It belongs to the flight
	// under way, of which there is one at a time.
	recalled bool
	// writing is held while the file is written: the next flight may end before.
	writing sync.Mutex
}

// recall looks at the copy, the first time that it is called, and holds its set
// where it is not stale: that is what it returns then, and whether it is fresh
// enough to do without a fetch.
func (r *Remote) recall() (set *Set, fresh bool) {
	if r.copies == nil || r.copies.recalled {
		return nil, false
	}
	r.copies.recalled = true
	log := r.log.With("file", r.copies.path)
	body, info, err := readFile(r.copies.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false // the first start
	}
	if err == nil {
		set, err = Parse(body)
	}
	if err != nil {
		log.Warn("the copy of the key set is not used", "error", reason(err))
		return nil, false
	}
	now := wallTime(r.clock)
	written := info.ModTime()
	if written.After(now) {
		// A clock was wrong, then or now. Fresh would be fresh at each start until that
		// time has come.
		written = now.Add(-r.policy.MaxAge)
	}
	age := now.Sub(written)
	if age >= r.policy.Stale {
		log.Info("the copy of the key set is too old to be used", "age", age)
		return nil, false
	}
	logSkipped(log, set)
	jitter := r.spread()
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	if s := &r.state; s.seeded {
		s.spare = spare{set: s.held, from: s.fetchedAt, until: s.staleAt}
	}
	r.hold(set, written, r.policy.MaxAge, jitter)
	r.publish()
	//mutate:ignore boundary: the caller compares the age again
	return set, age < r.policy.MaxAge
}

// keepCopy writes the text of the set that was fetched at the given time, unless there is
// none or a newer set is held by now. A failure is logged: it costs the next start a fetch.
func (r *Remote) keepCopy(got *fetched, fetchedAt time.Time) {
	if r.copies == nil || got.set == nil {
		return
	}
	r.copies.writing.Lock()
	defer r.copies.writing.Unlock()
	r.state.mu.Lock()
	newest := r.state.held == got.set
	r.state.mu.Unlock()
	if !newest {
		return
	}
	if err := writeFile(r.copies.path, got.body, fetchedAt); err != nil {
		r.log.Warn("the copy of the key set could not be written", "file", r.copies.path, "error", err.Error())
	}
	sweep(r.copies.path, fetchedAt.Add(-time.Hour))
}

// sweep removes what processes left behind that were killed while they wrote the copy
// at path, before that time. What cannot be removed stays: it harms nobody.
func sweep(path string, before time.Time) {
	entries, err := os.ReadDir(filepath.Dir(path))
	//mutate:ignore without the list of files nothing is removed
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), tempPrefix(path)) || !strings.HasSuffix(entry.Name(), ".tmp") {
			continue
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(filepath.Dir(path), entry.Name()))
		}
	}
}

// tempPrefix starts the names of files that are to become the copy at path.
func tempPrefix(path string) string { return "." + filepath.Base(path) + "." }

// writeFile replaces the file at path as a whole or not at all, whenever the
// program or the machine stops.
//
//mutate:ignore never: a test cannot make the file system fail in the middle
func writeFile(path string, body []byte, modified time.Time) (err error) {
	// In the same directory, because renaming is atomic within a file system only.
	temp, err := os.CreateTemp(filepath.Dir(path), tempPrefix(path)+"*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = temp.Close()           // it may be closed already
			_ = os.Remove(temp.Name()) // err says what matters
		}
	}()
	if _, err := temp.Write(body); err != nil {
		return err
	}
	// Public keys are no secret, and other programs may want them; that nobody
	// else writes them is what matters.
	if err := temp.Chmod(0o644); err != nil {
		return err
	}
	// Without this, a power cut can leave the new name with no content.
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	// The clock that will judge the file's age may not be the file system's.
	if err := os.Chtimes(temp.Name(), modified, modified); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// readFile reads a regular file, or one byte more of it than [Parse] accepts.
func readFile(path string) ([]byte, fs.FileInfo, error) {
	// Asked before opening: to open a named pipe would wait for its writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	//mutate:ignore never: a test cannot make the file system fail here
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	//mutate:ignore never: a test cannot make the file system fail here
	if info, err = file.Stat(); err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	return body, info, err
}
