package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/poolguard/poolguard/bench/internal/program"
)

func main() { program.Main("pools", parse, run, os.Interrupt) }

// options are the settings of a run.
type options struct {
	pools, tokens, rounds, strangers int
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("pools", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.pools, "pools", 10_000, "how many user pools there are")
	flags.IntVar(&o.tokens, "tokens", 10_000, "how many tokens there are, spread over the pools; at least one for each")
	flags.IntVar(&o.rounds, "rounds", 20, "in how many turns they are verified")
	flags.IntVar(&o.strangers, "strangers", 200_000, "how many made-up issuers there are")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.pools < 100 || o.tokens < o.pools || o.rounds < 1 || o.rounds > o.tokens || o.strangers < 1 {
		return o, errors.New("want -pools of at least 100, -tokens of at least that, -rounds of at least 1, -strangers, and no arguments")
	}
	return o, nil
}

// run measures and prints.
func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	var lanes []*lane
	for _, pools := range []int{1, 100, o.pools} {
		fmt.Fprintf(stderr, "pools: signing %d tokens of %d user pools\n", o.tokens, pools)
		l, err := newLane(ctx, o, pools)
		if err != nil {
			return err
		}
		lanes = append(lanes, l)
	}
	for round := range o.rounds {
		for _, l := range lanes {
			if err := l.turn(ctx, round, o.rounds); err != nil {
				return err
			}
		}
	}
	flood, err := measureFlood(ctx, o.strangers)
	if err != nil {
		return err
	}
	crowded, err := measureCrowd(ctx, lanes[len(lanes)-1], o.pools/10)
	if err != nil {
		return err
	}
	report(stdout, lanes, crowded, flood)
	return nil
}
