package faults

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

var showTable = flag.Bool("table", false, "print the table of all runs at the end")

// children are what this program does when a test starts it again: see asChild.
var children = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && children[os.Args[1]] != nil {
		if err := children[os.Args[1]](os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	// Runs on the real clock sleep most of the time.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	code := m.Run()
	if *showTable {
		table.print()
	}
	os.Exit(code)
}

// table collects the lines of all runs.
var table lines

type lines struct {
	mu   sync.Mutex
	list []line
}

// A line is what one run comes to.
type line struct {
	scenario, clock string
	fetches         int           // requests for key sets that arrived
	asked           int           // tokens that were verified
	waited          int           // of these, how many did not get their answer at once
	longest         time.Duration // the longest such wait
	wrong           int           // answers that must not be
	remark          string
}

// count adds one verification. On the real clock, who waits for the network and who
// for the scheduler is told apart by the order of magnitude.
func (l *line) count(took time.Duration, simulated bool) {
	l.asked++
	l.longest = max(l.longest, took)
	if took > 10*time.Millisecond || (simulated && took > 0) {
		l.waited++
	}
}

func (l line) cells() []string {
	return []string{
		l.scenario, l.clock, fmt.Sprint(l.fetches), fmt.Sprint(l.asked), fmt.Sprint(l.waited),
		l.longest.Round(time.Millisecond).String(), fmt.Sprint(l.wrong), l.remark,
	}
}

func (l line) String() string {
	return fmt.Sprintf("faults: %s, %s clock: fetches %d, tokens %d, waited %d (longest %v), wrong answers %d; %s",
		l.scenario, l.clock, l.fetches, l.asked, l.waited, l.longest.Round(time.Millisecond), l.wrong, l.remark)
}

func (l *lines) add(one line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, one)
}

func (l *lines) print() {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.SortStableFunc(l.list, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(b.clock, a.clock))
	})
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "SCENARIO\tCLOCK\tFETCHES\tTOKENS\tWAITED\tLONGEST\tWRONG\tREMARKS")
	for _, one := range l.list {
		fmt.Fprintln(w, strings.Join(one.cells(), "\t"))
	}
}
