package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// ListenUnix opens a Unix socket with a mode such as 0o660. Callers of a Unix socket
// are often trusted, so the socket has the mode from its first moment: it is made in a
// folder that only the owner can enter, and moved to its path.
//
// A socket that a killed process left is replaced. A socket that a process listens on is
// [ErrAddressInUse], and another kind of file is an error. Closing the listener removes
// the socket.
func ListenUnix(ctx context.Context, path string, mode fs.FileMode) (net.Listener, error) {
	if path == "" {
		return nil, ErrAddressInvalid
	}
	if err := checkFree(ctx, path); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".s") // short: the system bounds the path of a socket
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // it is empty then
	private := filepath.Join(folder, "s")
	l, err := listen(ctx, "unix", private)
	if err != nil {
		return nil, err
	}
	if socket, ok := l.(*net.UnixListener); ok {
		socket.SetUnlinkOnClose(false) // it would remove the private path
	}
	if err := errors.Join(os.Chmod(private, mode), os.Rename(private, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &unixListener{Listener: l, path: path}, nil
}

// checkFree returns nil where nothing is at path, or a socket that no process listens on.
func checkFree(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s is not a socket: move it to another place", path)
	}
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil //nolint:nilerr // nothing listens: the socket is left over
	}
	_ = connection.Close() // it only had to open
	return fmt.Errorf("%s: %w", path, ErrAddressInUse)
}

// A unixListener knows the path that its socket was moved to.
type unixListener struct {
	net.Listener
	path string
	once sync.Once
}

// Addr returns the path of the socket.
func (l *unixListener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }

// Close stops listening and removes the socket.
func (l *unixListener) Close() error {
	err := l.Listener.Close()
	l.once.Do(func() {
		if e := os.Remove(l.path); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	})
	return err
}
