package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "strict:", err)
		os.Exit(1)
	}
}

func start() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	options, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	options.ci = os.Getenv("CI") == "true"
	return run(ctx, options, os.Stdout, os.Stderr)
}

// options are the settings of a run.
type options struct {
	vectors string // their folder
	node    string // the folder of the driver
	ci      bool   // what is missing is a failure
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("strict", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.vectors, "vectors", "../cognito/testdata/vectors", "the `folder` of the vectors")
	flags.StringVar(&o.node, "node", "testdata/node", "the `folder` of the driver for Node.js")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, errors.New("want no arguments")
	}
	return o, nil
}

func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	questions, notAsked, err := readVectors(o.vectors)
	if err != nil {
		return err
	}
	v, err := ask(ctx, questions, o, stderr)
	if err != nil {
		return err
	}
	report{questions, notAsked, v}.print(stdout)
	return nil
}
