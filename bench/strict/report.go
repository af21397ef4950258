package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"text/tabwriter"
)

// A report is what a run has found.
type report struct {
	questions []question
	notAsked  int
	verdicts  *verdicts
}

func (r report) print(w io.Writer) {
	fmt.Fprintf(w, "%d cases; %d more are under settings that the peers have no means for, and were not asked\n", len(r.questions), r.notAsked)
	if r.verdicts.leftOut != "" {
		fmt.Fprintf(w, "left out, the verifiers from npm: %s\n", r.verdicts.leftOut)
	}
	fmt.Fprintln(w, "\nACCEPTED, and must be refused; by the code of the reason")
	r.printCodes(w)
	fmt.Fprintln(w, "\nACCEPTED, and must be refused; case by case")
	r.printCases(w, false)
	fmt.Fprintln(w, "\nREFUSED, and is good")
	r.printCases(w, true)
	fmt.Fprintln(w)
	for _, name := range r.verdicts.verifiers {
		wrong, of := r.count(name, func(q question) bool { return !q.valid })
		fmt.Fprintf(w, "%s accepts: %d of %d that must be refused\n", name, wrong, of)
		wrong, of = r.count(name, func(q question) bool { return q.valid })
		fmt.Fprintf(w, "%s refuses: %d of %d that are good\n", name, wrong, of)
	}
}

// count returns how many of such questions the verifier got wrong, and how many it was
// asked.
func (r report) count(verifier string, which func(question) bool) (wrong, of int) {
	for _, q := range r.questions {
		accepted, asked := r.verdicts.accepted[verifier][q.id]
		if !asked || !which(q) {
			continue
		}
		of++
		if accepted != q.valid {
			wrong++
		}
	}
	return wrong, of
}

func (r report) printCodes(w io.Writer) {
	table := r.table(w, "cases")
	codes := map[string]int{}
	for _, q := range r.questions {
		if !q.valid {
			codes[q.code]++
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		fmt.Fprintf(table, "%s\t%d\t", code, codes[code])
		for _, name := range r.verdicts.verifiers {
			wrong, _ := r.count(name, func(q question) bool { return !q.valid && q.code == code })
			fmt.Fprintf(table, "%s\t", numberOrDot(wrong))
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush() // to a person: what cannot be shown cannot be reported either
}

func numberOrDot(n int) string {
	if n == 0 {
		return "·"
	}
	return strconv.Itoa(n)
}

// printCases shows the cases that somebody got wrong.
func (r report) printCases(w io.Writer, valid bool) {
	table := r.table(w, "code")
	for _, q := range r.questions {
		if q.valid != valid {
			continue
		}
		marks, somebody := "", false
		for _, name := range r.verdicts.verifiers {
			accepted, asked := r.verdicts.accepted[name][q.id]
			switch {
			case !asked:
				marks += "-\t"
			case accepted == valid:
				marks += "·\t"
			default:
				marks += "X\t"
				somebody = true
			}
		}
		if somebody {
			fmt.Fprintf(table, "%s\t%s\t%s\n", q.id, q.code, marks)
		}
	}
	_ = table.Flush() // as above
}

func (r report) table(w io.Writer, column string) *tabwriter.Writer {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\t%s\t", column)
	for _, name := range r.verdicts.verifiers {
		fmt.Fprintf(table, "%s\t", name)
	}
	fmt.Fprintln(table)
	return table
}
