package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A sample is what a sign-in took in one turn, in nanoseconds.
type sample struct {
	wall float64 // without the client's own arithmetic
	own  float64 // that arithmetic
	cpu  float64 // of the server

	// What two signatures took just before, of time and of CPU.
	floorWall, floorCPU float64
}

// A lane is a flow of a target with so many clients.
type lane struct {
	target  *target
	flow    flow
	clients int
	count   int // sign-ins a turn
	samples []sample
}

// addLanes finds out how much fits into a turn of each.
func (s *stage) addLanes(ctx context.Context) error {
	for _, clients := range []int{1, s.options.clients} {
		for _, t := range s.targets {
			for _, f := range t.flows {
				if s.wants.MatchString(f.name) {
					s.lanes = append(s.lanes, &lane{target: t, flow: f, clients: clients})
				}
			}
		}
	}
	for _, l := range s.lanes {
		l.count = l.clients
		first, err := s.do(ctx, l) // a first one is slow
		if err != nil {
			return err
		}
		if s.options.turn > 2*time.Duration(first.wall)*time.Duration(l.count) {
			l.count *= 2
			if first, err = s.do(ctx, l); err != nil {
				return err
			}
		}
		// All clients are busy to the end of a turn.
		fit := int(float64(s.options.turn) / max(first.wall+first.own, 1))
		l.count = max(l.clients, fit/l.clients*l.clients)
	}
	return nil
}

func (s *stage) do(ctx context.Context, l *lane) (sample, error) {
	got, _, err := l.target.signIn(ctx, l.flow, l.count, l.clients)
	if err != nil {
		err = fmt.Errorf("%s: %w", l.target.title(), err)
	}
	return got, err
}

// measure runs all rounds.
func (s *stage) measure(ctx context.Context) error {
	fmt.Fprintf(s.stderr, "userpool: %d rounds of %d lanes, %v each\n", s.options.rounds, len(s.lanes), s.options.turn)
	for round := range s.options.rounds {
		first := round % len(s.lanes)
		for _, l := range slices.Concat(s.lanes[first:], s.lanes[:first]) {
			if err := ctx.Err(); err != nil {
				return err
			}
			floorWall, floorCPU, err := s.floor.sign(s.options.turn/2, l.clients)
			if err != nil {
				return err
			}
			got, err := s.do(ctx, l)
			if err != nil {
				return err
			}
			got.floorWall, got.floorCPU = floorWall, floorCPU
			l.samples = append(l.samples, got)
		}
	}
	return nil
}

// lane returns the one of that target and flow, or nil.
func (s *stage) lane(target, flow string, clients int) *lane {
	at := slices.IndexFunc(s.lanes, func(l *lane) bool {
		return l.target.name == target && l.flow.name == flow && l.clients == clients
	})
	if at < 0 {
		return nil
	}
	return s.lanes[at]
}

// Which of a sample's figures is meant.
func wall(s sample) float64      { return s.wall }
func withOwn(s sample) float64   { return s.wall + s.own }
func cpu(s sample) float64       { return s.cpu }
func floorWall(s sample) float64 { return s.floorWall }
func floorCPU(s sample) float64  { return s.floorCPU }

// median of one figure over all rounds.
func (l *lane) median(of func(sample) float64) float64 {
	figures := make([]float64, len(l.samples))
	for n, s := range l.samples {
		figures[n] = of(s)
	}
	return median(figures)
}

// over is the median of the ratios, round by round.
func (l *lane) over(of func(sample) float64, below *lane, ofBelow func(sample) float64) float64 {
	ratios := make([]float64, len(l.samples))
	for n := range l.samples {
		ratios[n] = of(l.samples[n]) / ofBelow(below.samples[n])
	}
	return median(ratios)
}

// overFloor is what a figure is for each of the floor's, of as many signatures.
func (l *lane) overFloor(of, ofFloor func(sample) float64) float64 {
	const pair = 2
	return l.over(of, l, ofFloor) * pair / float64(l.flow.signatures)
}

func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
