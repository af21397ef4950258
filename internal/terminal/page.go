package terminal

import "strings"

// A Page is a report that is being written. Entry, Advice and Paste escape their text, so
// it can have untrusted parts. The other methods, and labels, can be painted: they expect
// text whose untrusted parts were escaped with [Style.Escape]. A Page is not safe for
// concurrent use.
type Page struct {
	Style
	b strings.Builder
}

// NewPage returns an empty page.
func NewPage(s Style) *Page { return &Page{Style: s} }

// String returns the text of the page.
func (p *Page) String() string { return p.b.String() }

// Line writes a line as it is. It is never wrapped.
func (p *Page) Line(text string) { p.b.WriteString(text + "\n") }

// Heading begins a part of the page.
func (p *Page) Heading(text string) { p.Line("\n  " + p.Strong(text)) }

// Paste writes lines to copy, such as a command or an address. They are never wrapped.
// What a terminal would obey or not show is escaped, also a newline within a line. Letters
// beyond ASCII stay, because a copied escape would not be the same path.
func (p *Page) Paste(lines ...string) {
	for _, line := range lines {
		p.Line("  " + Escape(line, false))
	}
}

// Paragraph writes text in lines that begin after indent spaces.
func (p *Page) Paragraph(indent int, text string) {
	begin := strings.Repeat(" ", indent)
	p.b.WriteString(p.Hang(begin, begin, text, Plain))
}

// minRoom is the least number of columns in which text beside a label is readable.
const minRoom = 20

// Entry writes text beside a label. The label begins after indent spaces and may be
// painted. The text begins column columns after the label's first one, on every line. A
// wider label has one space after it. Where too few columns are left for the text, it
// begins below the label. The text is escaped, except for [Unbroken].
func (p *Page) Entry(indent, column int, label, text string, paint func(string) string) {
	text = escape(text, p.keeps)
	if p.width()-indent-column < minRoom && column > 4 {
		p.Line(strings.Repeat(" ", indent) + label)
		below := strings.Repeat(" ", indent+4)
		p.b.WriteString(p.Hang(below, below, text, paint))
		return
	}
	gap := max(column-Columns(label), min(column, 1))
	first := strings.Repeat(" ", indent) + label + strings.Repeat(" ", gap)
	p.b.WriteString(p.Hang(first, strings.Repeat(" ", indent+column), text, paint))
}

// Advice writes what the reader can do, after an arrow. It writes nothing for "".
func (p *Page) Advice(indent int, text string) {
	if text == "" {
		return
	}
	arrow := p.Sign("→", "->")
	p.Entry(indent, Columns(arrow)+1, p.Strong(arrow), text, Plain)
}

// Write writes text as it is, so that a Page can be the writer of fmt.Fprintf. It
// never fails.
func (p *Page) Write(text []byte) (int, error) { return p.b.Write(text) }
