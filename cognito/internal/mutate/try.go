package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A result is what became of a mutant.
type result struct {
	mutant
	survived bool
	by       string // the test that noticed it
	took     time.Duration
	err      error // the tests did not run
}

func (r result) word() string {
	if r.survived {
		return "SURVIVED"
	}
	return "killed"
}

// tryAll tries the mutants, so many at once, and sends what became of each.
func (b *build) tryAll(ctx context.Context, chosen []mutant, parallel int) <-chan result {
	due, results := make(chan mutant), make(chan result, len(chosen))
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for m := range due {
				r := b.try(ctx, m)
				if ctx.Err() == nil { // else it was not tried to the end
					results <- r
				}
			}
		})
	}
	go func() {
		defer close(results)
		for _, m := range chosen {
			if ctx.Err() != nil {
				break
			}
			due <- m
		}
		close(due)
		workers.Wait()
	}()
	return results
}

// try runs the tests that reach a mutant until one fails.
func (b *build) try(ctx context.Context, m mutant) result {
	began := time.Now()
	r := result{mutant: m, survived: true, by: "no test reaches it"}
	for _, batch := range b.batches(m) {
		r.by = "no test fails"
		folder := batch[0].folder
		output, err := b.start(ctx, folder, []string{switchName + "=" + digits(m.number)},
			"-test.failfast", "-test.timeout="+timeout(batch).String(), "-test.run="+exactly(batch...))
		if err == nil {
			continue
		}
		r.survived = false
		test, err := firstFailure(output)
		if err != nil {
			r.err = fmt.Errorf("%w\n%s", err, output)
		}
		r.by = "by " + folder + " " + test
		break
	}
	r.took = time.Since(began)
	return r
}

var (
	failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	running = regexp.MustCompile(`(?m)^\s*running tests:\n\s*(\S+)`)
	crash   = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*`)
)

var errNoVerdict = errors.New("the tests neither passed nor failed")

// firstFailure finds in the output of tests which one failed, the innermost.
func firstFailure(output string) (string, error) {
	if found := running.FindStringSubmatch(output); found != nil {
		return found[1] + ", which did not end", nil
	}
	name := ""
	for n, found := range failure.FindAllStringSubmatch(output, -1) {
		if n > 0 && !strings.HasPrefix(found[1], name+"/") {
			break
		}
		name = found[1]
	}
	if found := crash.FindString(output); name == "" && found != "" {
		name = "a crash: " + found
	}
	if name == "" {
		return "", errNoVerdict
	}
	return name, nil
}
