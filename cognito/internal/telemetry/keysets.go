package telemetry

import (
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// DefaultMaxKeySets is the default number of key sets with names of their own.
const DefaultMaxKeySets = 100

// Failures of a fetch that no HTTP status names.
const (
	NoAnswer = "no_answer" // within the time-out
	Unusable = "unusable"  // the status was 200, and the body was no key set or had no usable key
)

// KeySets has the state of the key sets in use, for a limited number of them. It is safe for
// concurrent use.
type KeySets struct {
	most int
	now  func() time.Time

	mu    sync.Mutex
	known map[keySetName]keySetState // guarded by mu
}

type keySetName struct{ userPool, url string }

// A keySetState has the time of the last successful fetch, zero before the first one.
type keySetState struct {
	fetchedAt time.Time
	keys      int
}

// A KeySet is a key set in use.
type KeySet struct {
	UserPool, URL string
	Age           time.Duration // since it was fetched
	Keys          int           // usable keys
}

// NewKeySets returns KeySets that keeps the names of the first most key sets that are fetched.
// now is the clock of their ages.
func NewKeySets(most int, now func() time.Time) *KeySets {
	return &KeySets{most: most, now: now, known: map[keySetName]keySetState{}}
}

// Fetched records a fetch. It reports whether the key set has a name of its own.
func (k *KeySets) Fetched(f cognito.KeySetFetch) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	name := keySetName{f.UserPool, f.URL}
	state, known := k.known[name]
	if !known && len(k.known) >= k.most {
		return false
	}
	// A zero time comes from a second verifier that has no set yet. The first one still has its
	// set: keep the state.
	if !f.SetFetchedAt.IsZero() {
		state.fetchedAt = f.SetFetchedAt
	}
	if f.Err == nil {
		state.keys = f.Keys
	}
	k.known[name] = state
	return true
}

// InUse returns the key sets in use, in no order. An age is never negative, even if the clock was
// set back.
func (k *KeySets) InUse() []KeySet {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]KeySet, 0, len(k.known))
	for name, state := range k.known {
		if !state.fetchedAt.IsZero() {
			list = append(list, KeySet{name.userPool, name.url, max(now.Sub(state.fetchedAt), 0), state.keys})
		}
	}
	return list
}
