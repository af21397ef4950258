package oauth

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A Ledger remembers which flows were finished. Where several processes finish the
// sign-ins of one client, it is shared by them: "SET id 1 NX EXAT expires" of Redis is
// one. What it is told is no secret.
type Ledger interface {
	// Spend notes id, 43 letters, digits, "-" and "_", until expires at least, and
	// reports whether it was not noted before. Of concurrent calls with one id exactly
	// one reports true. An error means that it could not be found out: the flow is
	// then not finished.
	Spend(ctx context.Context, id string, expires time.Time) (first bool, err error)
}

// mostSpent bounds a memory: to some ten megabytes. It takes that many callbacks with
// good flows within the life of one to get there.
const mostSpent = 1 << 16

// sweepEvery is how often a full memory is searched for entries that may go.
const sweepEvery = 10 * time.Second

var errLedgerFull = errors.New("too many sign-ins were finished lately")

// A memory is the Ledger of one process. When it is full it refuses, rather than
// forget.
type memory struct {
	now func() time.Time

	mu    sync.Mutex // guards what follows
	spent map[string]time.Time
	swept time.Time
}

// Spend implements Ledger.
func (m *memory) Spend(_ context.Context, id string, expires time.Time) (first bool, err error) {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.spent[id]; known {
		return false, nil
	}
	if len(m.spent) >= mostSpent/2 && now.Sub(m.swept).Abs() >= sweepEvery {
		m.swept = now
		for id, expires := range m.spent {
			if now.After(expires) {
				delete(m.spent, id)
			}
		}
	}
	if len(m.spent) >= mostSpent {
		return false, errLedgerFull
	}
	if m.spent == nil {
		m.spent = make(map[string]time.Time)
	}
	m.spent[id] = expires
	return true, nil
}
