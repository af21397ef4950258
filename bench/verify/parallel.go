package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/poolguard/poolguard/bench/internal/nodejs"
	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// A speedup is how many times as much two goroutines on two cores get done in the same
// time as one on one. That of the floor, which shares nothing, is what the machine had to
// give.
type speedup struct{ floor, distinct, same float64 }

// parallel measures it with warm tokens: each goroutine with others, and both with one.
func (s *stage) parallel(ctx context.Context) (speedup, error) {
	half := len(s.sets[setWarm+tokens.Typical.Name]) / 2
	one := nodejs.Work{Set: setWarm + tokens.Typical.Name, To: 1}
	left, right := one, one
	left.To, right.From, right.To = half, half, 2*half
	var got speedup
	for _, pair := range []struct {
		contender string
		a, b      nodejs.Work
		into      *float64
	}{{floor, one, one, &got.floor}, {poolguard, left, right, &got.distinct}, {poolguard, one, one, &got.same}} {
		samples, err := s.pairs(ctx, s.contender(pair.contender), pair.a, pair.b)
		if err != nil {
			return got, err
		}
		*pair.into = median(samples)
	}
	return got, nil
}

func (s *stage) contender(name string) *contender {
	for _, c := range s.contenders {
		if c.name == name {
			return c
		}
	}
	return nil
}

// pairs returns the speedup of every round. Alone and together alternate.
func (s *stage) pairs(ctx context.Context, c *contender, a, b nodejs.Work) ([]float64, error) {
	const turn = 5 * time.Millisecond
	a.Times = 1
	for _, raws := range []nodejs.Work{{Set: setSeen + tokens.Typical.Name, To: b.To, Times: 1}, a} {
		took, err := c.run(ctx, raws)
		if err != nil {
			return nil, err
		}
		a.Times = max(1, int(turn/max(took, 1)))
	}
	b.Times = a.Times
	var samples []float64
	for range s.options.rounds {
		runtime.GOMAXPROCS(1)
		alone, err := c.run(ctx, a)
		if err != nil {
			return nil, err
		}
		runtime.GOMAXPROCS(2)
		together, err := atOnce(ctx, c, a, b)
		if err != nil {
			return nil, err
		}
		samples = append(samples, 2*float64(alone)/float64(together))
	}
	return samples, nil
}

// atOnce does both works at the same time and returns how long that took.
func atOnce(ctx context.Context, c *contender, works ...nodejs.Work) (time.Duration, error) {
	errs := make([]error, len(works))
	var all sync.WaitGroup
	start := time.Now()
	for n, work := range works {
		all.Go(func() { _, errs[n] = c.run(ctx, work) })
	}
	all.Wait()
	took := time.Since(start)
	return took, errors.Join(errs...)
}
