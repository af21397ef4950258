package storetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito/signin"
)

// Config describes the store to [Run].
type Config struct {
	// New returns an empty store, or one whose earlier sessions are of no other test. The
	// function closes it with t.Cleanup.
	New func(t *testing.T) signin.Store

	// Second returns another client of the store that New returned, as a second process has
	// one. nil means that the store belongs to one process, which shares the one value.
	Second func(t *testing.T, first signin.Store) signin.Store

	// Now returns the time of the store; nil is time.Now.
	Now func() time.Time

	// Wait lets time pass in the store; nil is time.Sleep. The tests wait for a few times
	// Tick.
	Wait func(d time.Duration)

	// Tick is the shortest lifetime that the store keeps exactly; 0 is 50 ms.
	Tick time.Duration
}

const pool = "us-east-1_AbCdEfGhI"

// Run runs every test of the suite, each in a store of its own.
func Run(t *testing.T, config Config) {
	t.Helper()
	if config.Second == nil {
		config.Second = func(_ *testing.T, first signin.Store) signin.Store { return first }
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Wait == nil {
		config.Wait = time.Sleep
	}
	if config.Tick == 0 {
		config.Tick = 50 * time.Millisecond
	}
	for _, test := range []struct {
		name string
		run  func(*suite)
	}{
		{"a session is returned as it was created", (*suite).roundTrip},
		{"a session that does not exist", (*suite).absent},
		{"a key is used once", (*suite).createTwice},
		{"a store keeps copies", (*suite).copies},
		{"a session ends at its absolute end", (*suite).expiry},
		{"a change needs the current version", (*suite).compareAndSwap},
		{"of concurrent changes one succeeds", (*suite).race},
		{"a deleted session is never created again by a change", (*suite).resurrection},
		{"last seen is apart from the record", (*suite).touch},
		{"concurrent loads return their own session", (*suite).mixUp},
		{"the sessions of a person", (*suite).list},
		{"the sessions of a pool, in pages", (*suite).pages},
		{"an ID is spent once", (*suite).spend},
		{"of concurrent spends one is first", (*suite).spendRace},
		{"a spent ID is forgotten later", (*suite).spendExpiry},
		{"a lock has one holder", (*suite).lock},
		{"a lock ends by itself", (*suite).lockExpiry},
		{"of concurrent locks one is taken", (*suite).lockRace},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := config.New(t)
			test.run(&suite{t, config, store, config.Second(t, store)})
		})
	}
}

// A suite is one test with its store.
type suite struct {
	*testing.T
	config        Config
	store, second signin.Store
}

// record returns a new session. Its lifetime is an hour.
func (s *suite) record() signin.Record {
	now := s.config.Now().UTC().Truncate(time.Millisecond)
	r := signin.Record{
		UserPool: pool, Host: "app.example.com", CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		Version: 1, Sealed: make([]byte, 3000), LastSeen: now,
	}
	_, _ = rand.Read(r.Key[:])
	_, _ = rand.Read(r.Person[:])
	_, _ = rand.Read(r.Sealed)
	return r
}

// create adds a session.
func (s *suite) create(r signin.Record) signin.Record {
	s.Helper()
	if err := s.store.Create(s.Context(), r); err != nil {
		s.Fatal(err)
	}
	return r
}

// wantStored demands that both clients return r.
func (s *suite) wantStored(r signin.Record) {
	s.Helper()
	for n, store := range []signin.Store{s.store, s.second} {
		got, err := store.Load(s.Context(), r.Key)
		if err != nil {
			s.Errorf("client %d: %v", n+1, err)
		} else if diff := cmp.Diff(r, got); diff != "" {
			s.Errorf("client %d: %s", n+1, diff)
		}
	}
}
