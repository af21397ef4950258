package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"time"

	"github.com/poolguard/poolguard/bench/internal/program"
)

func main() {
	program.Main("verify", func(args []string, stderr io.Writer) (options, error) {
		o, err := parse(args, stderr)
		o.ci = os.Getenv("CI") == "true"
		return o, err
	}, run, os.Interrupt)
}

// options are the settings of a run.
type options struct {
	rounds, tokens int
	node           string        // the folder of the driver
	svg            string        // where the chart goes; "" draws none
	window         time.Duration // of each throughput on one core or two
	ci             bool          // what is missing is a failure
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.rounds, "rounds", 100, "how often each contender has its turn")
	flags.IntVar(&o.tokens, "tokens", 50_000, "how many distinct tokens there are for all rounds together; at least one a round")
	flags.DurationVar(&o.window, "window", 250*time.Millisecond, "how long each throughput on one core or two is measured")
	flags.StringVar(&o.node, "node", "testdata/node", "the `folder` of the driver for Node.js")
	flags.StringVar(&o.svg, "svg", "", "the `file` to draw a chart into")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.rounds < 1 || o.tokens < o.rounds || o.window <= 0 {
		return o, errors.New("want -rounds of at least 1, -tokens of at least that, a positive -window, and no arguments")
	}
	return o, nil
}

// run measures and prints.
func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	s, err := newStage(ctx, o, stderr)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.tryRefusals(ctx); err != nil {
		return err
	}
	filled, err := s.fill(ctx)
	if err != nil {
		return err
	}
	before := liveHeap()
	results, err := s.measure(ctx)
	if err != nil {
		return err
	}
	results.filled, results.heapGrown = filled, liveHeap()-before
	results.print(stdout)
	if o.svg == "" {
		return nil
	}
	return results.draw(o.svg)
}
