package main

import (
	"context"
	"runtime"

	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// A scaling compares one goroutine on one core with two goroutines on two cores.
type scaling struct {
	one, two float64 // nanoseconds that pass for one verification
	speedup  float64 // how many times as much two cores verify in the same time
}

// scalings are those of three kinds of work: checking signatures alone (the floor,
// which shares nothing between cores), warm tokens that differ between the goroutines,
// and one warm token that both use.
type scalings struct{ floor, distinct, same scaling }

// windows is how often each throughput is measured, at most.
const windows = 9

// parallel measures on two cores. Windows with one goroutine and with two alternate.
func (s *stage) parallel(ctx context.Context) (scalings, error) {
	before := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(before)
	warm := s.sets[setWarm+tokens.Typical.Name]
	half := len(warm) / 2
	// Other contenders used the cache meanwhile: verify each token once before.
	for _, raw := range warm {
		if err := s.verify(ctx, raw); err != nil {
			return scalings{}, err
		}
	}
	var got scalings
	for _, pair := range []struct {
		left, right job
		into        *scaling
	}{
		{s.floorJob(warm[:1]), s.floorJob(warm[:1]), &got.floor},
		{s.warmJob(ctx, warm[:half]), s.warmJob(ctx, warm[half:]), &got.distinct},
		{s.warmJob(ctx, warm[:1]), s.warmJob(ctx, warm[:1]), &got.same},
	} {
		var err error
		if *pair.into, err = s.scale(ctx, pair.left, pair.right); err != nil {
			return got, err
		}
	}
	return got, nil
}

// scale measures the first job alone and both at the same time.
func (s *stage) scale(ctx context.Context, left, right job) (scaling, error) {
	var one, two, speedups []float64
	for range min(windows, s.options.rounds) {
		alone, err := meter(ctx, s.options.window, left)
		if err != nil {
			return scaling{}, err
		}
		together, err := meter(ctx, s.options.window, left, right)
		if err != nil {
			return scaling{}, err
		}
		one, two = append(one, alone.nanoseconds()), append(two, together.nanoseconds())
		speedups = append(speedups, alone.nanoseconds()/together.nanoseconds())
	}
	return scaling{median(one), median(two), median(speedups)}, nil
}

// warmJob verifies the tokens in turn. A job is long enough that counting it costs
// nothing beside it.
func (s *stage) warmJob(ctx context.Context, set []string) job {
	const atLeast = 64
	times := max(1, atLeast/len(set))
	return job{times * len(set), func() error {
		for range times {
			for _, raw := range set {
				if err := s.verify(ctx, raw); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

// floorJob checks the signatures of the tokens in turn.
func (s *stage) floorJob(set []string) job {
	check, err := s.signatures(set)
	return job{len(set), func() error {
		if err != nil {
			return err
		}
		return check()
	}}
}
