package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/poolguard/poolguard/bench/internal/nodejs"
	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// A lane is what one contender does in every round, with the time that one verification
// took on average in each.
type lane struct {
	contender *contender
	kind      string
	next      func(round int) nodejs.Work
	seen      func(round int) nodejs.Work // what to do before, without the time; nil: nothing
	samples   []float64
}

// A kind of lane, by the shape of its tokens.
func cold(shape tokens.Shape) string { return "cold " + shape.Name }
func warm(shape tokens.Shape) string { return "warm " + shape.Name }

// warmMany is the lane in which many warm tokens take turns.
const warmMany = "warm, many"

// How long a warm lane has for each round.
const (
	warmTurn      = 4 * time.Millisecond
	warmShapeTurn = time.Millisecond
)

// lanes returns those of all contenders, kind by kind.
func (s *stage) lanes(ctx context.Context) ([][]*lane, error) {
	var kinds [][]*lane
	for _, shape := range tokens.Shapes() {
		set := s.sets[shape.Name]
		perRound := len(set) / s.options.rounds
		kinds = append(kinds, s.lanesOf(cold(shape), func(round int) nodejs.Work {
			return nodejs.Work{Set: shape.Name, From: round * perRound, To: (round + 1) * perRound, Times: 1}
		}))
	}
	for _, shape := range tokens.Shapes() {
		turn := warmShapeTurn
		if shape.Name == tokens.Typical.Name {
			turn = warmTurn
		}
		kind, err := s.warmLanes(ctx, warm(shape), shape.Name, 1, turn)
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	many := tokens.Typical.Name
	kind, err := s.warmLanes(ctx, warmMany, many, len(s.sets[setWarm+many]), warmTurn)
	return append(kinds, kind), err
}

func (s *stage) lanesOf(kind string, next func(round int) nodejs.Work) []*lane {
	lanes := make([]*lane, len(s.contenders))
	for n, c := range s.contenders {
		lanes[n] = &lane{contender: c, kind: kind, next: next}
	}
	return lanes
}

// warmLanes finds out how often each contender can verify the first so many tokens in its
// turn. That compiles what Node.js compiles while it runs, too.
func (s *stage) warmLanes(ctx context.Context, kind, shape string, count int, turn time.Duration) ([]*lane, error) {
	lanes := s.lanesOf(kind, nil)
	for _, l := range lanes {
		seen := nodejs.Work{Set: setSeen + shape, To: count, Times: 1}
		if _, err := l.do(ctx, seen); err != nil {
			return nil, err
		}
		times, err := l.calibrate(ctx, nodejs.Work{Set: setWarm + shape, To: count, Times: 1}, turn)
		if err != nil {
			return nil, err
		}
		l.seen = func(int) nodejs.Work { return seen }
		l.next = func(int) nodejs.Work { return nodejs.Work{Set: setWarm + shape, To: count, Times: times} }
	}
	return lanes, nil
}

// calibrate returns how often the work can be done in a turn.
func (l *lane) calibrate(ctx context.Context, work nodejs.Work, turn time.Duration) (times int, err error) {
	for {
		took, err := l.do(ctx, work)
		if err != nil {
			return 0, err
		}
		if took >= turn/4 {
			return max(1, int(int64(work.Times)*int64(turn)/int64(took))), nil
		}
		work.Times *= 2
	}
}

func (l *lane) do(ctx context.Context, work nodejs.Work) (time.Duration, error) {
	took, err := l.contender.run(ctx, work)
	if err != nil {
		return 0, fmt.Errorf("%s, %s: %w", l.contender.name, l.kind, err)
	}
	return took, nil
}

// turn does the lane's work of the round.
func (l *lane) turn(ctx context.Context, round int) error {
	if l.seen != nil {
		if _, err := l.do(ctx, l.seen(round)); err != nil {
			return err
		}
	}
	work := l.next(round)
	took, err := l.do(ctx, work)
	if err != nil {
		return err
	}
	l.samples = append(l.samples, float64(took)/float64(work.Count()))
	return nil
}

// measure runs all rounds.
func (s *stage) measure(ctx context.Context) (*results, error) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	kinds, err := s.lanes(ctx)
	if err != nil {
		return nil, err
	}
	guard := s.newMiddleware()
	fmt.Fprintf(s.stderr, "verify: %d rounds of %d contenders\n", s.options.rounds, len(s.contenders))
	for round := range s.options.rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, lanes := range kinds {
			first := round % len(lanes)
			for _, l := range slices.Concat(lanes[first:], lanes[:first]) {
				if err := l.turn(ctx, round); err != nil {
					return nil, err
				}
			}
		}
		guard.turn()
	}
	r := &results{stage: s, lanes: map[string]map[string]*lane{}}
	for _, lanes := range kinds {
		for _, l := range lanes {
			if r.lanes[l.contender.name] == nil {
				r.lanes[l.contender.name] = map[string]*lane{}
			}
			r.lanes[l.contender.name][l.kind] = l
		}
	}
	r.allocations, r.middleware = s.allocations(ctx), guard.result()
	if guard.fault != "" {
		return nil, fmt.Errorf("the middleware: %s", guard.fault)
	}
	r.parallel, err = s.parallel(ctx)
	return r, err
}
