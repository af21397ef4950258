package main

import (
	"context"
	"runtime"
	"testing"

	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// allocRuns is how many verifications allocations are counted over.
const allocRuns = 200

// What a verification allocates: how many objects of a token that is new and of one that
// was seen, and how many bytes of a new one.
type allocations struct{ cold, warm, coldBytes float64 }

// allocations counts what each contender in this process allocates.
func (s *stage) allocations(ctx context.Context) map[string]allocations {
	counts := map[string]allocations{}
	for _, c := range s.contenders {
		if c.verify == nil {
			continue
		}
		var count allocations
		n := 0
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		count.cold = testing.AllocsPerRun(allocRuns, func() { // it does one run more
			_ = c.verify(ctx, s.sets[setAllocs][n]) // the rounds would have failed
			n++
		})
		runtime.ReadMemStats(&end)
		count.coldBytes = float64(end.TotalAlloc-start.TotalAlloc) / float64(n)
		one := s.sets[setWarm+tokens.Typical.Name][0]
		_ = c.verify(ctx, one)
		count.warm = testing.AllocsPerRun(allocRuns, func() { _ = c.verify(ctx, one) })
		counts[c.name] = count
	}
	return counts
}

// liveHeap returns how many bytes of the heap are in use, without garbage.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what had a finalizer goes with the second
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc) //nolint:gosec // G115: no machine has so much
}
