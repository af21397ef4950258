package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"

	"github.com/poolguard/poolguard/bench/internal/program"
)

func main() {
	program.Main("strict", func(args []string, stderr io.Writer) (options, error) {
		o, err := parse(args, stderr)
		o.ci = os.Getenv("CI") == "true"
		return o, err
	}, run, os.Interrupt)
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
