package userpool

import (
	"context"
	"maps"
	"sync"
	"time"
)

// memoryStore forgets everything when the process ends.
type memoryStore struct {
	now func() time.Time

	mu       sync.Mutex // guards the fields below
	accounts map[accountKey]account
	codes    expiring[authorizationCode]
	refresh  expiring[refreshToken]
	sessions expiring[session]
}

type accountKey struct{ poolID, username string }

func newMemoryStore(now func() time.Time) *memoryStore {
	return &memoryStore{
		now:      now,
		accounts: map[accountKey]account{},
		codes:    newExpiring(func(c authorizationCode) time.Time { return c.ExpiresAt }),
		refresh:  newExpiring(func(t refreshToken) time.Time { return t.ExpiresAt }),
		sessions: newExpiring(func(s session) time.Time { return s.ExpiresAt }),
	}
}

func (m *memoryStore) PutAccount(_ context.Context, poolID string, a account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accounts[accountKey{poolID, userKey(a.Username)}] = a
	return nil
}

func (m *memoryStore) Account(_ context.Context, poolID, username string) (account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[accountKey{poolID, userKey(username)}]
	if !ok {
		return account{}, errNotFound
	}
	return a, nil
}

func (m *memoryStore) PutCode(_ context.Context, id digest, c authorizationCode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.codes.put(id, c, m.now())
	return nil
}

func (m *memoryStore) TakeCode(_ context.Context, id digest) (authorizationCode, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := m.codes.get(id)
	switch {
	case err != nil:
		return authorizationCode{}, err
	case c.Replayed: // there is nothing left to look for
		return authorizationCode{}, errUsed
	case c.Used:
		c.Replayed = true
		m.codes.entries[id] = c
		maps.DeleteFunc(m.refresh.entries, func(_ digest, t refreshToken) bool { return t.OriginJTI == c.OriginJTI })
		return authorizationCode{}, errUsed
	}
	c.Used = true
	m.codes.entries[id] = c
	return c, nil
}

func (m *memoryStore) PutRefreshToken(_ context.Context, codeID, id digest, t refreshToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, err := m.codes.get(codeID); err != nil || c.Replayed {
		return errUsed
	}
	m.refresh.put(id, t, m.now())
	return nil
}

func (m *memoryStore) RefreshToken(_ context.Context, id digest) (refreshToken, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.refresh.get(id)
}

func (m *memoryStore) ReplaceRefreshToken(_ context.Context, id digest, at time.Time, grace time.Duration, nextID digest, next refreshToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err := m.refresh.get(id)
	if err != nil {
		return err
	}
	if !old.replaceable(at, grace) {
		return errReplaced
	}
	if old.ReplacedAt.IsZero() {
		old.ReplacedAt = at
		m.refresh.entries[id] = old
	}
	m.refresh.put(nextID, next, m.now())
	return nil
}

func (m *memoryStore) PutSession(_ context.Context, id digest, s session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions.put(id, s, m.now())
	return nil
}

func (m *memoryStore) Session(_ context.Context, id digest) (session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions.get(id)
}

func (m *memoryStore) DeleteSession(_ context.Context, id digest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions.entries, id)
	return nil
}

// expiring is a map that drops what has ended as it grows, so that memory
// follows what is alive, without a goroutine that someone would have to stop.
type expiring[V any] struct {
	entries map[digest]V
	end     func(V) time.Time
	sweepAt int // size at which put looks for expired entries
}

const minSweep = 1024

func newExpiring[V any](end func(V) time.Time) expiring[V] {
	return expiring[V]{entries: map[digest]V{}, end: end, sweepAt: minSweep}
}

func (e *expiring[V]) put(id digest, v V, now time.Time) {
	if len(e.entries) >= e.sweepAt {
		for k, old := range e.entries {
			if !now.Before(e.end(old)) {
				delete(e.entries, k)
			}
		}
		// Twice what is left: the sweeps cost a constant per entry.
		e.sweepAt = max(minSweep, 2*len(e.entries))
	}
	e.entries[id] = v
}

func (e *expiring[V]) get(id digest) (V, error) {
	v, ok := e.entries[id]
	if !ok {
		var none V
		return none, errNotFound
	}
	return v, nil
}
