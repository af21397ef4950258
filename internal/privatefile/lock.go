package privatefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// ErrBusy says that another process had its turn for too long.
var ErrBusy = errors.New("another poolguard is at it and does not end")

const askAgain = 20 * time.Millisecond

// Take waits until no other process, and nobody else in this one, has taken the file,
// and returns what gives it back. It waits until ctx ends, and for patience at most,
// after which the error is [ErrBusy].
//
// The system gives the file back when a process ends, however it does. The file is
// empty and stays: whoever deleted it would let two others have one lock each.
func Take(ctx context.Context, path string, patience time.Duration) (giveBack func(), err error) {
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
