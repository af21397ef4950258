package interop

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A visitor uses a site in Chromium, with the keyboard only.
type visitor struct {
	*page
	*site
	scripts bool // false is a browser without JavaScript
	secrets []string

	mu     sync.Mutex
	faults []string // errors and warnings of the browser
	hints  []string // other messages of the browser
	urls   []string // that it requested
}

// newVisitor opens a browser without cookies and history.
func newVisitor(t *testing.T, chromium context.Context, s *site, scripts bool) *visitor { //nolint:revive // t comes first
	t.Helper()
	p := &visitor{site: s, page: &page{}, scripts: scripts}
	tab, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.recordEvent))
	t.Cleanup(cancel)
	p.tab = tab
	call(t, p, cdplog.Enable, cdp.Empty{})
	call(t, p, audits.Enable, cdp.Empty{})
	call(t, p, network.Enable, network.EnableParams{})
	call(t, p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
	// Without this, a headless page has no focus.
	call(t, p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.theme(t, "light")
	p.width(t, 900)
	return p
}

// recordEvent records the messages of the browser about the pages.
func (p *visitor) recordEvent(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		entry := string(e.Entry.Level) + ": " + e.Entry.Text + " " + e.Entry.URL
		switch {
		case e.Entry.Source == cdplog.EntrySourceNetwork && strings.Contains(entry, "the server responded with a status of 4"):
			// Chromium reports every page with a status over 399 as an error.
		case e.Entry.Level == cdplog.EntryLevelError, e.Entry.Level == cdplog.EntryLevelWarning:
			p.faults = append(p.faults, entry)
		default:
			p.hints = append(p.hints, entry)
		}
	case *runtime.EventConsoleAPICalled:
		p.faults = append(p.faults, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		p.faults = append(p.faults, "exception: "+e.ExceptionDetails.Text)
	case *audits.EventIssueAdded: // violations of the policy among them
		details, _ := json.Marshal(e.Issue.Details)
		p.faults = append(p.faults, "issue: "+string(e.Issue.Code)+" "+string(details))
	case *network.EventRequestWillBeSent:
		p.urls = append(p.urls, e.Request.URL+e.Request.URLFragment)
		if u, err := url.Parse(e.Request.URL); err != nil || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
			p.faults = append(p.faults, "request: "+e.Request.URL)
		}
	}
}

// checkFindings fails for each recorded fault, and for a secret in a log or a URL.
func (p *visitor) checkFindings(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		t.Errorf("Chromium: %s", fault)
	}
	for _, hint := range p.hints {
		t.Logf("Chromium: %s", hint)
	}
	if len(p.urls) == 0 {
		t.Error("no request was recorded")
	}
	for _, secret := range append(p.secrets, password) {
		if len(secret) < 6 {
			t.Fatalf("%q is no secret", secret)
		}
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("the server's log holds %.12s…", secret)
		}
		for _, u := range p.urls {
			if plain, _ := url.QueryUnescape(u); strings.Contains(u, secret) || strings.Contains(plain, secret) {
				t.Errorf("a URL holds %.12s…: %s", secret, u)
			}
		}
	}
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, p *visitor, expression string) T {
	t.Helper()
	value, err := chromedp.Run(p.tab, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("Chromium: %s: %v", expression, err)
	}
	return value
}

// visit opens an address.
func (p *visitor) visit(t *testing.T, address string) {
	t.Helper()
	p.do(t, chromedp.Navigate(address))
	p.until(t, settled)
}

// settled is true for a loaded page whose autofocus field has the focus.
const settled = `window.left === undefined && document.readyState === 'complete' &&
	(document.querySelector('[autofocus]') === null || document.activeElement.autofocus)`

// keys presses keys.
func (p *visitor) keys(t *testing.T, keys string) {
	t.Helper()
	p.do(t, chromedp.KeyEvent(keys))
}

// paste inserts a text into the field that has the focus.
func (p *visitor) paste(t *testing.T, text string) {
	t.Helper()
	call(t, p, input.InsertText, input.InsertTextParams{Text: text})
}

// enter presses Enter, which leads to another page.
func (p *visitor) enter(t *testing.T) {
	t.Helper()
	// The mark is gone with the page.
	ask[bool](t, p, "window.left = true")
	p.keys(t, kb.Enter)
	p.until(t, settled)
}

// fillIn types into the fields of a form, beginning with the one that has the focus, and
// sends the form.
func (p *visitor) fillIn(t *testing.T, values ...string) {
	t.Helper()
	for n, value := range values {
		if n > 0 {
			p.keys(t, kb.Tab)
		}
		p.keys(t, value)
	}
	p.enter(t)
}

// tabTo presses Tab until a link, a button or a field of that name has the focus. It
// fails where the focus is not visible.
func (p *visitor) tabTo(t *testing.T, name string) {
	t.Helper()
	var stops []string
	for range 40 {
		p.keys(t, kb.Tab)
		stop := ask[struct {
			Name string
			Seen bool
		}](t, p, `(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			return {
				Name: (e.labels?.[0] ?? e).textContent.trim(),
				Seen: e === document.body || e.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
			};
		})()`)
		if !stop.Seen {
			t.Errorf("the focus on %q cannot be seen", stop.Name)
		}
		if stop.Name == name {
			return
		}
		stops = append(stops, stop.Name)
	}
	t.Fatalf("no Tab stop is called %q: %q", name, stops)
}

// follow presses Tab until a link or button has the focus, and then Enter.
func (p *visitor) follow(t *testing.T, name string) {
	t.Helper()
	p.tabTo(t, name)
	p.enter(t)
}

// sees expects a heading.
func (p *visitor) sees(t *testing.T, heading string) {
	t.Helper()
	if got := ask[string](t, p, "document.querySelector('h1')?.innerText ?? ''"); got != heading {
		t.Fatalf("the page is %q, want %q: %s", got, heading, ask[string](t, p, "location.pathname + ' ' + document.body.innerText"))
	}
}

// seesProblem expects a problem: in an alert, in the title, and in the description of the
// field that has the focus.
func (p *visitor) seesProblem(t *testing.T, message, field string) {
	t.Helper()
	p.until(t, "document.querySelector('[role=alert]') !== null")
	if got := ask[string](t, p, "document.querySelector('[role=alert]').innerText"); got != message {
		t.Errorf("the alert is %q, want %q", got, message)
	}
	if title := ask[string](t, p, "document.title"); !strings.HasPrefix(title, "Problem: ") {
		t.Errorf("the title is %q", title)
	}
	if got := ask[string](t, p, "document.activeElement.labels?.[0].innerText ?? ''"); got != field {
		t.Errorf("the focus is at %q, want %q", got, field)
	}
	for _, node := range p.tree(t) {
		if node.is("focused") && node.role() != "RootWebArea" {
			if !strings.Contains(node.description(), message) {
				t.Errorf("the field %q is described by %q", node.name(), node.description())
			}
			return
		}
	}
	t.Error("nothing has the focus in the accessibility tree")
}

// arrives expects the application with an authorization code.
func (p *visitor) arrives(t *testing.T) {
	t.Helper()
	p.until(t, "location.href.startsWith("+strconv.Quote(p.app+"/callback?code=")+")")
	p.sees(t, "Signed in")
	if run := ask[bool](t, p, "window.scripts === true"); run != p.scripts {
		t.Errorf("the application's script ran: %v, want %v", run, p.scripts)
	}
}

// signsOut ends the session at the pool.
func (p *visitor) signsOut(t *testing.T, client string) {
	t.Helper()
	p.visit(t, p.site.URL+"/logout?"+url.Values{"client_id": {client}, "logout_uri": {p.app + "/"}}.Encode())
	p.sees(t, "Signed out")
}

// deletesCookies deletes the cookies of the browser.
func (p *visitor) deletesCookies(t *testing.T) {
	t.Helper()
	call(t, p, network.ClearBrowserCookies, cdp.Empty{})
}

// codeFor returns the code that the pool sent to a user.
func (p *visitor) codeFor(t *testing.T, username string) string {
	t.Helper()
	code, err := p.site.mail.take(t.Context(), username)
	if err != nil {
		t.Fatalf("no mail: %v", err)
	}
	return code
}
