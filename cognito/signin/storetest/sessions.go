package storetest

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito/signin"
)

func (s *suite) roundTrip() {
	r := s.create(s.record())
	s.wantStored(r)
	bare := s.record() // with everything empty that may be
	bare.Host, bare.Sealed = "", nil
	s.create(bare)
	if got, err := s.second.Load(s.Context(), bare.Key); err != nil || len(got.Sealed) != 0 {
		s.Error(got, err)
	}
	s.wantStored(r)
}

func (s *suite) absent() {
	key := s.record().Key
	if r, err := s.store.Load(s.Context(), key); !errors.Is(err, signin.ErrNotFound) || r.Sealed != nil {
		s.Errorf("Load: %v", err)
	}
	if err := s.store.CompareAndSwap(s.Context(), key, 0, []byte("x")); !errors.Is(err, signin.ErrNotFound) {
		s.Errorf("CompareAndSwap: %v", err)
	}
	if err := s.store.Touch(s.Context(), key, s.config.Now()); err != nil && !errors.Is(err, signin.ErrNotFound) {
		s.Errorf("Touch: %v", err)
	}
	if err := s.store.Delete(s.Context(), key); err != nil {
		s.Errorf("Delete: %v", err)
	}
	if _, err := s.store.Load(s.Context(), key); !errors.Is(err, signin.ErrNotFound) {
		s.Errorf("Load after the other calls: %v", err)
	}
}

func (s *suite) createTwice() {
	r := s.create(s.record())
	other := s.record()
	other.Key = r.Key
	if err := s.second.Create(s.Context(), other); !errors.Is(err, signin.ErrExists) {
		s.Errorf("Create: %v", err)
	}
	s.wantStored(r)
}

func (s *suite) copies() {
	r := s.record()
	sealed := []byte("one")
	r.Sealed = sealed
	s.create(r)
	sealed[0] = 'X'
	r.Sealed = []byte("one")
	s.wantStored(r)
	got, err := s.store.Load(s.Context(), r.Key)
	if err != nil {
		s.Fatal(err)
	}
	got.Sealed[0] = 'X'
	s.wantStored(r)
	sealed = []byte("two")
	if err := s.store.CompareAndSwap(s.Context(), r.Key, 1, sealed); err != nil {
		s.Fatal(err)
	}
	sealed[0] = 'X'
	r.Version, r.Sealed = 2, []byte("two")
	s.wantStored(r)
}

func (s *suite) expiry() {
	short := s.record()
	short.ExpiresAt = short.CreatedAt.Add(4 * s.config.Tick)
	s.create(short)
	long := s.create(s.record())
	s.config.Wait(6 * s.config.Tick)
	for _, store := range []signin.Store{s.store, s.second} {
		if _, err := store.Load(s.Context(), short.Key); !errors.Is(err, signin.ErrNotFound) {
			s.Errorf("Load: %v", err)
		}
		if err := store.CompareAndSwap(s.Context(), short.Key, 1, []byte("x")); !errors.Is(err, signin.ErrNotFound) {
			s.Errorf("CompareAndSwap: %v", err)
		}
		page, err := store.List(s.Context(), signin.Query{UserPool: pool, Person: short.Person, Limit: 10})
		if err != nil || len(page.Records) > 0 {
			s.Errorf("List: %v, %v", page, err)
		}
	}
	s.wantStored(long)
	short.ExpiresAt = long.ExpiresAt
	s.create(short) // the key is free again
	s.wantStored(short)
}

func (s *suite) compareAndSwap() {
	r := s.create(s.record())
	for version := uint64(1); version < 4; version++ {
		for _, wrong := range []uint64{0, version - 1, version + 1, 1 << 40} {
			if err := s.second.CompareAndSwap(s.Context(), r.Key, wrong, []byte("wrong")); !errors.Is(err, signin.ErrConflict) {
				s.Errorf("version %d instead of %d: %v", wrong, version, err)
			}
		}
		s.wantStored(r)
		r.Sealed = []byte{byte(version), 0, '\n', 0xff}
		r.Version = version + 1
		if err := s.second.CompareAndSwap(s.Context(), r.Key, version, r.Sealed); err != nil {
			s.Fatal(err)
		}
		s.wantStored(r)
	}
}

// race has both clients increase a version many times.
func (s *suite) race() {
	r := s.create(s.record())
	const callers, rounds = 8, 10
	for version := uint64(1); version <= rounds; version++ {
		var won atomic.Int32
		var all sync.WaitGroup
		for n := range callers {
			store := []signin.Store{s.store, s.second}[n%2]
			all.Go(func() {
				switch err := store.CompareAndSwap(s.Context(), r.Key, version, []byte(strconv.Itoa(n))); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, signin.ErrConflict):
					s.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			s.Errorf("version %d: %d calls succeeded", version, won.Load())
		}
	}
	if got, err := s.store.Load(s.Context(), r.Key); err != nil || got.Version != rounds+1 {
		s.Error(got.Version, err)
	}
}

// resurrection deletes a session while its refresh is under way.
func (s *suite) resurrection() {
	r := s.create(s.record())
	if err := s.store.Delete(s.Context(), r.Key); err != nil {
		s.Fatal(err)
	}
	if err := s.second.CompareAndSwap(s.Context(), r.Key, 1, []byte("x")); !errors.Is(err, signin.ErrNotFound) {
		s.Errorf("CompareAndSwap: %v", err)
	}
	if err := s.second.Touch(s.Context(), r.Key, s.config.Now()); err != nil && !errors.Is(err, signin.ErrNotFound) {
		s.Errorf("Touch: %v", err)
	}
	for _, store := range []signin.Store{s.store, s.second} {
		if _, err := store.Load(s.Context(), r.Key); !errors.Is(err, signin.ErrNotFound) {
			s.Errorf("Load: %v", err)
		}
		if page, err := store.List(s.Context(), signin.Query{UserPool: pool, Person: r.Person, Limit: 10}); err != nil || len(page.Records) > 0 {
			s.Errorf("List: %v, %v", page, err)
		}
	}
}

func (s *suite) touch() {
	r := s.create(s.record())
	seen := r.CreatedAt.Add(10 * time.Minute)
	for _, at := range []time.Time{seen, seen.Add(-time.Minute), r.CreatedAt.Add(-time.Hour)} { // it never goes back
		if err := s.store.Touch(s.Context(), r.Key, at); err != nil {
			s.Fatal(err)
		}
	}
	r.LastSeen = seen
	s.wantSeen(r)
	r.Sealed, r.Version = []byte("new"), 2
	if err := s.second.CompareAndSwap(s.Context(), r.Key, 1, r.Sealed); err != nil { // no conflict
		s.Fatal(err)
	}
	s.wantSeen(r)
}

// wantSeen demands r of the client that touched it. The others may see LastSeen later.
func (s *suite) wantSeen(r signin.Record) {
	s.Helper()
	got, err := s.store.Load(s.Context(), r.Key)
	if err != nil || !got.LastSeen.Equal(r.LastSeen) || got.Version != r.Version {
		s.Errorf("last seen %v in version %d (%v), want %v in version %d", got.LastSeen, got.Version, err, r.LastSeen, r.Version)
	}
}

// mixUp ends calls in the middle. A connection that is used again must not deliver the
// answer of another call (CVE-2025-29923).
func (s *suite) mixUp() {
	var records []signin.Record
	for range 20 {
		records = append(records, s.create(s.record()))
	}
	var all sync.WaitGroup
	for n, r := range records {
		all.Go(func() {
			for round := range 30 {
				ctx, cancel := context.WithCancel(s.Context())
				if (n+round)%3 == 0 {
					go cancel()
				}
				got, err := s.store.Load(ctx, r.Key)
				if err == nil && (got.Key != r.Key || !bytes.Equal(got.Sealed, r.Sealed)) {
					s.Error("Load returned another session")
				}
				cancel()
			}
		})
	}
	all.Wait()
}
