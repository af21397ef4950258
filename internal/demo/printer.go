package demo

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/poolguard/poolguard/internal/linequeue"
	"github.com/poolguard/poolguard/internal/terminal"
)

// The indentation of the text of a step, and of details below it.
const (
	indent     = "    "
	deepIndent = "        "
)

// A printer shows the walk, and then requests. It is safe for concurrent use.
type printer struct {
	style   terminal.Style
	servers map[string]string // names for the reader, by host

	// requests has the lines of the requests: a request never waits for out.
	requests *linequeue.Queue
	logging  atomic.Bool // requests are shown

	mu     sync.Mutex // guards the fields below; held while out is written to
	out    io.Writer
	steps  int
	failed error // the first error of out; nothing is written after it
}

// newPrinter returns a printer that must be closed.
func newPrinter(out io.Writer, style terminal.Style, servers map[string]string) *printer {
	p := &printer{style: style, servers: servers, out: out}
	p.requests = linequeue.New(func(line []byte) error {
		p.write(string(line))
		return nil
	}, func(n int) []byte {
		return fmt.Appendf(nil, "%s\n", style.Faint(fmt.Sprintf("%d requests are not shown: this output was full, and no program read it", n)))
	})
	return p
}

// close shows the requests that wait, unless the output takes too long.
func (p *printer) close() { p.requests.Close() }

// failure is the error of the output, or nil.
func (p *printer) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
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

// step begins the next numbered step.
func (p *printer) step(title string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	p.writeLocked("\n" + p.style.Strong(fmt.Sprintf("%2d  %s", p.steps, title)) + "\n")
}

// say shows a paragraph within a step.
func (p *printer) say(text string) {
	p.write(p.style.Hang(indent, indent, text, terminal.Plain))
}

// A pair is a name and its value.
type pair struct{ name, value string }

// pairs shows a table of two columns, without the pairs that have no value.
func (p *printer) pairs(list ...pair) {
	list = slices.DeleteFunc(list, func(x pair) bool { return x.value == "" })
	width := 0
	for _, x := range list {
		width = max(width, terminal.Columns(x.name))
	}
	rest := strings.Repeat(" ", len(deepIndent)+width+2)
	var b strings.Builder
	for _, x := range list {
		name := deepIndent + x.name + strings.Repeat(" ", width+2-terminal.Columns(x.name))
		b.WriteString(p.style.Hang(p.style.Faint(name), rest, p.style.Escape(x.value), terminal.Plain))
	}
	p.write(b.String())
}

// verdict shows the result of a comparison.
func (p *printer) verdict(held bool, text string) {
	mark, paint := p.style.Sign("✓", "ok"), p.style.Good
	if !held {
		mark, paint = p.style.Sign("✗", "WRONG"), p.style.Bad
	}
	rest := strings.Repeat(" ", len(indent)+terminal.Columns(mark)+1)
	p.write(p.style.Hang(indent+paint(mark)+" ", rest, p.style.Escape(text), terminal.Plain))
}

// exchange shows a request, its parameters and the answer.
func (p *printer) exchange(e *exchange) {
	p.requestLine(e)
	p.parameters(e.url.Query())
	p.parameters(e.form)
	if e.bearer != "" {
		p.write(deepIndent + p.style.Faint("Authorization: Bearer "+p.shortToken(e.bearer)) + "\n")
	}
	p.outcome(e)
}

// brief shows a request without its parameters.
func (p *printer) brief(e *exchange) {
	p.requestLine(e)
	p.outcome(e)
}

// requestLine shows the method, the path and the server.
func (p *printer) requestLine(e *exchange) {
	p.write(indent + p.style.Strong(e.method+" "+e.url.EscapedPath()) + p.style.Faint("  "+p.servers[e.url.Host]) + "\n")
}

func (p *printer) outcome(e *exchange) {
	line := indent + p.style.Sign("→ ", "-> ") + fmt.Sprintf("%d %s", e.status, http.StatusText(e.status))
	if to := e.location(); to != nil {
		place := to.Path
		if to.Host != e.url.Host {
			place = to.Scheme + "://" + to.Host + to.Path
		}
		line += ", to " + place
	}
	p.write(line + "\n")
}

// answer shows a request to the API, and the challenge and body of its answer.
func (p *printer) answer(e *exchange) {
	p.exchange(e)
	var b strings.Builder
	if challenge := e.header.Get("WWW-Authenticate"); challenge != "" {
		b.WriteString(p.style.Hang(deepIndent, deepIndent+"  ", p.style.Escape("WWW-Authenticate: "+challenge), p.style.Faint))
	}
	if text := spaced(e.body); text != "" {
		b.WriteString(p.style.Hang(deepIndent, deepIndent+"  ", p.style.Escape(text), terminal.Plain))
	}
	p.write(b.String())
}

// shortToken shows the beginning of a token, too short to use.
func (p *printer) shortToken(token string) string {
	return fmt.Sprintf("%s (%d characters)", p.short(token), len(token))
}

func (p *printer) short(text string) string {
	const shown = 12
	if len(text) <= 2*shown {
		return text
	}
	return text[:shown] + p.style.Sign("…", "...")
}
