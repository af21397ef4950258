package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// makeDir makes dir, and what is missing above it, so that a loss of power does
// not take it away again.
func makeDir(dir string) error {
	dir = filepath.Clean(dir)
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is a file; name a directory for the data", at)
		}
		// A file further up is found further up.
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			if err != nil {
				return fmt.Errorf("%w; name a data directory that this user can read", err)
			}
			break
		}
		missing = append(missing, at)
		if at == filepath.Dir(at) {
			break
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("%w; create the data directory, or name one that this user can create", err)
	}
	for _, made := range missing {
		// The name of a directory is in the one above it.
		if err := syncDir(filepath.Dir(made)); err != nil {
			return err
		}
	}
	return nil
}

// syncDir makes the names in dir last. Systems without such a call keep them by
// other means.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("%w; this user must be able to read the data directory", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// ownerOnly takes a file from others, should it have been copied or made as theirs to
// read: it holds signing keys.
func ownerOnly(path string) error {
	if runtime.GOOS == "windows" {
		return nil // it has other permissions, by the directory
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	if err := os.Chmod(path, info.Mode().Perm()&0o700); err != nil {
		return fmt.Errorf("%w; other users can read the file, and this user cannot change its permissions: name another data directory", err)
	}
	return nil
}
