package faults

import (
	"crypto/sha256"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// A siege is a flood on the real clock: two goroutines send hostile tokens as fast as
// they can, and one of them asks about known tokens in between.
type siege struct {
	*world
	remembers *cognito.Verifier // the known token
	forgets   *cognito.Verifier // it, and checks its signature anew each time
	seen      string
	sent      atomic.Int64 // hostile tokens
}

// realFlood prints how long known tokens take undisturbed, while both goroutines are
// busy with something else, and among hostile ones. It asserts counts and verdicts:
// times are this machine's.
func realFlood(w *world) {
	s := &siege{world: w, seen: w.mint(), remembers: w.verifier()}
	w.config.CacheBytes = -1
	s.forgets = w.verifier()
	w.warm(s.remembers, s.seen)
	w.warm(s.forgets, s.seen)
	// A test's heap is so small that the collector would run all the time, and be what
	// is measured.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	size := floodSize()
	quiet := s.run(size/10, func(int) func(int) { return busy })

	began, before, heap := time.Now(), w.endpoint.count(), heapInUse()
	among := s.run(size, s.hostile)
	took := time.Since(began)
	w.checkFlat(heap)
	// Two verifiers, each with a gate of its own.
	if n, most := w.endpoint.count()-before, 2*(int(took/w.policy.CoolDown)+1); n > most {
		w.Errorf("%d fetches in %v", n, took)
	}
	w.mu.Lock()
	w.line.asked += int(s.sent.Load())
	w.mu.Unlock()
	w.remark(fmt.Sprintf("%d hostile tokens in %v; known ones undisturbed and among them: %s; %s", s.sent.Load(), took.Round(time.Millisecond),
		compare("hit", quiet.hits, among.hits), compare("signature check", quiet.checks, among.checks)))
}

// run has two goroutines do what work says, n times in all, and asks about known
// tokens after each few of the first one's.
func (s *siege) run(n int, work func(worker int) func(n int)) (known timings) {
	var all sync.WaitGroup
	all.Go(func() {
		do := work(1)
		for i := range n / 2 {
			do(i)
		}
	})
	do := work(0)
	for i := range n / 2 {
		if do(i); i%20 == 0 {
			known.hits = append(known.hits, s.known(s.remembers))
			known.checks = append(known.checks, s.known(s.forgets))
		}
	}
	all.Wait()
	return known
}

func (s *siege) known(verifier *cognito.Verifier) time.Duration {
	began := time.Now()
	_, err := verifier.VerifyAccessToken(s.Context(), s.seen)
	took := time.Since(began)
	s.count(took)
	s.expect(cognito.CodeOf(err), "")
	return took
}

// hostile sends tokens of unknown kids, random ones and then one and the same, to
// both verifiers in turn.
func (s *siege) hostile(worker int) func(n int) {
	f := newForger(s.pool.Issuer())
	half := floodSize() / 4
	return func(n int) {
		f.shared = n >= half
		verifier := s.remembers
		if n%2 == worker {
			verifier = s.forgets
		}
		_, err := verifier.VerifyAccessToken(s.Context(), f.next(n))
		// After a fetch that was late on a slow machine, what cannot be known is said so.
		s.expect(cognito.CodeOf(err), cognito.ErrKeyNotFound, cognito.ErrKeysUnavailable)
		s.sent.Add(1)
	}
}

// busy takes about as long as a hostile token.
func busy(int) {
	var block [4096]byte
	sum := sha256.Sum256(block[:])
	_ = sum
}

// timings are how long known tokens took.
type timings struct{ hits, checks []time.Duration }

func compare(what string, quiet, among []time.Duration) string {
	before, after := percentile(quiet, 99), percentile(among, 99)
	return fmt.Sprintf("%s p50 %v and %v, p99 %v and %v (%.1f×)", what, percentile(quiet, 50), percentile(among, 50),
		before, after, float64(after)/float64(max(before, 1)))
}

func percentile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)*percent/100, len(all)-1)].Round(10 * time.Nanosecond)
}
