package privatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"
)

// An ExposedError reports that other users can read, change or replace a file or a
// directory.
type ExposedError struct {
	Path   string
	Reason string // continues a sentence that begins with the path
}

// Error implements error.
func (e *ExposedError) Error() string { return e.Path + " " + e.Reason }

// modesTell reports whether the mode of a file decides who may read it.
const modesTell = runtime.GOOS != "windows"

// Read returns the content of a file of at most that many bytes. The error is an
// [*ExposedError] if other users may read or write the file, or if it is not an ordinary
// file. A symbolic link is not an ordinary file.
func Read(path string, most int64) ([]byte, error) {
	file, err := openOrdinary(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if err := check(path, info, 0o077); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, most)
	}
	return text, nil
}

// openOrdinary opens a file that is not a symbolic link. A user who can put a link there
// chooses the file that is read. No other user can replace the file between the check and
// the opening, because the directory is the owner's: see [Directory].
func openOrdinary(path string) (*os.File, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, &ExposedError{path, "is not an ordinary file; move it to another place"}
	}
	file, err := patiently(func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return nil, err
	}
	return file, nil
}

// check rejects the modes in forbidden.
func check(path string, info fs.FileInfo, forbidden fs.FileMode) error {
	if mode := info.Mode().Perm(); modesTell && mode&forbidden != 0 {
		want := mode &^ forbidden
		return &ExposedError{path, fmt.Sprintf("is open to other users (mode %04o); run chmod %o on it, and check who has read it", mode, want)}
	}
	return nil
}

// Directory creates a directory that only its owner can use, and the directories above it.
// If there is one already, it returns an [*ExposedError] if other users can use it.
func Directory(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &ExposedError{path, "is not a directory; move it to another place"}
	}
	return check(path, info, 0o077)
}

// beside is the path to which the next content of a file is written. It is fixed, so
// the next write finds and removes the file that a killed process left.
func beside(path string) string { return path + ".new" }

// Write replaces a file with content that only its owner can read. Readers see the
// whole old file or the whole new one, even after a crash. Callers that write the
// same file take turns: see [Take].
func Write(path string, content []byte) (err error) {
	next := beside(path)
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// O_EXCL: no other process put a file there.
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(next)
		}
	}()
	if _, err = file.Write(content); err != nil {
		return err
	}
	// Without this a crash of the machine could leave the new name with no content.
	err = file.Sync()
	if err != nil {
		return err
	}
	err = file.Close()
	if err != nil {
		return err
	}
	_, err = patiently(func() (struct{}, error) { return struct{}{}, os.Rename(next, path) })
	return err
}

// Remove deletes a file, and the part of the next one that a killed process left. It
// returns nil if there is no file.
func Remove(path string) error {
	var failed []error
	for _, name := range []string{path, beside(path)} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// patiently tries again for 200 ms on Windows. There a file cannot be opened while it is
// replaced, and cannot be replaced while it is read.
func patiently[T any](do func() (T, error)) (T, error) {
	for n := 0; ; n++ {
		result, err := do()
		if err == nil || modesTell || n == 20 || !errors.Is(err, fs.ErrPermission) && !isSharing(err) {
			return result, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}
