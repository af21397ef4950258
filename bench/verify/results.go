package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// results are those of a run.
type results struct {
	stage       *stage
	filled      filling
	heapGrown   int64                       // from before the first round to after the last, in bytes
	lanes       map[string]map[string]*lane // by contender and kind
	allocations map[string]allocations
	middleware  middlewareResult
	parallel    scalings
}

// nanoseconds returns the median over the rounds.
func (r *results) nanoseconds(contender, kind string) float64 {
	return median(r.lanes[contender][kind].samples)
}

// ratio returns the median of what the first takes for each of the second's, round by
// round.
func (r *results) ratio(contender, kind, of, ofKind string) float64 {
	above, below := r.lanes[contender][kind].samples, r.lanes[of][ofKind].samples
	ratios := make([]float64, len(above))
	for n := range above {
		ratios[n] = above[n] / below[n]
	}
	return median(ratios)
}

func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// print writes the tables, and last the lines for scripts.
func (r *results) print(w io.Writer) {
	r.printConditions(w)
	r.printTypical(w)
	r.printShapes(w)
	if r.stage.leftOut != "" {
		fmt.Fprintf(w, "\nleft out, the verifiers from npm: %s\n", r.stage.leftOut)
	}
	fmt.Fprintln(w)
	for _, l := range r.lines() {
		fmt.Fprintf(w, "%s: %s\n", l.name, l.value)
	}
}

func (r *results) printConditions(w io.Writer) {
	fmt.Fprintf(w, "%d rounds, %d distinct tokens of %d bytes; medians\n",
		r.stage.options.rounds, r.stage.options.tokens, r.stage.bytes(tokens.Typical))
	fmt.Fprintf(w, "poolguard's cache, at its default size, was %s\n", r.filled)
	var versions []string
	for _, name := range slices.SortedFunc(maps.Keys(r.stage.versions), compareFold) {
		versions = append(versions, name+" "+r.stage.versions[name])
	}
	fmt.Fprintf(w, "%s\n\n", strings.Join(versions, ", "))
}

func compareFold(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

// bytes is how long the shape's tokens are on average.
func (s *stage) bytes(shape tokens.Shape) int {
	total := 0
	for _, raw := range s.sets[shape.Name] {
		total += len(raw)
	}
	return total / len(s.sets[shape.Name])
}

func (r *results) printTypical(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "verify one token\tcold, µs\t× floor\tallocations\tbytes\twarm, µs\tone of many, µs\tallocations\t\n")
	for _, c := range r.stage.contenders {
		coldKind, warmKind := cold(tokens.Typical), warm(tokens.Typical)
		fresh, size, again := "", "", ""
		if count, counted := r.allocations[c.name]; counted {
			fresh, size, again = fmt.Sprint(count.cold), fmt.Sprintf("%.0f", count.coldBytes), fmt.Sprint(count.warm)
		}
		fmt.Fprintf(table, "%s\t%s\t%.2f\t%s\t%s\t%s\t%s\t%s\t\n", c.name,
			micro(r.nanoseconds(c.name, coldKind)), r.ratio(c.name, coldKind, floor, coldKind), fresh, size,
			micro(r.nanoseconds(c.name, warmKind)), micro(r.nanoseconds(c.name, warmMany)), again)
	}
	_ = table.Flush() // to a person: what cannot be shown cannot be reported either
}

func (r *results) printShapes(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\nother tokens, µs\t")
	for _, kind := range []string{"cold", "warm"} {
		for _, shape := range tokens.Shapes() {
			fmt.Fprintf(table, "%s %s\t", kind, shape.Name)
		}
	}
	fmt.Fprint(table, "\nbytes\t")
	for range 2 {
		for _, shape := range tokens.Shapes() {
			fmt.Fprintf(table, "%d\t", r.stage.bytes(shape))
		}
	}
	fmt.Fprintln(table)
	for _, c := range r.stage.contenders {
		fmt.Fprintf(table, "%s\t", c.name)
		for _, shape := range tokens.Shapes() {
			fmt.Fprintf(table, "%s\t", micro(r.nanoseconds(c.name, cold(shape))))
		}
		for _, shape := range tokens.Shapes() {
			fmt.Fprintf(table, "%s\t", micro(r.nanoseconds(c.name, warm(shape))))
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush() // as above
}

// micro writes nanoseconds as microseconds.
func micro(nanoseconds float64) string {
	if nanoseconds < 10_000 {
		return fmt.Sprintf("%.2f", nanoseconds/1000)
	}
	return fmt.Sprintf("%.1f", nanoseconds/1000)
}
