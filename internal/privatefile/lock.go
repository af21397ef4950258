package privatefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// ErrBusy reports that another process had its turn for too long.
var ErrBusy = errors.New("another poolguard process uses the file and does not end; wait for it or end it")

const askAgain = 20 * time.Millisecond

// Take waits until no other process, and no other caller in this process, has taken
// the file. It returns a function that releases the file. It waits until ctx ends, and
// for patience at most. After that time the error is [ErrBusy].
//
// The system releases the file when a process ends, even if it is killed. The file is
// empty and is never deleted: after a deletion two processes could hold one lock each.
func Take(ctx context.Context, path string, patience time.Duration) (release func(), err error) {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lock := flock.New(path, flock.SetPermissions(0o600))
	_, err = lock.TryLockContext(within, askAgain)
	switch {
	case err == nil:
		return func() { _ = lock.Unlock() }, nil // the end of the process would, too
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%w (%s)", ErrBusy, path)
	}
	return nil, err
}
