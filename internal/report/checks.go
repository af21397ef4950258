package report

import (
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/terminal"
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
const unproven = "the claims of a token have no meaning before its signature is verified"

// checks writes the list of checks, with what to do about those that failed. Those
// that were not made stand together at the end where they share the reason.
func (g *Writer) checks(r *cognito.Report, why purpose) {
	all := shownChecks(r, why)
	mark := g.mark(cognito.NotChecked)
	indent, column := 4, terminal.Columns(mark)+13
	advised := why == verifying
	for _, c := range all {
		if c.Status == cognito.NotChecked && (why == verifying || shared(all, c.Detail)) {
			continue
		}
		mark, text, paint := g.mark(c.Status), g.Escape(c.Detail), terminal.Plain
		switch c.Status {
		case cognito.NotChecked:
			text = "not checked: " + text
		case cognito.Failed:
			text, paint = string(c.Code)+": "+text, g.Bad
		default: // what held needs no more words
		}
		g.Entry(indent, column, g.paintMark(c.Status, mark)+" "+c.Name, text, paint)
		if c.Status == cognito.Failed && !advised {
			g.Advice(indent+column, g.Hint(c.Code, r))
		}
		advised = advised && c.Status != cognito.Failed
	}
	g.unchecked(all, why)
}

// unchecked writes the checks that were not made, by their reasons.
func (g *Writer) unchecked(all []cognito.Check, why purpose) {
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
		text := "not checked: " + strings.Join(names, ", ") + " (" + g.Escape(c.Detail) + ")"
		g.Entry(4, terminal.Columns(mark)+1, g.Faint(mark), text, g.Faint)
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
func (g *Writer) mark(s cognito.Status) string {
	switch s {
	case cognito.Passed:
		return g.Sign("✔", "ok")
	case cognito.Failed:
		return g.Sign("✘", "no")
	default:
		return g.Sign("·", "--")
	}
}

func (g *Writer) paintMark(s cognito.Status, mark string) string {
	switch s {
	case cognito.Passed:
		return g.Good(mark)
	case cognito.Failed:
		return g.Bad(mark)
	default:
		return g.Faint(mark)
	}
}
