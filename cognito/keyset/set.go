package keyset

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/excerpt"
	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// MaxBytes is the size in bytes of the largest key set that is read, from
// wherever it comes. Amazon Cognito's are under one kilobyte.
const MaxBytes = 1 << 20

// ErrNoUsableKey is wrapped by the error of [Parse] for a set that is well formed
// but has no key to check a token's signature with.
var ErrNoUsableKey = errors.New("keyset: the key set has no usable key")

// A Key is a named public key for RS256 signatures. It is immutable, and a
// [Source] answers with the same *Key for as long as its issuer publishes this
// key under this name: that a key was withdrawn or replaced can be seen by
// comparing pointers.
type Key struct {
	id     string
	public *rsa.PublicKey
}

// ID returns the key's name, the kid of RFC 7517 §4.5. It is never empty.
func (k *Key) ID() string { return k.id }

// Public returns the key itself: shared by everyone who asks, it must not be
// modified.
func (k *Key) Public() *rsa.PublicKey { return k.public }

// Skipped describes a member of a key set that is not used, and why.
type Skipped struct {
	// Index is the place in the set's keys array, from 0.
	Index int
	// KeyID is the member's kid, "" where it has none. It is whatever the set
	// says, of any length: quote it before showing it.
	KeyID string
	// Reason continues a sentence, for example: has use "enc", not "sig".
	Reason string
}

// A Set is a parsed JSON Web Key Set (RFC 7517 §5). It is immutable and safe for
// concurrent use. A nil Set has no key.
type Set struct {
	keys    []*Key
	byID    map[string]*Key
	skipped []Skipped
}

// Parse reads a JSON Web Key Set strictly: exactly one JSON object of at most
// [MaxBytes], no repeated member names at any depth, valid UTF-8.
//
// Parse skips keys that must not check an RS256 signature, and uses the others. It skips a
// key for these reasons:
//
//   - another kind, use, key_ops or algorithm
//   - under 2048 bits, an even exponent or one under 3
//   - private parts
//   - no kid, or a kid that a different usable key has too
//
// The error names the reason. If it wraps [ErrNoUsableKey], it says why each member was
// skipped, and Parse also returns the set, so that a program can show it. With every other
// error the set is nil.
func Parse(jwks []byte) (*Set, error) {
	if len(jwks) > MaxBytes {
		return nil, fmt.Errorf("keyset: the key set is larger than %d bytes", MaxBytes)
	}
	keys, skipped, err := jose.ParseSet(jwks)
	set := &Set{byID: make(map[string]*Key, len(keys))}
	for _, k := range keys {
		key := &Key{id: k.ID, public: k.Public}
		set.keys = append(set.keys, key)
		set.byID[key.id] = key
	}
	for _, s := range skipped {
		set.skipped = append(set.skipped, Skipped{Index: s.Index, KeyID: s.ID, Reason: s.Reason})
	}
	if errors.Is(err, jose.ErrNoUsableKey) {
		return set, fmt.Errorf("%w: %s", ErrNoUsableKey, whySkipped(set.skipped))
	}
	if err != nil {
		return nil, errors.New("keyset: " + strings.TrimPrefix(err.Error(), "jose: "))
	}
	return set, nil
}

// whySkipped names the reasons, in bounded space: a hostile set can have tens of
// thousands of members with names of any length.
func whySkipped(skipped []Skipped) string {
	const most = 8
	if len(skipped) == 0 {
		return "it is empty"
	}
	var reasons []string
	for i, s := range skipped {
		if i == most {
			reasons = append(reasons, fmt.Sprintf("and %d more", len(skipped)-most))
			break
		}
		name := ""
		if s.KeyID != "" {
			name = " (kid " + quote(s.KeyID) + ")"
		}
		reasons = append(reasons, fmt.Sprintf("key %d%s %s", s.Index, name, s.Reason))
	}
	return strings.Join(reasons, "; ")
}

// quote makes text that came from outside safe and short enough for a message.
func quote(s string) string { return excerpt.Quote(s, 60) }

// Keys returns the usable keys in the set's order, in a slice of the caller's own.
func (s *Set) Keys() []*Key { return slices.Clone(s.fields().keys) }

// Skipped returns the members that are not used, in the set's order, in a slice of
// the caller's own.
func (s *Set) Skipped() []Skipped { return slices.Clone(s.fields().skipped) }

// fields returns the fields of s, zero values for nil.
func (s *Set) fields() Set {
	if s == nil {
		return Set{}
	}
	return *s
}

// Key returns the usable key of that name. It does not allocate. A nil Set has none.
func (s *Set) Key(id string) (*Key, bool) {
	if s == nil {
		return nil, false
	}
	key, ok := s.byID[id]
	return key, ok
}

// has reports whether key is in the set: this very one, not another of its name. A set
// of Cognito's has two keys, and comparing their addresses is faster than a look by
// name; a large one is looked into by name.
func (s *Set) has(key *Key) bool {
	const few = 8
	if s == nil {
		return false
	}
	//mutate:ignore never: it saves time, and the name gives the same answer
	if len(s.keys) <= few {
		return slices.Contains(s.keys, key)
	}
	return s.byID[key.id] == key
}

// adopt takes the *Key of old for each key that is in both sets unchanged. It
// modifies s and is for a set that nobody else has seen yet.
func (s *Set) adopt(old *Set) {
	if old == nil {
		return
	}
	for i, key := range s.keys {
		if before, ok := old.byID[key.id]; ok && before.public.Equal(key.public) {
			s.keys[i] = before
			s.byID[key.id] = before
		}
	}
}

// replacement returns the key that is now under old's name, where it is another
// one than old, else nil.
func (s *Set) replacement(old *Key) *Key {
	if old == nil {
		return nil
	}
	key, ok := s.Key(old.id)
	if !ok || key == old || key.public.Equal(old.public) {
		return nil
	}
	return key
}
