package keyset

import (
	"context"
	"time"
)

// Static is a [Source] of keys that never change. The zero Static, and nil, have no key.
type Static struct{ set *Set }

var _ Source = (*Static)(nil)

// NewStatic reads a JSON Web Key Set as [Parse] does, and fails as it does.
func NewStatic(jwks []byte) (*Static, error) {
	set, err := Parse(jwks)
	if err != nil {
		return nil, err
	}
	return &Static{set}, nil
}

// Key implements [Source]. The only error is [ErrKeyNotFound].
func (s *Static) Key(_ context.Context, id string) (*Key, error) {
	if key, ok := s.Set().Key(id); ok {
		return key, nil
	}
	return nil, ErrKeyNotFound
}

// Replacement implements [Source]. It never fails.
func (s *Static) Replacement(_ context.Context, old *Key) (*Key, error) {
	return s.Set().replacement(old), nil
}

// Holds implements [Source]. The time takes no part in it.
func (s *Static) Holds(key *Key, _ time.Time) bool {
	return key != nil && s.Set().has(key)
}

// Load implements [Source]. It never fails.
func (s *Static) Load(context.Context) error { return nil }

// Set returns the keys.
func (s *Static) Set() *Set {
	if s == nil {
		return nil
	}
	return s.set
}
