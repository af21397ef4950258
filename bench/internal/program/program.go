// Package program is what the programs of this module have in common: how they start
// and how they end. It knows nothing of what they measure.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// Main parses the command line and runs, until one of the signals comes. What goes
// wrong is printed with the program's name, and ends it with status 1.
func Main[Options any](name string, parse func(args []string, stderr io.Writer) (Options, error),
	run func(ctx context.Context, o Options, stdout, stderr io.Writer) error, signals ...os.Signal) {
	if err := start(parse, run, signals); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func start[Options any](parse func([]string, io.Writer) (Options, error), run func(context.Context, Options, io.Writer, io.Writer) error, signals []os.Signal) error {
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	options, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return run(ctx, options, os.Stdout, os.Stderr)
}
