package oauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"
)

// A Ledger records the flows that a code was sent for. If several processes finish the
// sign-ins of one client, they share it: "SET id 1 NX EXAT expires" of Redis is one. The
// values that it receives are not secret.
type Ledger interface {
	// Spend records id, 43 letters, digits, "-" and "_", at least until expires. It
	// reports whether id was not recorded before. Of concurrent calls with the same id,
	// exactly one returns true. An error means that the answer is unknown. The flow is
	// then not finished.
	Spend(ctx context.Context, id string, expires time.Time) (first bool, err error)
}

// mostSpent limits a memory to about twenty megabytes. To reach it, that many codes must
// be sent to the pool within the life of a flow: 290 a second for the default of a
// quarter of an hour.
const mostSpent = 1 << 18

// sweepEvery is the time between searches of a full memory for expired entries.
const sweepEvery = 10 * time.Second

var errLedgerFull = errors.New("too many sign-ins were finished in the last minutes")

// A memory is the Ledger of one process. A full memory refuses new flows and forgets
// none.
type memory struct {
	now func() time.Time

	mu    sync.Mutex         // guards what follows
	spent map[[16]byte]int64 // the beginnings of the identifiers' hashes, and until when, in seconds
	swept time.Time
}

// Spend implements Ledger.
func (m *memory) Spend(_ context.Context, id string, expires time.Time) (first bool, err error) {
	now := m.now()
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:])
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.spent[key]; known {
		return false, nil
	}
	if len(m.spent) >= mostSpent/2 && now.Sub(m.swept).Abs() >= sweepEvery {
		m.swept = now
		for key, until := range m.spent {
			if now.Unix() > until {
				delete(m.spent, key)
			}
		}
	}
	if len(m.spent) >= mostSpent {
		return false, errLedgerFull
	}
	if m.spent == nil {
		m.spent = make(map[[16]byte]int64)
	}
	m.spent[key] = expires.Unix()
	return true, nil
}
