package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A test is one test function, with what it does without a mutant.
type test struct {
	folder  string
	name    string
	took    time.Duration
	reached map[int]bool // the numbers of mutants whose code it runs
}

// measuring are tests that count allocations or fill a cache: the code that chooses a
// mutant costs too much for them, and they look at no decision.
var measuring = regexp.MustCompile("^(TestCacheMillionEntries|TestCacheIsBounded|TestMillionUnknownNames|TestHitAllocatesNothing|TestFastPathDoesNotAllocate|TestRuntimeColdStart)$")

// measure runs each test of a folder whose name has one of the prefixes, by itself and
// without a mutant.
func (b *build) measure(ctx context.Context, folder string, prefixes []string) ([]*test, error) {
	output, err := b.start(ctx, folder, nil, "-test.list=^(Test|Fuzz|Example)")
	if err != nil {
		return nil, fmt.Errorf("listing the tests of %s: %w\n%s", folder, err, output)
	}
	var list []*test
	for name := range strings.FieldsSeq(output) {
		isAsked := slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if !isAsked || measuring.MatchString(name) {
			continue
		}
		t := &test{folder: folder, name: name}
		if err := b.measureOne(ctx, t); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b *test) int { return cmp.Compare(a.took, b.took) })
	return list, nil
}

func (b *build) measureOne(ctx context.Context, t *test) error {
	file := filepath.Join(b.temp, "reached")
	began := time.Now()
	output, err := b.start(ctx, t.folder, []string{reachedName + "=" + file}, "-test.timeout=5m", "-test.run="+exactly(t))
	if err != nil {
		return fmt.Errorf("%s of %s fails without a mutant: %w\n%s", t.name, t.folder, err, output)
	}
	t.took = time.Since(began)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it reaches none
	}
	if err != nil {
		return err
	}
	t.reached = map[int]bool{}
	for line := range strings.Lines(string(text)) {
		number, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		t.reached[number] = true
	}
	return os.Remove(file)
}

// exactly is the regular expression for the names of tests.
func exactly(list ...*test) string {
	names := make([]string, 0, len(list))
	for _, t := range list {
		names = append(names, t.name)
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// batchTime is how long the tests of one process take together. Longer tests run by
// themselves.
const batchTime = time.Second

// batches returns the tests that reach a mutant as they are run: those of one folder
// after those of another, the quick ones first, and several quick ones in one process.
func (b *build) batches(m mutant) (list [][]*test) {
	var tried []*test
	for _, asked := range m.target.asked {
		var batch []*test
		var took time.Duration
		for _, t := range b.tests[asked.folder] {
			if !t.reached[m.number] || !asked.matches(t) || slices.Contains(tried, t) {
				continue
			}
			if took+t.took > batchTime && len(batch) > 0 {
				list = append(list, batch)
				batch, took = nil, 0
			}
			batch, took = append(batch, t), took+t.took
			tried = append(tried, t)
		}
		if len(batch) > 0 {
			list = append(list, batch)
		}
	}
	return list
}

// timeout is for a batch. A mutant can make tests wait forever.
func timeout(batch []*test) time.Duration {
	var took time.Duration
	for _, t := range batch {
		took += t.took
	}
	return max(10*took, 20*time.Second)
}
