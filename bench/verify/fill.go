package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// A filling says how the cache of the verifier was filled before the first round.
type filling struct {
	shown int  // how many tokens, none of which is measured
	held  int  // of 100 of them, spread evenly, how many the cache still had
	full  bool // at most 80 of 100
}

// String says it in words.
func (f filling) String() string {
	if !f.full {
		return fmt.Sprintf("NOT FULL: %d other tokens were verified before, and of 100 of these %d are held; give more -tokens", f.shown, f.held)
	}
	return fmt.Sprintf("full: %d other tokens were verified before, and of 100 of these %d are held", f.shown, f.held)
}

// fill shows the verifier tokens that nothing else uses until its cache is full, which
// shows in that it has let go of many of them: whatever its size, and however it chooses.
// It ends without that after twice as many tokens as are measured.
func (s *stage) fill(ctx context.Context) (filling, error) {
	const chunk = 2000
	var shown []string
	for len(shown) < 2*s.options.tokens {
		more := tokens.Typical.Sign(s.pool, min(chunk, 2*s.options.tokens-len(shown)))
		for _, raw := range more {
			if err := s.verify(ctx, raw); err != nil {
				return filling{}, err
			}
		}
		shown = append(shown, more...)
		held, err := s.probe(ctx, shown)
		if err != nil {
			return filling{}, err
		}
		if held <= 80 {
			fmt.Fprintf(s.stderr, "verify: the cache was filled with %d tokens\n", len(shown))
			return filling{len(shown), held, true}, nil
		}
	}
	held, err := s.probe(ctx, shown)
	return filling{len(shown), held, false}, err
}

// probe returns how many of 100 of the tokens are verified without any allocation, which
// nothing but a hit of the cache can do.
func (s *stage) probe(ctx context.Context, shown []string) (held int, err error) {
	before := runtime.GOMAXPROCS(1) // whatever else runs might allocate meanwhile
	defer runtime.GOMAXPROCS(before)
	last := shown[len(shown)-1]
	cost := func(raw string) (allocations uint64) {
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		err = errors.Join(err, s.verify(ctx, raw))
		runtime.ReadMemStats(&end)
		return end.Mallocs - start.Mallocs
	}
	cost(last) // what allocates once only does so here
	for n := range 100 {
		if cost(shown[n*len(shown)/100]) == 0 {
			held++
		}
	}
	return held, err
}

// verify is poolguard's verification of one token.
func (s *stage) verify(ctx context.Context, raw string) error {
	_, err := s.verifier.VerifyAccessToken(ctx, raw, s.scope)
	return err
}
