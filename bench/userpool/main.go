package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"syscall"
	"time"

	"github.com/poolguard/poolguard/bench/internal/program"
)

func main() {
	// All of them end the servers that were started, too: also where the reader has gone.
	program.Main("userpool", parse, run, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
}

// options are the settings of a run.
type options struct {
	rounds, starts int
	turn           time.Duration
	clients        int    // at once, in the second of the two settings; the first has one
	flows          string // a regexp
	source         string // the folder of the repository, to build the command
	command        string // the command, built before; "" builds it
	peer           string // the folder that cognito-local is installed in
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("userpool", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.rounds, "rounds", 60, "how often each flow has its turn")
	flags.DurationVar(&o.turn, "turn", 60*time.Millisecond, "how long a turn takes, more or less")
	flags.IntVar(&o.starts, "starts", 10, "how often each server is started to time that")
	flags.IntVar(&o.clients, "clients", 4, "how many clients there are at once, beside the rounds with one; at least 2")
	flags.StringVar(&o.flows, "flows", "", "measure the flows whose name matches this `regexp`, and fewer lines for scripts")
	flags.StringVar(&o.source, "source", "..", "the `folder` of the repository, to build the command")
	flags.StringVar(&o.command, "command", "", "the `file` of the command, if it need not be built")
	flags.StringVar(&o.peer, "cognito-local", "testdata/cognito-local", "the `folder` that cognito-local is installed in")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.rounds < 1 || o.starts < 1 || o.clients < 2 || o.turn <= 0 {
		return o, errors.New("want -rounds and -starts of at least 1, -clients of at least 2, a -turn, and no arguments")
	}
	if _, err := regexp.Compile(o.flows); err != nil {
		return o, fmt.Errorf("-flows: %w", err)
	}
	return o, nil
}

// run measures and prints.
func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	folder, err := os.MkdirTemp("", "poolguard-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	s, err := newStage(ctx, o, folder, stderr)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.measure(ctx); err != nil {
		return err
	}
	if err := s.weigh(); err != nil {
		return err
	}
	s.print(stdout)
	return nil
}
