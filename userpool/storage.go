package userpool

import (
	"context"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Storage keeps a server's pools, users, sign-ins and signing keys in a directory,
// so that all of it survives the process, killed or not. Whoever reads the
// directory can sign tokens as the pool.
type Storage struct{ store store.Store }

// OpenStorage opens a directory and makes it, private to the user, where there is
// none. One process at a time can have it open; another gets an error while ctx
// lasts or after a few seconds. Close it after the [Server] has answered its last
// request.
func OpenStorage(ctx context.Context, dir string) (*Storage, error) {
	opened, err := store.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	return &Storage{store: opened}, nil
}

// Close waits for what is being written.
func (s *Storage) Close() error { return s.store.Close() }
