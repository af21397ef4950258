package faults

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// A siege is a flood on the real clock. One goroutine asks about known tokens at a
// fixed rate; another one sends hostile tokens as fast as they are answered. There is
// one of each so that with two processors each has its own: more of them would
// measure how Go and the system share processors out.
type siege struct {
	*world
	remembers *cognito.Verifier // the known tokens
	forgets   *cognito.Verifier // them, and checks their signature anew each time
	known     []string

	hits, checks record
	fetches      [phases]int
	took         [phases]time.Duration
	sent         [phases]int
}

// realFlood prints how long known tokens take undisturbed, while the other processor
// is busy with good tokens, and while it is with hostile ones: phase by phase, round
// by round, so that what else the machine does meets all of them. Against the first
// calm, floods cost what any load of the other processor would, and against the second
// what only they do. It asserts counts and verdicts: times are this machine's.
func realFlood(w *world) {
	s := &siege{world: w, remembers: w.verifier()}
	w.config.CacheBytes = -1
	s.forgets = w.verifier()
	for range 64 {
		s.known = append(s.known, w.mint())
	}
	w.warm(s.remembers, s.known[0])
	w.warm(s.forgets, s.known[0])
	for _, raw := range s.known {
		w.ask(w.Context(), s.remembers, raw, "")
	}
	// A test's heap is so small that the collector would run all the time, and be what
	// is measured.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	rounds, beats := 1, 300
	if *showTable {
		rounds, beats = 9, 1200
	}
	heap := heapInUse()
	quota := floodSize() / 2 / rounds
	for range rounds {
		s.run(alone, beats, 0, nil)
		s.run(ordinary, beats, 1, s.friend())
		s.run(random, beats, quota, s.foe(false))
		s.run(shared, beats, quota, s.foe(true))
	}
	// The timings are part of what it grew by: 16 bytes for each known token.
	grown, sent, fetches, may := w.checkFlat(heap), 0, 0, 0
	for _, p := range []phase{random, shared} {
		// Two verifiers, each with a gate of its own. In each round the first fetch may come
		// at once, beside one that had begun before and arrives only now.
		most := 2 * (int(s.took[p]/w.policy.CoolDown) + 2*rounds)
		if s.fetches[p] > most {
			w.Errorf("%d fetches in %v, may be %d", s.fetches[p], s.took[p], most)
		}
		sent, fetches, may = sent+s.sent[p], fetches+s.fetches[p], may+most
	}
	w.mu.Lock()
	w.line.asked += sent
	w.mu.Unlock()
	w.remark(fmt.Sprintf("%d hostile tokens in %v to two verifiers, %d fetches of at most %d meanwhile, heap %+d KB",
		sent, (s.took[random] + s.took[shared]).Round(time.Millisecond), fetches, may, grown>>10))
	s.report()
}

// report adds a line for each kind of flood and of known tokens.
func (s *siege) report() {
	for _, flood := range []phase{random, shared} {
		for _, known := range []struct {
			name string
			*record
		}{{"known tokens in the cache", &s.hits}, {"known tokens, full check", &s.checks}} {
			l := line{
				scenario: fmt.Sprintf("flood of %s, %s", map[phase]string{random: "random kids", shared: "one shared kid"}[flood], known.name),
				clock:    "real", fetches: s.fetches[flood], remark: known.compare(flood),
			}
			for _, t := range known.record[flood] {
				for _, took := range t.served {
					l.count(took, false)
				}
			}
			s.Log(l)
			table.add(l)
		}
	}
}

// run asks about known tokens for so many beats while the other processor does its
// work, as long as that takes and quota times at least. Without work it rests.
func (s *siege) run(p phase, beats, quota int, work func(n int)) {
	var paced, worked atomic.Bool
	var other sync.WaitGroup
	before, began, sent := s.endpoint.count(), time.Now(), 0
	worked.Store(work == nil)
	if work != nil {
		other.Go(func() {
			for ; sent < quota || !paced.Load(); sent++ {
				work(sent)
			}
			worked.Store(true)
		})
	}
	hits, checks := s.pace(beats, &paced, &worked)
	other.Wait()
	s.hits[p] = append(s.hits[p], hits)
	s.checks[p] = append(s.checks[p], checks)
	s.fetches[p] += s.endpoint.count() - before
	s.took[p] += time.Since(began)
	s.sent[p] += sent
}

// friend sends good tokens to both verifiers in turn.
func (s *siege) friend() func(n int) {
	return func(n int) {
		_, err := s.either(n).VerifyAccessToken(s.Context(), s.known[n/2%len(s.known)])
		s.expect(cognito.CodeOf(err), "")
	}
}

// foe sends tokens of unknown kids to both verifiers in turn. Making one is a single
// allocation, as receiving one would be.
func (s *siege) foe(shared bool) func(n int) {
	f := newForger(s.pool.Issuer())
	f.shared = shared
	return func(n int) {
		_, err := s.either(n).VerifyAccessToken(s.Context(), f.next(n))
		// After a fetch that was late on a slow machine, what cannot be known is said so.
		s.expect(cognito.CodeOf(err), cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable)
	}
}

func (s *siege) either(n int) *cognito.Verifier {
	if n%2 == 0 {
		return s.remembers
	}
	return s.forgets
}
