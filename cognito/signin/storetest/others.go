package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito/signin"
)

// all returns the keys of all pages of a query, and how often each occurs.
func (s *suite) all(query signin.Query) map[signin.Key]int {
	s.Helper()
	found := map[signin.Key]int{}
	for pages := 0; ; pages++ {
		page, err := s.second.List(s.Context(), query)
		if err != nil || len(page.Records) > query.Limit || pages > 1000 {
			s.Fatalf("page %d has %d records: %v", pages, len(page.Records), err)
		}
		for _, r := range page.Records {
			found[r.Key]++
			if r.UserPool != query.UserPool || r.CreatedAt.IsZero() || r.ExpiresAt.IsZero() || r.Host == "" || r.LastSeen.IsZero() {
				s.Errorf("List: %+v", r)
			}
		}
		if query.Cursor = page.Cursor; page.Cursor == "" {
			return found
		}
	}
}

func (s *suite) list() {
	first := s.create(s.record())
	same := s.record()
	same.Person = first.Person
	s.create(same)
	elsewhere := s.record() // the same person, as the store sees it, in another pool
	elsewhere.Person, elsewhere.UserPool = first.Person, "eu-west-1_Other0001"
	s.create(elsewhere)
	s.create(s.record())
	query := signin.Query{UserPool: pool, Person: first.Person, Limit: 10}
	if found := s.all(query); len(found) != 2 || found[first.Key] == 0 || found[same.Key] == 0 {
		s.Errorf("got %v", found)
	}
	if err := s.store.Delete(s.Context(), first.Key); err != nil {
		s.Fatal(err)
	}
	if found := s.all(query); len(found) != 1 || found[same.Key] == 0 {
		s.Errorf("after Delete: got %v", found)
	}
	query.UserPool = "eu-west-1_Other0001"
	if found := s.all(query); len(found) != 1 || found[elsewhere.Key] == 0 {
		s.Errorf("another pool: got %v", found)
	}
}

func (s *suite) pages() {
	const sessions = 25
	want := map[signin.Key]bool{}
	for range sessions {
		want[s.create(s.record()).Key] = true
	}
	other := s.record()
	other.UserPool = "eu-west-1_Other0001"
	s.create(other)
	for _, limit := range []int{1, 7, sessions, 1000} {
		found := s.all(signin.Query{UserPool: pool, Limit: limit})
		for key := range want {
			if found[key] == 0 {
				s.Errorf("limit %d: a session is missing", limit)
			}
		}
		if found[other.Key] > 0 || len(found) != sessions {
			s.Errorf("limit %d: %d sessions, want %d", limit, len(found), sessions)
		}
	}
}

func (s *suite) spend() {
	until := s.config.Now().Add(time.Hour)
	for n, id := range []string{"a", "b", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"} {
		for round, store := range []signin.Store{s.store, s.second, s.store} {
			if first, err := store.Spend(s.Context(), id, until); err != nil || first != (round == 0) {
				s.Errorf("ID %d, call %d: %v, %v", n, round, first, err)
			}
		}
	}
}

func (s *suite) spendRace() {
	for round := range 10 {
		s.wantOne(func(store signin.Store, _ int) (bool, error) {
			return store.Spend(s.Context(), fmt.Sprint("round-", round), s.config.Now().Add(time.Hour))
		})
	}
}

// wantOne demands that one of concurrent calls returns true.
func (s *suite) wantOne(call func(store signin.Store, n int) (bool, error)) {
	s.Helper()
	var won atomic.Int32
	var all sync.WaitGroup
	for n := range 8 {
		store := []signin.Store{s.store, s.second}[n%2]
		all.Go(func() {
			switch first, err := call(store, n); {
			case err != nil:
				s.Error(err)
			case first:
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		s.Errorf("%d of the calls returned true, want 1", won.Load())
	}
}

// spendExpiry shows that IDs do not fill the store. A store may keep them for longer than
// it must, so only the time before is exact.
func (s *suite) spendExpiry() {
	until := s.config.Now().Add(20 * s.config.Tick)
	if first, err := s.store.Spend(s.Context(), "x", until); err != nil || !first {
		s.Fatal(first, err)
	}
	s.config.Wait(2 * s.config.Tick)
	if first, err := s.second.Spend(s.Context(), "x", until); err != nil || first {
		s.Errorf("before its end: %v, %v", first, err)
	}
	for range 100 {
		s.config.Wait(4 * s.config.Tick)
		if first, err := s.second.Spend(s.Context(), "x", s.config.Now().Add(time.Hour)); err != nil || first {
			return
		}
	}
	s.Error("the ID is never forgotten")
}

func (s *suite) lock() {
	key, other := s.record().Key, s.record().Key
	for _, step := range []struct {
		store  signin.Store
		key    signin.Key
		holder string
		want   bool
	}{
		{s.store, key, "a", true}, {s.second, key, "b", false}, {s.store, key, "a", true}, {s.second, other, "b", true}, {s.store, other, "a", false},
	} {
		if taken, err := step.store.Lock(s.Context(), step.key, step.holder, time.Minute); err != nil || taken != step.want {
			s.Errorf("holder %s: %v, %v", step.holder, taken, err)
		}
	}
	for _, step := range []struct {
		holder string // that unlocks
		want   bool   // whether another one can lock then
	}{{"b", false}, {"", false}, {"a", true}} {
		if err := s.second.Unlock(s.Context(), key, step.holder); err != nil {
			s.Fatal(err)
		}
		if taken, err := s.second.Lock(s.Context(), key, "c", time.Minute); err != nil || taken != step.want {
			s.Errorf("after Unlock by %q: %v, %v", step.holder, taken, err)
		}
	}
}

func (s *suite) lockExpiry() {
	key, ttl := s.record().Key, 4*s.config.Tick
	if taken, err := s.store.Lock(s.Context(), key, "a", ttl); err != nil || !taken {
		s.Fatal(taken, err)
	}
	s.config.Wait(6 * s.config.Tick)
	if taken, err := s.second.Lock(s.Context(), key, "b", time.Hour); err != nil || !taken {
		s.Errorf("after the end of the lock: %v, %v", taken, err)
	}
	// The first holder is late. It must not take the lock from the second.
	if err := s.store.Unlock(s.Context(), key, "a"); err != nil {
		s.Error(err)
	}
	if taken, err := s.store.Lock(s.Context(), key, "a", ttl); err != nil || taken {
		s.Errorf("a late holder: %v, %v", taken, err)
	}
}

func (s *suite) lockRace() {
	key := s.record().Key
	s.wantOne(func(store signin.Store, n int) (bool, error) {
		return store.Lock(s.Context(), key, fmt.Sprint("holder-", n), time.Minute)
	})
}
