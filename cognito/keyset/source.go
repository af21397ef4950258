package keyset

import (
	"context"
	"errors"
	"time"
)

// A Source answers for the public keys of one issuer. Its methods are safe for
// concurrent use. Every error is [ErrKeyNotFound] or an [*UnavailableError]: "there
// is none" and "could not find out" are never confused.
//
// [Static], [File] and [Remote] implement it.
type Source interface {
	// Key returns the key of that name. For a name in a set that is fresh
	// enough, it takes no lock, does not allocate and never waits. An unknown
	// name makes the source look again, at most once per cool-down; the error is
	// ErrKeyNotFound where the set, as fresh as it can be had now, has no usable
	// key of that name. No set is ever asked for the empty name.
	Key(ctx context.Context, id string) (*Key, error)

	// Replacement is asked after a signature under old did not hold: the issuer
	// may have put another key under the same name. It makes the source look
	// again, at most once per cool-down shared with unknown names, and returns
	// the key that is now under old's name where that is another one, else nil
	// and no error. A refresh that failed is no error while a usable set is held:
	// the signature was checked with a key that still stands.
	Replacement(ctx context.Context, old *Key) (*Key, error)

	// Holds reports whether Key would answer with this very key at the time now, a
	// reading of the source's clock, at once and with nothing else to do. Where it
	// would not, or that cannot be told at once, ask Key. It takes no lock, does not
	// allocate and never waits: it is what a cache of verified tokens asks each time,
	// where it knows the source's clock.
	Holds(key *Key, now time.Time) bool

	// Load sees to it that a set is held, for a warm-up before the first token.
	Load(ctx context.Context) error
}

// ErrKeyNotFound says that the issuer's key set, as fresh as it can be had now,
// has no usable key of the name asked for.
var ErrKeyNotFound = errors.New("keyset: no usable key of that name")

// An UnavailableError says that it could not be found out whether the issuer has a
// key: the fault is not the asker's. It is immutable.
type UnavailableError struct {
	message    string
	cause      error
	retryAfter time.Duration
	absent     bool
}

// Error implements error. It names the address or file and the cause.
func (e *UnavailableError) Error() string { return "keyset: " + e.message }

// Unwrap returns the cause. It wraps the context's error if, and only if, the
// caller gave up waiting: time-outs of a fetch itself match neither
// [context.Canceled] nor [context.DeadlineExceeded].
func (e *UnavailableError) Unwrap() error { return e.cause }

// RetryAfter returns in how long it is worth asking again: when the source will
// look again at the earliest. It is greater than zero.
func (e *UnavailableError) RetryAfter() time.Duration { return e.retryAfter }

// Absent reports whether the address answered 403 or 404 at the last attempt, and
// no set has ever been had from it, nor from its copy. Amazon Cognito answers so at
// the updated issuer of a user pool that was not switched to it.
func (e *UnavailableError) Absent() bool { return e.absent }

// soonest is what RetryAfter says when the time of the next attempt is not known
// or has come.
const soonest = time.Second
