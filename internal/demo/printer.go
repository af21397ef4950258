package demo

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Look says how text is shown.
type Look struct {
	Colour  bool // with the colours of a terminal
	Unicode bool // with characters beyond ASCII
	Width   int  // of a line, in characters; 0 is 80
}

// How far the text of a step, and what belongs to a line above it, is set in.
const (
	indent     = "    "
	deepIndent = "        "
)

// A printer shows what happens. It is safe for concurrent use: requests are told
// while they come.
type printer struct {
	look    Look
	servers map[string]string // what the reader calls them, by host

	mu       sync.Mutex // guards the fields below
	out      io.Writer
	steps    int
	watching bool
	failed   error // the first error of out: there is nowhere to tell the rest
}

func newPrinter(out io.Writer, look Look, servers map[string]string) *printer {
	if look.Width <= 0 {
		look.Width = 80
	}
	return &printer{look: look, servers: servers, out: out}
}

// failure is why the output is incomplete, or nil.
func (p *printer) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		return nil
	}
	return p.failed
}

func (p *printer) write(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writeLocked(text)
}

func (p *printer) writeLocked(text string) {
	if p.failed == nil {
		_, p.failed = io.WriteString(p.out, text)
	}
}

// The colours are the terminal's own. No meaning is in a colour alone.
func (p *printer) paint(code, text string) string {
	if !p.look.Colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *printer) good(text string) string   { return p.paint("32", text) }
func (p *printer) bad(text string) string    { return p.paint("31", text) }
func (p *printer) faint(text string) string  { return p.paint("2", text) }
func (p *printer) strong(text string) string { return p.paint("1", text) }

func (p *printer) sign(unicode, ascii string) string {
	if p.look.Unicode {
		return unicode
	}
	return ascii
}

// step begins the next numbered step.
func (p *printer) step(title string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	p.writeLocked("\n" + p.strong(fmt.Sprintf("%2d  %s", p.steps, title)) + "\n")
}

// say shows a paragraph within a step.
func (p *printer) say(text string) { p.write(p.wrapped(indent, indent, text, p.plain)) }

func (p *printer) plain(text string) string { return text }

// wrapped breaks text at spaces into lines of the look's width.
func (p *printer) wrapped(first, rest, text string, paint func(string) string) string {
	var b strings.Builder
	prefix, line := first, ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(prefix+line)+1+utf8.RuneCountInString(word) > p.look.Width {
			b.WriteString(prefix + paint(line) + "\n")
			prefix, line = rest, ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	b.WriteString(prefix + paint(line) + "\n")
	return b.String()
}

// A pair is a name and what it stands for.
type pair struct{ name, value string }

// pairs shows a table of two columns, without the pairs that have no value.
func (p *printer) pairs(list ...pair) {
	list = slices.DeleteFunc(list, func(x pair) bool { return x.value == "" })
	width := 0
	for _, x := range list {
		width = max(width, utf8.RuneCountInString(x.name))
	}
	rest := strings.Repeat(" ", len(deepIndent)+width+2)
	var b strings.Builder
	for _, x := range list {
		name := fmt.Sprintf("%s%-*s  ", deepIndent, width, x.name)
		lines := p.wrapped(rest, rest, x.value, p.plain)
		b.WriteString(p.faint(name) + lines[len(rest):])
	}
	p.write(b.String())
}

// verdict shows what was compared, and how that came out.
func (p *printer) verdict(held bool, text string) {
	mark, paint := p.sign("✓", "ok"), p.good
	if !held {
		mark, paint = p.sign("✗", "WRONG"), p.bad
	}
	first := indent + mark + " "
	lines := p.wrapped(first, strings.Repeat(" ", utf8.RuneCountInString(first)), text, p.plain)
	p.write(indent + paint(mark) + strings.TrimPrefix(lines, indent+mark))
}

// exchange shows a request and what came back, with the parameters that it carried.
func (p *printer) exchange(e *exchange) {
	p.requestLine(e)
	p.parameters(e.url.Query())
	p.parameters(e.form)
	if e.bearer != "" {
		p.write(deepIndent + p.faint("Authorization: Bearer "+p.shortToken(e.bearer)) + "\n")
	}
	p.outcome(e)
}

// brief shows a request without its parameters.
func (p *printer) brief(e *exchange) {
	p.requestLine(e)
	p.outcome(e)
}

// requestLine shows what is asked, and of which server.
func (p *printer) requestLine(e *exchange) {
	p.write(indent + p.strong(e.method+" "+e.url.Path) + p.faint("  "+p.servers[e.url.Host]) + "\n")
}

func (p *printer) outcome(e *exchange) {
	line := indent + p.sign("→ ", "-> ") + fmt.Sprintf("%d %s", e.status, http.StatusText(e.status))
	if to := e.location(); to != nil {
		place := to.Path
		if to.Host != e.url.Host {
			place = to.Scheme + "://" + to.Host + to.Path
		}
		line += ", to " + place
	}
	p.write(line + "\n")
}

// answer shows what the API says of a request.
func (p *printer) answer(e *exchange) {
	p.exchange(e)
	var b strings.Builder
	if challenge := e.header.Get("WWW-Authenticate"); challenge != "" {
		b.WriteString(p.wrapped(deepIndent, deepIndent+"  ", "WWW-Authenticate: "+challenge, p.faint))
	}
	if text := spaced(e.body); text != "" {
		b.WriteString(p.wrapped(deepIndent, deepIndent+"  ", text, p.plain))
	}
	p.write(b.String())
}

// shortToken shows the beginning of a token, too little of it to be of use.
func (p *printer) shortToken(token string) string {
	return fmt.Sprintf("%s (%d characters)", p.short(token), len(token))
}

func (p *printer) short(text string) string {
	const shown = 12
	if len(text) <= 2*shown {
		return text
	}
	return text[:shown] + p.sign("…", "...")
}
