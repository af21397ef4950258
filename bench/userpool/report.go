package main

import (
	"fmt"
	"io"
	"math"
	"os/exec"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// print writes the tables, and last the lines for scripts.
func (s *stage) print(w io.Writer) {
	fmt.Fprintf(w, "%d rounds, turns of %v, %d cores, Go %s; medians\n",
		s.options.rounds, s.options.turn, runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go"))
	fmt.Fprint(w, `µs each passes for a sign-in, this program's share of the work included: HTTP, JSON, forms.
Server CPU is what the server's process used alone; it does not depend on who else wants a core.
× floor: of two signatures (machine: of one) right before, by as many goroutines as there are
clients; for CPU, of their CPU. Srp leaves out the client's arithmetic; srp with client has it.
`)
	for _, t := range s.targets {
		s.printTarget(w, t)
	}
	s.printConditions(w)
	for _, what := range s.leftOut {
		fmt.Fprintf(w, "left out, %s\n", what)
	}
	fmt.Fprintln(w)
	for _, l := range s.lines() {
		fmt.Fprintf(w, "%s: %s\n", l.name, l.value)
	}
}

func (s *stage) printTarget(w io.Writer, t *target) {
	for _, clients := range []int{1, s.options.clients} {
		at := "one client"
		if clients > 1 {
			at = fmt.Sprintf("%d clients at once", clients)
		}
		fmt.Fprintf(w, "\n%s, %s\n", t.title(), at)
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprint(table, "flow\tsign-ins/s\tµs each\t× floor\tserver CPU, µs\t× floor\t\n")
		s.printFloor(table, t, clients)
		for _, f := range t.flows {
			l := s.lane(t.name, f.name, clients)
			if l == nil {
				continue
			}
			printRow(table, f.name, l, wall)
			if f.name == flowSRP {
				printRow(table, "srp with client", l, withOwn)
			}
		}
		_ = table.Flush() // to a person: what cannot be shown cannot be reported either
	}
}

// printFloor has the median of what the floor took beside all of the target's flows.
func (s *stage) printFloor(w io.Writer, t *target, clients int) {
	all := lane{}
	for _, l := range s.lanes {
		if l.target == t && l.clients == clients {
			all.samples = append(all.samples, l.samples...)
		}
	}
	each, used := all.median(floorWall), ""
	if usage.CanSee {
		used = micro(all.median(floorCPU))
	}
	fmt.Fprintf(w, "two signatures\t%.0f\t%s\t1\t%s\t1\t\n", 1e9/each, micro(each), used)
}

func printRow(w io.Writer, name string, l *lane, of func(sample) float64) {
	used, ratio := "", ""
	if usage.CanSee {
		used, ratio = micro(l.median(cpu)), figures(l.overFloor(cpu, floorCPU))
	}
	each := l.median(of)
	fmt.Fprintf(w, "%s\t%.0f\t%s\t%s\t%s\t%s\t\n", name, 1e9/each, micro(each), figures(l.overFloor(of, floorWall)), used, ratio)
}

// printConditions says how the servers started, and what belongs to the figures.
func (s *stage) printConditions(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\n\tstart, ms\tagain\tfirst token, ms\tresident, MB\tafter the load\tsign-ins meanwhile\t\n")
	for _, t := range s.targets {
		again, token, before, after := "", "", "", ""
		if len(t.starts.again) > 0 {
			again = fmt.Sprintf("%.0f", milliseconds(t.starts.again))
		}
		if len(t.starts.token) > 0 {
			token = fmt.Sprintf("%.0f", milliseconds(t.starts.token))
		}
		if usage.CanSee {
			before, after = megabytes(t.starts.memory()), megabytes(t.memory)
		}
		fmt.Fprintf(table, "%s\t%.0f\t%s\t%s\t%s\t%s\t%d\t\n", t.title(), milliseconds(t.starts.ready), again, token, before, after, t.signedIn)
	}
	_ = table.Flush() // as above
	fmt.Fprintf(w, "start: until discovery answers, median of %d; again: with a directory that has a pool.\n", s.options.starts)
	if s.target(inDirectory) != nil && usage.OnMemory(s.folder) {
		fmt.Fprintln(w, "The directory is on a file system in memory, where keeping costs less: choose another by TMPDIR.")
	}
	if t := s.target(cognitoLocal); t != nil {
		s.printPeer(w)
	}
	if !usage.CanSee {
		fmt.Fprintln(w, "What a process uses cannot be seen on this system: columns stay empty.")
	}
}

// printPeer says what is unlike at the peer.
func (s *stage) printPeer(w io.Writer) {
	version := ""
	if output, err := exec.Command("node", "--version").Output(); err == nil { //nolint:noctx // it ends at once
		version = " in Node.js " + strings.TrimPrefix(strings.TrimSpace(string(output)), "v")
	}
	fmt.Fprintf(w, "cognito-local%s signs three tokens each time; its refresh api is REFRESH_TOKEN_AUTH.\n", version)
	if l := s.lane(cognitoLocal, flowPassword, 1); l != nil {
		tenth := max(1, len(l.samples)/10)
		early, late := *l, *l
		early.samples, late.samples = l.samples[:tenth], l.samples[len(l.samples)-tenth:]
		fmt.Fprintf(w, "For each password it writes its whole file, which grows: %s µs in the first tenth of rounds, %s in the last.\n",
			micro(early.median(wall)), micro(late.median(wall)))
	}
}

// micro writes nanoseconds as microseconds.
func micro(nanoseconds float64) string { return fmt.Sprintf("%.0f", nanoseconds/1000) }

func megabytes(bytes float64) string { return fmt.Sprintf("%.1f", bytes/(1<<20)) }

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
