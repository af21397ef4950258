package signin

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// DefaultMaxSessions is the default of [MemoryStoreConfig.MaxSessions].
const DefaultMaxSessions = 100_000

// maxSpent limits the IDs of a MemoryStore, some 200 bytes each.
const maxSpent = 1 << 18

// sweepEvery is the time between two searches for what has expired.
const sweepEvery = 10 * time.Second

// errFull is for new entries of a full store. A full store forgets none for a new one.
var errFull = errors.New("signin: the memory store is full")

// MemoryStoreConfig configures a [MemoryStore]. The zero value is ready for use.
type MemoryStoreConfig struct {
	// MaxSessions limits the number of sessions, some four kilobytes each: 0 for
	// [DefaultMaxSessions]. A full store refuses new sign-ins.
	MaxSessions int

	// Now returns the time; nil is time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// A MemoryStore keeps sessions in the memory of this process. A restart ends them all, and
// other processes do not see them. Make one with [NewMemoryStore]. It is safe for
// concurrent use.
type MemoryStore struct {
	now func() time.Time
	max int

	mu       sync.Mutex // guards what follows
	sessions map[Key]*Record
	persons  map[owner]map[Key]struct{}
	spent    map[string]time.Time
	locks    map[Key]lock
	swept    time.Time
}

// An owner is a person in a user pool.
type owner struct {
	userPool string
	person   Person
}

type lock struct {
	holder string
	until  time.Time
}

var _ Store = (*MemoryStore)(nil)

// NewMemoryStore returns an empty store.
func NewMemoryStore(config MemoryStoreConfig) *MemoryStore {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.MaxSessions <= 0 {
		config.MaxSessions = DefaultMaxSessions
	}
	return &MemoryStore{
		now: config.Now, max: config.MaxSessions,
		sessions: map[Key]*Record{}, persons: map[owner]map[Key]struct{}{}, spent: map[string]time.Time{}, locks: map[Key]lock{},
	}
}

// Create implements [Store].
func (m *MemoryStore) Create(_ context.Context, record Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	if _, err := m.current(record.Key); err == nil {
		return ErrExists
	}
	if len(m.sessions) >= m.max {
		return errFull
	}
	m.remove(record.Key) // an expired one with its lock
	record.Version, record.LastSeen, record.Sealed = 1, record.CreatedAt, bytes.Clone(record.Sealed)
	record.UserPool, record.Host = strings.Clone(record.UserPool), strings.Clone(record.Host)
	m.sessions[record.Key] = &record
	of := owner{record.UserPool, record.Person}
	if m.persons[of] == nil {
		m.persons[of] = map[Key]struct{}{}
	}
	m.persons[of][record.Key] = struct{}{}
	return nil
}

// Load implements [Store].
func (m *MemoryStore) Load(_ context.Context, key Key) (Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, err := m.current(key)
	if err != nil {
		return Record{}, err
	}
	record := *stored
	record.Sealed = bytes.Clone(stored.Sealed)
	return record, nil
}

// CompareAndSwap implements [Store].
func (m *MemoryStore) CompareAndSwap(_ context.Context, key Key, version uint64, sealed []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, err := m.current(key)
	switch {
	case err != nil:
		return err
	case stored.Version != version:
		return ErrConflict
	}
	stored.Version, stored.Sealed = version+1, bytes.Clone(sealed)
	return nil
}

// Touch implements [Store].
func (m *MemoryStore) Touch(_ context.Context, key Key, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, err := m.current(key)
	if err == nil && at.After(stored.LastSeen) {
		stored.LastSeen = at
	}
	return err
}

// Delete implements [Store].
func (m *MemoryStore) Delete(_ context.Context, key Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(key)
	return nil
}

// List implements [Store]. The cursor is the key of the last session of a page.
func (m *MemoryStore) List(_ context.Context, query Query) (Page, error) {
	after, ok := ParseKey(query.Cursor)
	if !ok && query.Cursor != "" {
		return Page{}, errors.New("signin: the cursor is not from this store")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var page Page
	for _, record := range m.selected(query) {
		if query.Cursor != "" && bytes.Compare(record.Key[:], after[:]) <= 0 {
			continue
		}
		if len(page.Records) == query.Limit {
			page.Cursor = page.Records[query.Limit-1].Key.String()
			break
		}
		record.Sealed = nil
		page.Records = append(page.Records, record)
	}
	return page, nil
}

// selected returns the sessions of a query in the order of their keys. The caller holds mu.
func (m *MemoryStore) selected(query Query) (records []Record) {
	add := func(key Key) {
		if stored, err := m.current(key); err == nil && stored.UserPool == query.UserPool {
			records = append(records, *stored)
		}
	}
	if query.Person != (Person{}) {
		for key := range m.persons[owner{query.UserPool, query.Person}] {
			add(key)
		}
	} else {
		for key := range m.sessions {
			add(key)
		}
	}
	slices.SortFunc(records, func(a, b Record) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	return records
}

// Spend implements [Store].
func (m *MemoryStore) Spend(_ context.Context, id string, expires time.Time) (first bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	until, known := m.spent[id]
	if known && !m.now().After(until) {
		return false, nil
	}
	if !known && len(m.spent) >= maxSpent {
		return false, errFull
	}
	m.spent[strings.Clone(id)] = expires
	return true, nil
}

// Lock implements [Store].
func (m *MemoryStore) Lock(_ context.Context, key Key, holder string, ttl time.Duration) (taken bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if l, held := m.locks[key]; held && l.holder != holder && now.Before(l.until) {
		return false, nil
	}
	m.locks[key] = lock{holder, now.Add(ttl)}
	return true, nil
}

// Unlock implements [Store].
func (m *MemoryStore) Unlock(_ context.Context, key Key, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks[key].holder == holder {
		delete(m.locks, key)
	}
	return nil
}

// current returns a session that has not expired. The caller holds mu.
func (m *MemoryStore) current(key Key) (*Record, error) {
	stored := m.sessions[key]
	if stored == nil || !m.now().Before(stored.ExpiresAt) {
		return nil, ErrNotFound
	}
	return stored, nil
}

// remove removes a session with its lock. The caller holds mu.
func (m *MemoryStore) remove(key Key) {
	stored := m.sessions[key]
	if stored == nil {
		return
	}
	of := owner{stored.UserPool, stored.Person}
	if delete(m.persons[of], key); len(m.persons[of]) == 0 {
		delete(m.persons, of)
	}
	delete(m.sessions, key)
	delete(m.locks, key)
}

// sweep removes what has expired, from time to time. The caller holds mu.
func (m *MemoryStore) sweep() {
	now := m.now()
	if now.Sub(m.swept).Abs() < sweepEvery {
		return
	}
	m.swept = now
	for key, stored := range m.sessions {
		if !now.Before(stored.ExpiresAt) {
			m.remove(key)
		}
	}
	for id, expires := range m.spent {
		if now.After(expires) {
			delete(m.spent, id)
		}
	}
	for key, l := range m.locks {
		if !now.Before(l.until) {
			delete(m.locks, key)
		}
	}
}
