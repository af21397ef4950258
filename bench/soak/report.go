package main

import (
	"fmt"
	"io"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// print writes the counts.
func (s *stage) print(w io.Writer) {
	c := &s.counts
	fmt.Fprintf(w, "%v at %.0f requests/s, to:", s.options.length.Round(time.Second), s.perSecond)
	for _, t := range s.targets {
		fmt.Fprintf(w, " %s", t.name)
	}
	fmt.Fprintf(w, "\nchanges: %d rotations, %d failures of the key set, %d configurations, %d restarts of proxies\n",
		c.rotations.Load(), c.failures.Load(), c.reloads.Load(), c.restarts.Load())
	for _, line := range []struct {
		name  string
		count int64
	}{
		{"requests", c.requests.Load()},
		{"stated denials, new keys not known yet", c.statedDenials.Load()},
		{"stated failures, the proxy restarts", c.statedFailures.Load()},
		{"wrong allows", c.wrongAllows.Load()},
		{"wrong denials", c.wrongDenials.Load()},
		{"5xx and broken connections", c.serverErrors.Load()},
	} {
		fmt.Fprintf(w, "%s: %d\n", line.name, line.count)
	}
	if usage.CanSee {
		fmt.Fprintf(w, "resident memory at start and end: %.1f MB, %.1f MB\n", float64(s.before.bytes)/1e6, float64(s.after.bytes)/1e6)
		fmt.Fprintf(w, "descriptors at start and end: %d, %d\n", s.before.descriptors, s.after.descriptors)
	}
}
