package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito"
)

// A purpose says what a list of checks is for.
type purpose int

const (
	// verifying explains a verdict. What the token says is left out until its
	// signature held, and what the verdict advised already is not said again.
	verifying purpose = iota
	// inspecting shows all that there is to see.
	inspecting
)

// unproven is why verify says nothing about the claims of such a token.
const unproven = "what a token says counts for nothing before its signature holds"

// checks writes the list of checks, with what to do about those that failed. Those
// that were not made stand together at the end where they share the reason.
func (g *page) checks(policy *policy, r *cognito.Report, why purpose) {
	all := shownChecks(r, why)
	mark := g.mark(cognito.NotChecked)
	indent, column := 4, utf8.RuneCountInString(mark)+13
	advised := why == verifying
	for _, c := range all {
		if c.Status == cognito.NotChecked && (why == verifying || shared(all, c.Detail)) {
			continue
		}
		mark, text, paint := g.mark(c.Status), g.escape(c.Detail), plain
		switch c.Status {
		case cognito.NotChecked:
			text = "not checked: " + text
		case cognito.Failed:
			text, paint = string(c.Code)+": "+text, g.bad
		default: // what held needs no more words
		}
		g.entry(indent, mark+" "+c.Name, g.paintMark(c.Status, mark)+" "+c.Name, column, text, paint)
		if c.Status == cognito.Failed && !advised {
			g.advice(indent+column, policy.hint(c.Code, r))
		}
		advised = advised && c.Status != cognito.Failed
	}
	g.unchecked(all, why)
}

// unchecked writes the checks that were not made, by their reasons.
func (g *page) unchecked(all []cognito.Check, why purpose) {
	mark := g.mark(cognito.NotChecked)
	var said []string
	for _, c := range all {
		if c.Status != cognito.NotChecked || slices.Contains(said, c.Detail) || (why == inspecting && !shared(all, c.Detail)) {
			continue
		}
		said = append(said, c.Detail)
		var names []string
		for _, other := range all {
			if other.Status == cognito.NotChecked && other.Detail == c.Detail {
				names = append(names, other.Name)
			}
		}
		text := "not checked: " + strings.Join(names, ", ") + " (" + g.escape(c.Detail) + ")"
		g.entry(4, mark, g.faint(mark), utf8.RuneCountInString(mark)+1, text, g.faint)
	}
}

// shared reports whether several checks were not made for the same reason.
func shared(all []cognito.Check, reason string) bool {
	n := 0
	for _, c := range all {
		if c.Status == cognito.NotChecked && c.Detail == reason {
			n++
		}
	}
	return n > 1
}

// shownChecks are the checks to be written.
func shownChecks(r *cognito.Report, why purpose) []cognito.Check {
	var shown []cognito.Check
	proven := true
	for _, c := range r.Checks {
		// The command has no checks of an application.
		if c.Name == "custom" && c.Status == cognito.NotChecked {
			continue
		}
		if !proven && r.Decoded() {
			c.Status, c.Code, c.Detail = cognito.NotChecked, "", unproven
		}
		if c.Name == "signature" && why == verifying {
			proven = c.Status == cognito.Passed
		}
		shown = append(shown, c)
	}
	return shown
}

// mark is the sign of a check's status.
func (g *page) mark(s cognito.Status) string {
	switch s {
	case cognito.Passed:
		return g.sign("✔", "ok")
	case cognito.Failed:
		return g.sign("✘", "no")
	default:
		return g.sign("·", "--")
	}
}

func (g *page) paintMark(s cognito.Status, mark string) string {
	switch s {
	case cognito.Passed:
		return g.good(mark)
	case cognito.Failed:
		return g.bad(mark)
	default:
		return g.faint(mark)
	}
}
