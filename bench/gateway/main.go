package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/poolguard/poolguard/bench/internal/program"
)

func main() {
	// All of them end the servers that were started, too: also where the reader has gone.
	program.Main("gateway", parse, run, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
}

// options are the settings of a run.
type options struct {
	rounds      int
	turn        time.Duration
	connections int
	tokens      int
	command     string // poolguard
	peer        string // oauth2-proxy
	caddy       string // Caddy with the module
	svg         string // the file of the chart, "" for none
	serve       bareServer
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.rounds, "rounds", 7, "how often each server has its turn")
	flags.DurationVar(&o.turn, "turn", 2*time.Second, "how long a turn takes, in whole seconds")
	flags.IntVar(&o.connections, "connections", 32, "how many connections there are at once")
	flags.IntVar(&o.tokens, "tokens", 40000, "how many tokens the requests of a turn with new tokens have")
	flags.StringVar(&o.command, "command", "../.bin/poolguard", "the `file` of the command")
	flags.StringVar(&o.peer, "oauth2-proxy", "../.bin/oauth2-proxy", "the `file` of oauth2-proxy")
	flags.StringVar(&o.caddy, "caddy", "../.bin/caddy", "the `file` of Caddy with the module")
	flags.StringVar(&o.svg, "svg", "", "draw the chart into this `file`")
	flags.StringVar(&o.serve.kind, "serve", "", "be a server that decides nothing, http or grpc; the measurement starts it")
	flags.StringVar(&o.serve.address, "address", "", "where that server listens")
	flags.StringVar(&o.serve.answer, "answer", "", "the `file` with its answer")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.rounds < 1 || o.turn < time.Second || o.turn%time.Second != 0 || o.connections < 1 || o.tokens < 1 {
		return o, errors.New("want -rounds, -connections and -tokens of at least 1, a -turn in whole seconds, and no arguments")
	}
	return o, nil
}

// run measures and prints.
func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	if o.serve.kind != "" {
		return o.serve.run(ctx)
	}
	folder, err := os.MkdirTemp("", "poolguard-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	s := &stage{options: o, folder: folder, stderr: stderr}
	defer s.close()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.measure(ctx); err != nil {
		return err
	}
	s.print(stdout)
	if o.svg != "" {
		return s.draw(o.svg)
	}
	return nil
}
