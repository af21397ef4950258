package directory

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// expiryBucket files (end, bucket, key) of every record that ends, in the order
// of the ends, so that a sweep reads only what it deletes.
const expiryBucket store.Bucket = "expiry"

// putUntil puts a record that Sweep deletes after end. A record's end does not
// change: its entry under an earlier one would delete it.
func putUntil[V any](tx store.Tx, t table[V], key string, v V, end time.Time) error {
	entry := join(fmt.Sprintf("%020d", max(end.UnixNano(), 0)), string(t.bucket), key)
	if err := tx.Put(expiryBucket, entry, nil); err != nil {
		return err
	}
	return t.put(tx, key, v)
}

// sweepLimit is the largest number of records that one sweep deletes. A single request must
// not wait for all of them.
const sweepLimit = 64

// Sweep deletes some of the records that ended before now. Called in every
// transaction that adds one, it keeps the store as large as what is alive, without
// a goroutine that someone would have to stop.
func Sweep(tx store.Tx, now time.Time) error {
	limit := fmt.Sprintf("%020d", max(now.UnixNano(), 0))
	var ended []string
	for entry := range tx.Scan(expiryBucket, "", "") {
		if entry >= limit || len(ended) == sweepLimit {
			break
		}
		ended = append(ended, entry)
	}
	for _, entry := range ended {
		parts := strings.SplitN(entry, separator, 3)
		if len(parts) != 3 {
			return errors.New("the index of expiry times has a malformed entry")
		}
		if err := tx.Delete(store.Bucket(parts[1]), parts[2]); err != nil {
			return err
		}
		if err := tx.Delete(expiryBucket, entry); err != nil {
			return err
		}
	}
	return nil
}
