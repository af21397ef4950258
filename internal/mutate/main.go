// Command mutate breaks the checks of the verifier, one at a time, and shows that
// the tests notice each:
//
//	make mutate
//	make mutate ONLY=exp
//
// The breaks are a table (the files table_*.go): a piece of text in a file of the
// module cognito and what stands there instead. The tree is never touched: the
// tests run in a temporary copy of the module. Where a break lies within a function,
// as most do, the copy's function gets a broken twin, and the tests are compiled
// once with all of them and run once for each; what lies elsewhere is compiled by
// itself.
//
// The exit status is 1 where a break goes unnoticed, where one no longer applies or
// does not compile, so that the table stays true, and where the tests fail without
// any.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"
)

func main() {
	if err := report(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1) //nolint:forbidigo // main is where the process meets the program
	}
}

// report does what the arguments of the process say.
func report(out io.Writer) error {
	module := flag.String("module", "cognito", "folder of the module")
	only := flag.String("only", "", "regular expression for the breaks to make, by their files and names")
	parallel := flag.Int("parallel", 2, "how many to try at once")
	every := flag.Int("every", 1, "try each nth of them only: a sample")
	list := flag.Bool("list", false, "list the breaks, and make none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	chosen, err := choose(*only, max(*every, 1))
	switch {
	case err != nil:
		return err
	case *list:
		for _, m := range chosen {
			fmt.Fprintf(out, "%-28s %s\n", m.file, m.name)
		}
		return nil
	}
	return run(ctx, out, *module, chosen, max(*parallel, 1))
}

// choose returns the mutations that pattern matches, each nth of them.
func choose(pattern string, every int) ([]mutation, error) {
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	var matching, chosen []mutation
	for _, m := range all() {
		if names[m.String()] {
			return nil, fmt.Errorf("two breaks are called %s", m)
		}
		names[m.String()] = true
		if wanted.MatchString(m.String()) {
			matching = append(matching, m)
		}
	}
	for n := 0; n < len(matching); n += every {
		chosen = append(chosen, matching[n])
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no break matches %q", pattern)
	}
	return chosen, nil
}

// run tries the mutations and reports on each.
func run(ctx context.Context, out io.Writer, module string, chosen []mutation, parallel int) error {
	began := time.Now()
	bench, err := newBench(module)
	if err != nil {
		return err
	}
	defer bench.close()
	if err := bench.weave(ctx, chosen); err != nil {
		return err
	}
	fmt.Fprintf(out, "without a break the tests pass (%v)\n", time.Since(began).Round(time.Second))
	count := map[verdict]int{}
	for result := range bench.tryAll(ctx, chosen, parallel) {
		count[result.verdict]++
		fmt.Fprintf(out, "%-9s %-28s %s: %s (%v)\n", result.verdict, result.file, result.name, result.detail, result.took.Round(time.Second/10))
		if result.verdict != killed {
			fmt.Fprintf(out, "          which would mean: %s\n", result.means)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	fmt.Fprintf(out, "mutate: %d breaks, %d killed, %d survived, %d that cannot be made, in %v\n",
		len(chosen), count[killed], count[survived], count[stale], time.Since(began).Round(time.Second))
	if count[killed] != len(chosen) {
		return fmt.Errorf("%d of %d breaks were not killed", len(chosen)-count[killed], len(chosen))
	}
	return nil
}
