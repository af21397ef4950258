package store

import (
	"context"
	"errors"
	"iter"
)

// MaxKeySize is the most bytes that a key or the name of a bucket has.
const MaxKeySize = 32768

// Errors that [errors.Is] finds in those of this package.
var (
	// ErrNotFound says that there is no such record.
	ErrNotFound = errors.New("not found")
	// ErrClosed says that the store was closed before the call.
	ErrClosed = errors.New("the store is closed")
	// ErrReadOnly says that a View tried to change something.
	ErrReadOnly = errors.New("a View cannot change a record")
	// ErrKey says that a key, or the name of a bucket, is empty, longer than
	// [MaxKeySize] or reserved.
	ErrKey = errors.New("the key or bucket name is not valid")
	// ErrScanning says that a bucket was to be changed in the midst of a Scan of it.
	ErrScanning = errors.New("the bucket is being scanned")
	// ErrEnded says that a Tx was used after the function that it was given to returned.
	ErrEnded = errors.New("the transaction has ended")
)

// Bucket is a namespace of keys. It comes into being with its first record.
// The name "meta" is the store's own, in every store.
type Bucket string

// Store keeps records in buckets, transactionally. Its methods may be called
// from any number of goroutines, but not from within a transaction's function:
// an Update within an Update waits for itself, and one within a View may.
//
// A ctx that is done before the transaction starts is returned as its error,
// and nothing was run; once started, a transaction goes to its end. A panic of
// the function changes nothing in the store and goes on to the caller.
type Store interface {
	// View runs read on a consistent snapshot, beside other Views and an
	// Update, and returns its error. A View that stays open makes the store
	// keep, and an Open one possibly wait with, what later Updates replace:
	// collect first, talk to the network afterwards.
	View(ctx context.Context, read func(Tx) error) error
	// Update runs write; when it returns nil all of its changes are kept, in
	// one step, else none. One Update runs at a time, and those that wait give
	// up with their ctx.
	//
	// An error of write is returned as it is. Any other means that the changes
	// were not kept, save one that the disk reported in the very last step,
	// the sync of a page that was already written: only the next Open tells.
	Update(ctx context.Context, write func(Tx) error) error
	// Close lets transactions that run come to their end, and refuses those
	// that wait and those to come with [ErrClosed]. Closing again is no error.
	Close() error
}

// Tx is a transaction. It belongs to the goroutine of the function that was
// given it, and ends with that function.
type Tx interface {
	// Get returns the record, or an error that is [ErrNotFound]. The slice is
	// read-only, and valid during the transaction only: that of an Open store
	// is the mapped file itself, where writing to it ends the process. That of
	// NewMemory is the caller's own copy, so that one who writes to it harms
	// nobody.
	Get(b Bucket, key string) ([]byte, error)
	// Put keeps a copy of value. In a View it is [ErrReadOnly]. A nil value is
	// an empty one. Keys may hold any bytes, but an empty key is [ErrKey].
	Put(b Bucket, key string, value []byte) error
	// Delete removes the record, and is content if there is none. In a View it
	// is [ErrReadOnly].
	Delete(b Bucket, key string) error
	// Scan yields the keys with prefix that are after the key `after` (""
	// means from the first) and their values, in byte order. For a bucket that
	// does not exist, or cannot, it yields nothing. The values are like Get's.
	//
	// The bucket must not be changed meanwhile: Put and Delete say
	// [ErrScanning]. Another bucket may be. A Scan that is begun after the
	// transaction has ended panics.
	Scan(b Bucket, prefix, after string) iter.Seq2[string, []byte]
}
