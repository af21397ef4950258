package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

var encoding = base64.RawURLEncoding

// median returns the middle one of samples.
func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[len(sorted)/2]
}

func report(w io.Writer, lanes []*lane, c crowd, f flood) {
	fmt.Fprintf(w, "%d tokens in %d turns, medians of the turns\n\n", len(lanes[0].raws), len(lanes[0].coldTimes))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "user pools\tsignature check\tnew token\tof that\tknown token\tof that\tmemory of a pool\t")
	for _, l := range lanes {
		floor := median(l.floorTimes)
		fmt.Fprintf(table, "%d\t%.1f µs\t%.1f µs\t× %.2f\t%.0f ns\t1/%.0f\t%.1f KB\t\n", l.pools, floor/1000,
			median(l.coldTimes)/1000, median(l.coldTimes)/floor, median(l.warmTimes), floor/median(l.warmTimes), l.poolBytes/1024)
	}
	table.Flush() //nolint:errcheck // output to a person
	first, last := lanes[0], lanes[len(lanes)-1]
	fmt.Fprintf(w, "\n%d pools with MaxPools %d: %.1f KB for each that may be kept\n", last.pools, c.kept, c.poolBytes/1024)
	fmt.Fprintf(w, "%d issuers that were made up: Resolve asked %d times, %d key sets fetched, heap grown by %.1f MB\n\n", f.strangers, f.asked, f.fetches, f.heapMB)
	for _, line := range []struct {
		name  string
		value float64
	}{
		{"new token, cost with all pools/with one", median(last.coldTimes) / median(last.floorTimes) / (median(first.coldTimes) / median(first.floorTimes))},
		{"known token, cost with all pools/with one", median(last.warmTimes) / median(first.warmTimes)},
		{"KB of a pool", last.poolBytes / 1024},
		{"KB of a pool where most make room", c.poolBytes / 1024},
		{"MB grown by made-up issuers", f.heapMB},
		{"key sets fetched for made-up issuers", float64(f.fetches)},
	} {
		fmt.Fprintf(w, "%s: %.2f\n", line.name, line.value)
	}
}
