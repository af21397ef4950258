package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"
)

func main() {
	if err := command(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1) //nolint:forbidigo // main is where the process meets the program
	}
}

// options are the command's flags.
type options struct {
	module   string
	only     *regexp.Regexp
	all      bool
	ignored  bool
	list     bool
	verbose  bool
	every    int
	parallel int
}

func command(out io.Writer, arguments []string) error {
	var o options
	var only string
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.StringVar(&o.module, "module", ".", "folder of the module")
	flags.StringVar(&only, "only", "", "regular expression for the mutants to try, as -list prints them")
	flags.BoolVar(&o.all, "all", false, "every package, not the core alone")
	flags.BoolVar(&o.ignored, "ignored", false, "try the mutants that directives ignore: all must survive")
	flags.BoolVar(&o.list, "list", false, "list the mutants and try none")
	flags.BoolVar(&o.verbose, "v", false, "print every mutant, not the survivors alone")
	flags.IntVar(&o.every, "every", 1, "try one of so many mutants: a sample, always the same")
	flags.IntVar(&o.parallel, "parallel", 2, "mutants to try at once")
	err := flags.Parse(arguments)
	if err != nil {
		return err
	}
	if o.only, err = regexp.Compile(only); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return o.run(ctx, out, targets, rules)
}

// run finds the mutants and tries those that the options choose.
func (o options) run(ctx context.Context, out io.Writer, targets []target, rules []rule) error {
	began := time.Now()
	sources, err := readModule(o.module, targets, rules)
	if err != nil {
		return err
	}
	chosen := o.choose(sources)
	if len(chosen) == 0 {
		return fmt.Errorf("no mutant matches %q", o.only)
	}
	if o.list {
		for _, m := range chosen {
			fmt.Fprintln(out, m)
		}
		return nil
	}
	b, err := newBuild(o.module, sources)
	if err != nil {
		return err
	}
	defer b.remove()
	if err := b.prepare(ctx, chosen); err != nil {
		return err
	}
	fmt.Fprintf(out, "the tests pass without a mutant (%v)\n", time.Since(began).Round(time.Second))
	return o.report(ctx, out, b, chosen, began)
}

// removedEvery keeps make mutate short: without -all and -only, one in so many removed
// statements is tried.
const removedEvery = 4

// choose returns the mutants that the options ask for.
func (o options) choose(sources []*source) (chosen []mutant) {
	for _, s := range sources {
		for _, m := range s.mutants {
			whole := o.all || o.only.String() != ""
			every := max(o.every, 1)
			if m.kind == removed && !whole {
				every *= removedEvery
			}
			if (whole || m.target.core) && (m.ignored != nil) == o.ignored && m.sampled(every) && o.only.MatchString(m.String()) {
				chosen = append(chosen, m)
			}
		}
	}
	return chosen
}

func (o options) report(ctx context.Context, out io.Writer, b *build, chosen []mutant, began time.Time) error {
	count := map[bool]int{}
	var stale []error // directives
	for r := range b.tryAll(ctx, chosen, max(o.parallel, 1)) {
		if r.err != nil {
			return fmt.Errorf("%s: %w", r.mutant, r.err)
		}
		count[r.survived]++
		if r.survived != o.ignored || o.verbose {
			fmt.Fprintf(out, "%-8s %s: %s (%v)\n", r.word(), r.mutant, r.by, r.took.Round(time.Second/10))
		}
		if r.ignored != nil && !r.survived {
			stale = append(stale, fmt.Errorf("%s: a mutant is hidden and does not survive: %s: %s; name the kinds that do, or delete the directive", r.ignored.at, r.mutant, r.by))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	fmt.Fprintf(out, "mutate: %d mutants, %d killed, %d survived, in %v\n",
		len(chosen), count[false], count[true], time.Since(began).Round(time.Second))
	if o.ignored {
		return errors.Join(stale...)
	}
	if count[true] > 0 {
		return fmt.Errorf("%d of %d mutants survived: add a test, or a directive that says why there can be none", count[true], len(chosen))
	}
	return nil
}
