package main

import (
	"fmt"
	"hash/fnv"
	"slices"
)

// A kind is what a mutant changes.
type kind string

const (
	// never: a condition, or one alternative of it, is false. The check is gone.
	never kind = "never"
	// always: one condition among several that must all hold is true.
	always kind = "always"
	// boundary: < is <=, > is >=, and the reverse; Before and After of times too.
	boundary kind = "boundary"
	// unchecked: the error of a check that a function returns is dropped.
	unchecked kind = "unchecked"
	// skipped: the clause of a switch that refuses is not taken.
	skipped kind = "skipped"
	// first: a loop that refuses looks at the first element only.
	first kind = "first"
	// removed: a statement of a function that decides is gone: an assignment, a call
	// whose results are not used, or a jump out of a loop or to its next turn.
	removed kind = "removed"
	// rewritten: an expression is replaced by the table in rules.go.
	rewritten kind = "rewritten"
)

var kinds = []kind{never, always, boundary, unchecked, skipped, first, removed, rewritten}

// A mutant is one change of one decision.
type mutant struct {
	number   int // 1 and up, in the instrumented tests
	target   target
	file     string // in the module, with slashes
	function string
	line     int
	kind     kind
	text     string  // the source text that changes, in one line
	ignored  *ignore // why no test can notice; nil: a test must
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d %s: %s: %s", m.file, m.line, m.function, m.kind, m.text)
}

// sampled reports whether m is in a sample of one mutant in so many. A mutant keeps
// its place when lines or other functions change.
func (m mutant) sampled(every int) bool {
	h := fnv.New32a()
	fmt.Fprint(h, m.target.folder, m.function, m.kind, m.text)
	return h.Sum32()%uint32(every) == 0 //nolint:gosec // a small positive number
}

func isKind(s string) bool { return slices.Contains(kinds, kind(s)) }
