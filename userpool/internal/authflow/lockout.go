package authflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// After freeFailures wrong passwords in a row each further one costs a wait, which
// doubles from a second to maxLock, as Cognito's does.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html
const (
	freeFailures = 5
	maxLock      = 15 * time.Minute
)

// recordAttempt puts the result of a password check into effect. It counts a wrong
// password of a user. A right one clears the count. It returns ErrLocked if the user must
// wait, and the result then has no effect, so the caller must not show it.
//
// The check takes milliseconds and runs outside of a transaction. Many checks can run at
// once, for example those of an attacker who sends many passwords in parallel. The wait is
// therefore read here again, in the transaction that counts. The results of parallel checks
// take effect one after the other, as those of sequential checks do: no more than the free
// failures are shown. Counting before the check would not do: parallel sign-ins with the
// right password would lock the user.
func (s *Service) recordAttempt(ctx context.Context, pool directory.Pool, seen directory.User, right bool) error {
	if right {
		if clean, err := s.hasNoFailures(ctx, pool, seen); clean || err != nil {
			return err
		}
	}
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		u, err := directory.GetUser(tx, pool, seen.Username)
		if err != nil || u.Sub != seen.Sub {
			return err
		}
		if s.isLocked(u.LockedUntil) {
			return ErrLocked
		}
		if right {
			u.Failures, u.LockedUntil = 0, time.Time{}
			return directory.PutUser(tx, pool, u)
		}
		u.Failures++
		u.LockedUntil = s.lockAfter(u.Failures)
		return directory.PutUser(tx, pool, u)
	})
	return countingError(err)
}

// hasNoFailures reports whether there is nothing to clear. This spares most sign-ins a
// write.
func (s *Service) hasNoFailures(ctx context.Context, pool directory.Pool, seen directory.User) (clean bool, err error) {
	err = s.Store.View(ctx, func(tx store.Tx) error {
		u, err := directory.GetUser(tx, pool, seen.Username)
		clean = u.Failures == 0 || u.Sub != seen.Sub
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return clean, countingError(err)
}

// countingError returns an error of counting. A user who was deleted meanwhile has no count.
func countingError(err error) error {
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if errors.Is(err, ErrLocked) {
		return err
	}
	return fmt.Errorf("counting wrong passwords: %w", err)
}

// isLocked reports whether a wait that ends at until still lasts. A wait that is longer than
// maxLock began while the clock was ahead, and does not count.
func (s *Service) isLocked(until time.Time) bool {
	left := until.Sub(s.Now())
	return left > 0 && left <= maxLock
}

// lockAfter returns the end of the wait after so many failures in a row, or the zero time.
func (s *Service) lockAfter(failures int) time.Time {
	over := failures - freeFailures
	if over < 0 {
		return time.Time{}
	}
	return s.Now().Add(min(time.Second<<min(over, 20), maxLock))
}

// unknownLocked reports whether attempts under the name of no user must wait. They wait as
// long as attempts under the name of a user.
func (s *Service) unknownLocked(ctx context.Context, pool directory.Pool, name string) (locked bool, err error) {
	err = s.Store.View(ctx, func(tx store.Tx) error {
		f, err := directory.GetFailures(tx, pool, name)
		locked = s.isLocked(f.LockedUntil)
		return err
	})
	return locked, err
}

// recordUnknownAttempt counts a wrong password under the name of no user. Neither the wait
// that follows nor the time that counting takes may show which users exist. It returns
// ErrLocked as recordAttempt does.
func (s *Service) recordUnknownAttempt(ctx context.Context, pool directory.Pool, name string) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		now := s.Now()
		if err := directory.Sweep(tx, now); err != nil {
			return err
		}
		f, err := directory.GetFailures(tx, pool, name)
		if err != nil {
			return err
		}
		if s.isLocked(f.LockedUntil) {
			return ErrLocked
		}
		if f.Count == 0 {
			f.ExpiresAt = now.Add(4 * maxLock)
		}
		f.Count++
		f.LockedUntil = s.lockAfter(f.Count)
		return directory.PutFailures(tx, pool, name, f)
	})
}
