package signin

import (
	"context"
	"encoding/hex"
	"errors"
	"time"
)

// Errors of a [Store] that say something about a session. Every other error means that the
// answer is unknown: the session is neither ended nor used.
var (
	// ErrNotFound: the store has no such session. It never had one, or the session was
	// deleted, or its ExpiresAt has passed.
	ErrNotFound = errors.New("signin: the store has no such session")
	// ErrExists: Create found a session with the same key.
	ErrExists = errors.New("signin: the store has a session with this key")
	// ErrConflict: the version in the store is another one.
	ErrConflict = errors.New("signin: the session has changed in the store")
)

// A Key names a session in a store: SHA-256 of the ID in the cookie. It opens nothing, so
// it may be shown to operators and written to logs.
type Key [32]byte

// String returns the key as 64 lower-case hexadecimal digits.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// ParseKey reads the text of a key.
func ParseKey(text string) (Key, bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(Key{}) || Key(b).String() != text {
		return Key{}, false
	}
	return Key(b), true
}

// A Person stands for a user of a user pool: an HMAC of pool and subject. A store can find
// the sessions of a user by it, and cannot learn the subject.
type Person [32]byte

// A Record is one session in a store. All fields except Version, Sealed and LastSeen stay
// the same for the life of a session. Times have whole milliseconds, in UTC.
type Record struct {
	Key      Key
	UserPool string // the ID of the user pool, at most 64 bytes
	Person   Person
	Host     string // that the session is for, at most 259 bytes

	CreatedAt time.Time
	// ExpiresAt is the absolute end. A store does not return the record from then on, and
	// removes it later by itself.
	ExpiresAt time.Time

	// Version is 1 at first and grows by 1 with each change of Sealed.
	Version uint64

	// Sealed is the encrypted content, up to 64 KiB. It is different at each write.
	Sealed []byte

	// LastSeen is the time of the last request, exact to a minute. It is CreatedAt until the
	// first [Store.Touch].
	LastSeen time.Time
}

// A Query selects sessions.
type Query struct {
	UserPool string // the ID of the user pool, never ""
	Person   Person // the zero Person selects the sessions of every user of the pool
	Limit    int    // of records on one page, from 1 to 1000
	Cursor   string // of the page before, "" for the first one
}

// A Page is a part of the sessions that a [Query] selects. A page may be empty although
// others follow. Sealed of its records may be nil.
type Page struct {
	Records []Record
	Cursor  string // for the next page, "" at the end
}

// A Store keeps sessions. Package storetest has the tests that every store must pass.
//
// All methods are safe for concurrent use, also by several processes that share a store.
// They return before long when ctx ends. A store copies what it keeps and what it returns.
// A write that returned nil is visible to every later call, of every process. After a
// write with an error, the store has the old or the new content, not a part of it.
type Store interface {
	// Create adds a session with version 1. The error is [ErrExists] if the key is in use.
	Create(ctx context.Context, record Record) error

	// Load returns a session. The error is [ErrNotFound] if there is none.
	Load(ctx context.Context, key Key) (Record, error)

	// CompareAndSwap replaces Sealed and increases Version by 1, if Version in the store is
	// version. Of concurrent calls with the same version, exactly one succeeds. The error is
	// [ErrConflict] for another version and [ErrNotFound] without a session: it never creates
	// one.
	CompareAndSwap(ctx context.Context, key Key, version uint64, sealed []byte) error

	// Touch sets LastSeen, if at is later. It changes nothing else, so it never conflicts
	// with CompareAndSwap. Writes may be collected for up to a minute. The error is
	// [ErrNotFound] without a session, if the store knows that at once.
	Touch(ctx context.Context, key Key, at time.Time) error

	// Delete removes a session, with its LastSeen and its lock. Without a session it does
	// nothing.
	Delete(ctx context.Context, key Key) error

	// List returns sessions in any order. The pages together have each session that exists
	// all the time at least once, and none that was deleted before the first call.
	List(ctx context.Context, query Query) (Page, error)

	// Spend records id, up to 64 letters, digits, "-" and "_", at least until expires. It
	// reports whether id was not recorded before. Of concurrent calls with one id, exactly
	// one returns true. It makes a store an oauth.Ledger.
	Spend(ctx context.Context, id string, expires time.Time) (first bool, err error)

	// Lock takes the lock of a session for holder until ttl has passed, and reports whether
	// holder has it now. The holder prolongs it by calling Lock again. A session need not
	// exist.
	Lock(ctx context.Context, key Key, holder string, ttl time.Duration) (taken bool, err error)

	// Unlock releases the lock if holder has it.
	Unlock(ctx context.Context, key Key, holder string) error
}
