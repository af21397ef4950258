package demo

import (
	"sync"
	"time"
)

// A memory keeps values for a while, a bounded number of them: anyone who can open
// the app's page can have one made. It is safe for concurrent use.
type memory[T any] struct {
	life time.Duration
	most int

	mu    sync.Mutex // guards the fields below
	kept  map[string]remembered[T]
	order []string // of keys, oldest first; may have ones that are gone
}

type remembered[T any] struct {
	value T
	until time.Time
}

func newMemory[T any](life time.Duration, most int) *memory[T] {
	return &memory[T]{life: life, most: most, kept: map[string]remembered[T]{}}
}

// put keeps value under a new random key and returns that.
func (m *memory[T]) put(value T) string {
	key := randomText()
	m.putAs(key, value)
	return key
}

// putAs keeps value under a key that was never used before.
func (m *memory[T]) putAs(key string, value T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for len(m.order) > 0 && (len(m.order) >= m.most || m.kept[m.order[0]].until.Before(now)) {
		delete(m.kept, m.order[0])
		m.order = m.order[1:]
	}
	m.kept[key] = remembered[T]{value, now.Add(m.life)}
	m.order = append(m.order, key)
}

func (m *memory[T]) get(key string) (value T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(key)
}

// find is get for those who hold the lock.
func (m *memory[T]) find(key string) (value T, ok bool) {
	found, ok := m.kept[key]
	if !ok || time.Now().After(found.until) {
		return value, false
	}
	return found.value, true
}

// take returns the value and forgets it, in one step: of several callers, one gets
// it. A state that two answers could use would not tie a sign-in to one.
func (m *memory[T]) take(key string) (value T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok = m.find(key)
	delete(m.kept, key)
	return value, ok
}
