package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// switchName is the environment variable that chooses the mutant, by its number.
const switchName = "POOLGUARD_MUTANT"

// reachedName is the environment variable with the file to which the tests add the
// numbers of the mutants that they reach.
const reachedName = "POOLGUARD_MUTANTS_REACHED"

// An edit puts text around a part of a file. The parts of edits lie within each
// other or apart.
type edit struct {
	from, to      int
	before, after string
	breaks        bool // it leaves a switch
}

// mutated is the expression that is true when the mutant of that number is chosen.
func mutated(number int) string { return "mutantIs(" + digits(number) + ")" }

func digits(number int) string { return strconv.Itoa(number) }

// instrumented returns the file with all of its mutants in it. Lines keep their
// numbers.
func (s *source) instrumented() string {
	type piece struct {
		at, rank, order int
		text            string
	}
	var pieces []piece
	for n, e := range s.edits {
		if e.from == e.to {
			pieces = append(pieces, piece{e.from, 1, n, e.before})
			continue
		}
		// At one place ends come first, the inner before the outer; then beginnings,
		// the outer before the inner.
		pieces = append(pieces,
			piece{e.from, 2, (len(s.text)-e.to)*len(s.edits) + n, e.before},
			piece{e.to, 0, (len(s.text)-e.from)*len(s.edits) - n, e.after})
	}
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.order, b.order))
	})
	var b strings.Builder
	last := 0
	for _, p := range pieces {
		b.WriteString(s.text[last:p.at])
		b.WriteString(p.text)
		last = p.at
	}
	return b.String() + s.text[last:]
}

// chooser is the file that a package with mutants needs.
func chooser(packageName string) string {
	return `package ` + packageName + `

import (
	"os"
	"strconv"
	"sync/atomic"
)

var (
	chosenMutant, _ = strconv.Atoi(os.Getenv("` + switchName + `"))
	reachedFile     = os.Getenv("` + reachedName + `")
	reachedMutants  [1 << 16]atomic.Bool // by number; noting one must not allocate
)

func mutantIs(number int) bool {
	if reachedFile != "" {
		noteMutant(number)
	}
	return number == chosenMutant
}

func noteMutant(number int) {
	if reachedMutants[number].Swap(true) {
		return
	}
	file, err := os.OpenFile(reachedFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err == nil {
		_, err = file.WriteString(strconv.Itoa(number) + "\n")
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		panic(err)
	}
}

func mutantOr[T any](number int, original, other T) T {
	if mutantIs(number) {
		return other
	}
	return original
}
`
}
