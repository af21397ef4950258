package main

import (
	"fmt"
	"math"

	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// A line is a result for scripts.
type line struct{ name, value string }

// lines returns the results for scripts. Their names are what others read: add, do not
// change.
func (r *results) lines() []line {
	coldKind, warmKind := cold(tokens.Typical), warm(tokens.Typical)
	ratio := func(name, contender, kind, of, ofKind string) line {
		return line{name, figures(r.ratio(contender, kind, of, ofKind))}
	}
	number := func(name, format string, value float64) line { return line{name, fmt.Sprintf(format, value)} }
	own := r.allocations[poolguard]
	lines := []line{
		ratio("cold/floor", poolguard, coldKind, floor, coldKind),
		ratio("floor/warm", floor, coldKind, poolguard, warmKind),
		ratio("floor/warm of 1000 tokens", floor, coldKind, poolguard, warmMany),
		number("warm allocs", "%.0f", own.warm),
		number("cold allocs", "%.0f", own.cold),
	}
	for _, shape := range tokens.Shapes()[1:] {
		lines = append(lines,
			ratio(shape.Name+" cold/floor", poolguard, cold(shape), floor, cold(shape)),
			ratio(shape.Name+" floor/warm", floor, cold(shape), poolguard, warm(shape)))
	}
	for _, c := range r.stage.contenders {
		if c.name == floor || c.name == poolguard {
			continue
		}
		lines = append(lines,
			ratio(c.name+"/cold", c.name, coldKind, poolguard, coldKind),
			ratio(c.name+"/warm", c.name, warmKind, poolguard, warmKind))
	}
	return append(lines,
		number("warm parallel speedup on 2 cores", "%.2f", r.parallel.distinct.speedup),
		number("warm parallel speedup on 2 cores with one token", "%.2f", r.parallel.same.speedup),
		number("floor parallel speedup on 2 cores", "%.2f", r.parallel.floor.speedup),
		number("warm ns on 1 core", "%.0f", r.parallel.distinct.one),
		number("warm ns on 2 cores", "%.0f", r.parallel.distinct.two),
		number("warm ns on 1 core with one token", "%.0f", r.parallel.same.one),
		number("warm ns on 2 cores with one token", "%.0f", r.parallel.same.two),
		number("floor ns on 1 core", "%.0f", r.parallel.floor.one),
		number("floor ns on 2 cores", "%.0f", r.parallel.floor.two),
		number("middleware adds ns", "%.0f", r.middleware.nanoseconds),
		number("heap grown meanwhile, KB", "%.0f", float64(r.heapGrown)/1024),
		number("middleware adds allocs", "%.0f", r.middleware.allocations),
	)
}

// figures writes a ratio with two decimals, or three digits where it is large.
func figures(ratio float64) string {
	switch {
	case ratio >= 100:
		return fmt.Sprintf("%.0f", math.Round(ratio))
	case ratio >= 10:
		return fmt.Sprintf("%.1f", ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}
