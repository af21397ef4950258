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

// recordAttempt counts a wrong password of a user. A right one clears the count.
func (s *Service) recordAttempt(ctx context.Context, pool directory.Pool, seen directory.User, right bool) error {
	if right && seen.Failures == 0 {
		return nil
	}
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		u, err := directory.GetUser(tx, pool, seen.Username)
		if err != nil || u.Sub != seen.Sub {
			return err
		}
		if right {
			u.Failures, u.LockedUntil = 0, time.Time{}
			return directory.PutUser(tx, pool, u)
		}
		u.Failures++
		u.LockedUntil = s.lockAfter(u.Failures)
		return directory.PutUser(tx, pool, u)
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("counting wrong passwords: %w", err)
	}
	return nil
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
// that follows nor the time that counting takes may show which users exist.
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
		if f.Count == 0 {
			f.ExpiresAt = now.Add(4 * maxLock)
		}
		f.Count++
		f.LockedUntil = s.lockAfter(f.Count)
		return directory.PutFailures(tx, pool, name, f)
	})
}
