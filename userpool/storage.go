package userpool

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Storage keeps a server's pools, users, sign-ins and signing keys in a directory. They
// survive the end of the process, also when it is killed. A reader of the directory can
// sign tokens as the pool.
type Storage struct{ store store.Store }

// OpenStorage opens a directory. If the directory does not exist, OpenStorage creates it,
// private to the user. One process at a time can open it. Another process waits a few
// seconds, or until ctx ends, and gets an error. Close the storage after the [Server] has
// answered its last request.
func OpenStorage(ctx context.Context, dir string) (*Storage, error) {
	opened, err := store.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	return &Storage{store: opened}, nil
}

// Close waits until all writes are done.
func (s *Storage) Close() error { return s.store.Close() }
