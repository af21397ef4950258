package store

import "fmt"

// reserved is the bucket in which a store keeps what it knows of itself.
const reserved Bucket = "meta"

// txRules is the part of a transaction that is alike in every store: what may
// be asked of it, and when.
type txRules struct {
	writable bool
	ended    bool
	scanning map[Bucket]int // how many Scans of the bucket have begun and not ended
}

func (r *txRules) end() { r.ended = true }

func checkBucket(b Bucket) error {
	switch {
	case b == "":
		return fmt.Errorf("%w: the name of the bucket is empty", ErrKey)
	case len(b) > MaxKeySize:
		return fmt.Errorf("%w: the name of the bucket has %d bytes, more than %d", ErrKey, len(b), MaxKeySize)
	case b == reserved:
		return fmt.Errorf("%w: the bucket %q is the store's own", ErrKey, b)
	default:
		return nil
	}
}

func (r *txRules) read(b Bucket, key string) error {
	if r.ended {
		return ErrEnded
	}
	if err := checkBucket(b); err != nil {
		return err
	}
	switch {
	case key == "":
		return fmt.Errorf("%w: the key in bucket %q is empty", ErrKey, b)
	case len(key) > MaxKeySize:
		return fmt.Errorf("%w: the key in bucket %q has %d bytes, more than %d", ErrKey, b, len(key), MaxKeySize)
	default:
		return nil
	}
}

func (r *txRules) write(b Bucket, key string) error {
	if err := r.read(b, key); err != nil {
		return err
	}
	switch {
	case !r.writable:
		return ErrReadOnly
	case r.scanning[b] > 0:
		return fmt.Errorf("%w: %q; change it after the loop", ErrScanning, b)
	default:
		return nil
	}
}

// scan begins a Scan; the caller calls the result when that has ended.
func (r *txRules) scan(b Bucket) (done func()) {
	if r.ended {
		// There is no other way to tell, and to yield nothing would be a lie.
		panic(fmt.Errorf("store: Scan of %q: %w", b, ErrEnded))
	}
	if r.scanning == nil {
		r.scanning = make(map[Bucket]int)
	}
	r.scanning[b]++
	return func() { r.scanning[b]-- }
}

// notFound does not name the key: keys may be codes and tokens, and errors are logged.
func notFound(b Bucket) error {
	return fmt.Errorf("%w in bucket %q", ErrNotFound, b)
}

// clone copies value; other than bytes.Clone it never returns nil.
func clone(value []byte) []byte {
	return append(make([]byte, 0, len(value)), value...)
}
