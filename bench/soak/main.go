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
	program.Main("soak", parse, run, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
}

// options are the settings of a run.
type options struct {
	length  time.Duration
	workers int
	command string // poolguard
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.DurationVar(&o.length, "for", 10*time.Minute, "how long the load lasts")
	flags.IntVar(&o.workers, "workers", 32, "how many requests there are at once at most")
	flags.StringVar(&o.command, "command", "../.bin/poolguard", "the `file` of the command")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.length <= 0 || o.workers < 1 {
		return o, errors.New("want a length with -for, at least one of -workers, and no arguments")
	}
	return o, nil
}

var (
	errWrong = errors.New("answers were wrong")
	errGrown = errors.New("the gateway holds more memory or descriptors than its limits explain")
)

// run puts the load on and prints the counts.
func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	folder, err := os.MkdirTemp("", "poolguard-soak-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	s := &stage{options: o, folder: folder, stderr: stderr}
	defer s.close()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.soak(ctx); err != nil {
		return err
	}
	s.print(stdout)
	if s.counts.isWrong() {
		return errWrong
	}
	if s.after.isAbove(s.before, o.workers) {
		return errGrown
	}
	return nil
}
