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

// Bucket is a namespace of keys. The first record of a bucket creates it. The name "meta" is
// reserved in every store.
type Bucket string

// Store keeps records in buckets and changes them in transactions. Its methods are safe for
// concurrent use. The function of a transaction must not call them: an Update inside an
// Update waits for itself for ever, and an Update inside a View may.
//
// If ctx ends before a transaction starts, the function does not run and the error is that
// of ctx. A transaction that has started runs to its end. If the function panics, the store
// does not change and the panic continues in the caller.
type Store interface {
	// View runs read on a consistent snapshot and returns its error. Other Views and an
	// Update can run at the same time. While a View runs, the store keeps the records that
	// later Updates replace, and an Update of a store of Open may have to wait: collect the
	// records first and use the network after the View.
	View(ctx context.Context, read func(Tx) error) error
	// Update runs write. If write returns nil, all its changes are stored in one step,
	// otherwise none is. One Update runs at a time. An Update that waits returns when its
	// ctx ends.
	//
	// Update returns an error of write unchanged. Any other error means that the changes are
	// not stored, with one exception: the disk failed in the last step, the sync of a page
	// that was already written. Then only the next Open shows whether they are stored.
	Update(ctx context.Context, write func(Tx) error) error
	// Close waits for transactions that run. Those that wait, and later ones, return
	// [ErrClosed]. A second Close returns nil.
	Close() error
}

// Tx is a transaction. Only the goroutine of its function may use it. It ends with that
// function.
type Tx interface {
	// Get returns the record, or an error that is [ErrNotFound]. The slice is read-only and
	// valid only during the transaction. In a store of Open it is part of the mapped file:
	// a write to it ends the process. In a store of NewMemory it is a copy for the caller.
	Get(b Bucket, key string) ([]byte, error)
	// Put keeps a copy of value. In a View it is [ErrReadOnly]. A nil value is
	// an empty one. Keys may hold any bytes, but an empty key is [ErrKey].
	Put(b Bucket, key string, value []byte) error
	// Delete removes the record. It returns nil if there is none. In a View it
	// is [ErrReadOnly].
	Delete(b Bucket, key string) error
	// Scan yields the keys with prefix that are after the key `after` (""
	// means from the first) and their values, in byte order. For a bucket that
	// does not exist, or cannot, it yields nothing. The values are like Get's.
	//
	// During a Scan, Put and Delete return [ErrScanning] for its bucket. Other buckets may
	// change. A Scan that starts after the end of the transaction panics.
	Scan(b Bucket, prefix, after string) iter.Seq2[string, []byte]
}
