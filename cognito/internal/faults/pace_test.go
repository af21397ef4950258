package faults

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// beat is that of the known tokens. One that is found in the cache comes with each,
// 1000 a second, and after each second one of these a token whose signature is checked,
// 500 a second. It is no shorter because a sleep on Linux ends at milliseconds.
const beat = time.Millisecond

// timings are how long known tokens of one kind took in one phase of one round.
type timings struct {
	served []time.Duration // from the call to its return
	late   []time.Duration // from when the call was due, so with the wait for a processor
}

func (t *timings) add(due, began, ended time.Time) {
	t.served = append(t.served, ended.Sub(began))
	t.late = append(t.late, ended.Sub(due))
}

// pace asks about known tokens at a fixed rate, on deadlines that do not depend on
// how long the answers take: for so many beats, and then until the other processor is
// done with its work.
func (s *siege) pace(beats int, paced, worked *atomic.Bool) (hits, checks timings) {
	began := time.Now()
	for n := 0; n < beats || !worked.Load(); n++ {
		if n == beats {
			paced.Store(true)
		}
		due := began.Add(time.Duration(n) * beat)
		time.Sleep(time.Until(due))
		raw := s.known[n%len(s.known)]
		s.timed(&hits, s.remembers, raw, due)
		if n%2 == 1 {
			s.timed(&checks, s.forgets, raw, due)
		}
	}
	return hits, checks
}

// timed asks about a known token. Nothing else is done between the two readings of
// the clock.
func (s *siege) timed(t *timings, verifier *cognito.Verifier, raw string, due time.Time) {
	began := time.Now()
	_, err := verifier.VerifyAccessToken(s.Context(), raw)
	ended := time.Now()
	t.add(due, began, ended)
	s.count(ended.Sub(began))
	s.expect(cognito.CodeOf(err), "")
}

// A phase is what the other processor does while known tokens are asked about.
type phase int

const (
	alone    phase = iota // nothing
	ordinary              // good tokens, one after the other
	random                // hostile ones, each of a kid of its own
	shared                // hostile ones, all of one kid
	phases
)

// A record has the timings of each phase, one for each round.
type record [phases][]timings

// compare says how a flood and both calm phases differ. Each figure is the median of
// its rounds, so that a disturbance from outside in one of them does not decide.
func (r *record) compare(flood phase) string {
	among, calm, busy := r.p99(flood), r.p99(alone), r.p99(ordinary)
	return fmt.Sprintf("p99 %v, undisturbed %v (%.2f×), beside good tokens %v (%.2f×); p50 %v, %v, %v; p99 since due %v, %v, %v; rounds %s",
		among, calm, ratio(among, calm), busy, ratio(among, busy),
		r.median(flood, served, 50), r.median(alone, served, 50), r.median(ordinary, served, 50),
		r.median(flood, late, 99), r.median(alone, late, 99), r.median(ordinary, late, 99), r.rounds(flood))
}

func (r *record) p99(p phase) time.Duration { return r.median(p, served, 99) }

func served(t timings) []time.Duration { return t.served }
func late(t timings) []time.Duration   { return t.late }

func (r *record) median(p phase, which func(timings) []time.Duration, percent int) time.Duration {
	var all []time.Duration
	for _, t := range r[p] {
		all = append(all, percentile(which(t), percent))
	}
	return percentile(all, 50).Round(10 * time.Nanosecond)
}

// rounds are the ratios of p99 flooded and undisturbed, each of one round, which tell
// how far to trust that of the medians.
func (r *record) rounds(flood phase) (list string) {
	for n, t := range r[flood] {
		list += fmt.Sprintf("%.2f× ", ratio(percentile(t.served, 99), percentile(r[alone][n].served, 99)))
	}
	return strings.TrimSpace(list)
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func percentile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[min(len(all)*percent/100, len(all)-1)]
}
