package main

import (
	"strings"
	"unicode/utf8"
)

// A page is text output in the making. Everything that comes from a token or a
// server goes through style.escape before it gets here.
type page struct {
	style
	b strings.Builder
}

func (g *page) line(text string) { g.b.WriteString(text + "\n") }

// heading begins a part of the page.
func (g *page) heading(text string) { g.line("\n  " + g.strong(text)) }

// entry writes text after a label of a fixed width, broken into lines that keep to
// the right of it. The label's colours do not count, so its text is given beside.
func (g *page) entry(indent int, label, painted string, column int, text string, paint func(string) string) {
	gap := strings.Repeat(" ", max(column-utf8.RuneCountInString(label), min(column, 1)))
	for n, l := range wrap(text, g.width-indent-column) {
		if n == 0 {
			g.line(strings.Repeat(" ", indent) + painted + gap + paint(l))
		} else {
			g.line(strings.Repeat(" ", indent+column) + paint(l))
		}
	}
}

// paragraph writes text in lines.
func (g *page) paragraph(text string) { g.entry(2, "", "", 0, text, plain) }

// advice writes what to do about something.
func (g *page) advice(indent int, text string) {
	if text == "" {
		return
	}
	arrow := g.sign("→", "->")
	g.entry(indent, arrow, g.strong(arrow), utf8.RuneCountInString(arrow)+1, text, plain)
}

func plain(text string) string { return text }
