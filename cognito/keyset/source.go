package keyset

import (
	"context"
	"errors"
	"time"
)

// A Source provides the public keys of one issuer. [Static], [File] and [Remote]
// implement it. Other implementations return keys of a [Set] that [Parse] made, and
// follow these rules:
//
//   - The methods are safe for concurrent use.
//   - "There is no such key" is [ErrKeyNotFound], and only that: a token that names the
//     key is refused. Return it only if the key set is known.
//   - "This could not be found out" is an error made by [Unavailable]. Every other error
//     means the same, with a wait of one second: the token is neither accepted nor
//     refused, and the sender may try again.
//   - With an error, the key is ignored. No key and no error, or a key with another name
//     than the one asked for, counts as "could not be found out".
//   - The same key is the same pointer for as long as it does not change, since a cache
//     of verified tokens compares pointers.
//   - A method that waits stops when its context is done, and returns an error then.
type Source interface {
	// Key returns the key with that name. For a name in a set that is fresh enough, the
	// sources of this package take no lock, do not allocate and never wait. An unknown
	// name makes the source look again, at most once per cool-down. The error is
	// ErrKeyNotFound if the newest available set has no usable key with that name. The
	// name is never empty.
	Key(ctx context.Context, id string) (*Key, error)

	// Replacement is called after a signature was invalid under old: the issuer may have
	// published another key with the same name. It makes the source look again, at most
	// once per cool-down, which it shares with unknown names. It returns the key that has
	// old's name now, if that is another one, else nil and no error. A failed refresh is
	// no error while a usable set is held: old is then still the right key.
	Replacement(ctx context.Context, old *Key) (*Key, error)

	// Holds reports whether Key would return exactly this key at the time now, without
	// waiting or fetching. now is read from the source's clock. If Holds returns false,
	// the caller calls Key. Holds takes no lock, does not allocate and never waits: a
	// cache of verified tokens calls it for each hit, if it knows the source's clock.
	// An implementation may always return false.
	Holds(key *Key, now time.Time) bool

	// Load makes sure that a set is held, as a warm-up before the first token.
	Load(ctx context.Context) error
}

// ErrKeyNotFound means that the newest available key set of the issuer has no usable
// key with that name.
var ErrKeyNotFound = errors.New("keyset: no usable key of that name")

// errNotMade is the error of the zero value of a source, and of nil.
var errNotMade = Unavailable(errors.New("the source was not made by its constructor"), 0)

// Unavailable returns an [*UnavailableError] for sources outside of this package: the
// key set is not available because of cause, and it is worth asking again after
// retryAfter, which is one second if it is not positive. The text of cause appears in
// logs. If the caller gave up waiting, cause wraps the error of its context; otherwise
// it wraps neither [context.Canceled] nor [context.DeadlineExceeded].
func Unavailable(cause error, retryAfter time.Duration) error {
	message := "the key set is not available"
	if cause != nil {
		message += ": " + cause.Error()
	}
	return &UnavailableError{message: message, cause: cause, retryAfter: retryAfter}
}

// An UnavailableError means that the source could not find out whether the issuer has a
// key. The token is not at fault. Sources outside of this package make one with
// [Unavailable]. It is immutable.
type UnavailableError struct {
	message    string
	cause      error
	retryAfter time.Duration
	absent     bool
	held       bool
}

// Error implements error. It names the address or file and the cause.
func (e *UnavailableError) Error() string {
	if e == nil || e.message == "" {
		return "keyset: the key set is not available"
	}
	return "keyset: " + e.message
}

// Unwrap returns the cause. It wraps the context's error if, and only if, the
// caller gave up waiting: time-outs of a fetch itself match neither
// [context.Canceled] nor [context.DeadlineExceeded].
func (e *UnavailableError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// RetryAfter returns how long to wait before asking again: until the source looks
// again at the earliest. It is greater than zero.
func (e *UnavailableError) RetryAfter() time.Duration {
	if e == nil || e.retryAfter <= 0 {
		return soonest
	}
	return e.retryAfter
}

// Absent reports whether the address answered 403 or 404 at the last attempt, and
// neither the address nor its copy has ever provided a set. Amazon Cognito answers so
// at the updated issuer of a user pool that was not switched to it.
func (e *UnavailableError) Absent() bool { return e != nil && e.absent }

// Held reports whether a usable set is held. It does not have what was asked for, and it
// could not be found out whether a newer set has that.
func (e *UnavailableError) Held() bool { return e != nil && e.held }

// soonest is the value of RetryAfter if the time of the next attempt is not known or
// has come.
const soonest = time.Second
