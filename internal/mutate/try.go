package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A verdict says what became of a mutation.
type verdict string

const (
	killed   verdict = "killed"
	survived verdict = "SURVIVED"
	stale    verdict = "STALE" // it cannot be made any more
)

// A result tells how a mutation fared.
type result struct {
	mutation
	verdict verdict
	detail  string
	took    time.Duration
}

// tryAll tries the mutations, so many at once, and sends what became of each.
func (b *bench) tryAll(ctx context.Context, chosen []mutation, parallel int) <-chan result {
	due, results := make(chan mutation), make(chan result)
	var workers sync.WaitGroup
	for n := range parallel {
		workers.Go(func() {
			for m := range due {
				began := time.Now()
				what, detail := b.try(ctx, m, filepath.Join(b.temp, fmt.Sprint("worker", n)))
				if ctx.Err() == nil { // else it was not tried to the end
					results <- result{m, what, detail, time.Since(began)}
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

// try makes one mutation: in the woven tests, or laid over the copy from a folder of
// the worker's own.
func (b *bench) try(ctx context.Context, m mutation, folder string) (what verdict, detail string) {
	overlay := ""
	if m.number == 0 {
		text, err := os.ReadFile(filepath.Join(b.module, filepath.FromSlash(m.file)))
		if err != nil {
			return stale, err.Error()
		}
		broken, err := m.apply(string(text))
		if err != nil {
			return stale, err.Error()
		}
		if overlay, err = b.lay(folder, map[string]string{m.file: broken}); err != nil {
			return stale, err.Error()
		}
	}
	for _, t := range m.tests {
		var output string
		var err error
		if overlay == "" {
			output, err = b.runWoven(ctx, t, m.number)
		} else {
			output, err = b.runOverlaid(ctx, t, overlay)
		}
		if err == nil {
			continue
		}
		test, err := firstFailure(output)
		if err != nil {
			return stale, fmt.Sprintf("%v\n%s", err, output)
		}
		return killed, "by " + t.folder + " " + test
	}
	return survived, "no test fails"
}

var (
	failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	running = regexp.MustCompile(`(?m)^\s*running tests:\n\s*(\S+)`)
	crash   = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*`)
)

// firstFailure finds in the output of tests which one failed, the innermost. Where
// they did not run at all, that is the error.
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
