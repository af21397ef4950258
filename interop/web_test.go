package interop

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/poolguard/poolguard/userpool"
)

// TestExampleWeb signs in to the web application of examples/ in Chromium.
func TestExampleWeb(t *testing.T) {
	p := startWeb(t)
	const deep = "/orders/7?sort=a%2Fb"
	t.Run("signs in and keeps the deep link", func(t *testing.T) {
		p.do(t, chromedp.Navigate(p.origin+deep))
		p.fill(t, password)
		p.untilSignedIn(t, deep)
	})
	t.Run("shows no token and no cookie to scripts", func(t *testing.T) {
		if got := p.evaluate(t, `document.cookie + location.search.replace("?sort=a%2Fb", "") + sessionStorage.length + localStorage.length`); got != "00" {
			t.Errorf("scripts see %q", got)
		}
		got := p.evaluate(t, `(() => { const r = new XMLHttpRequest(); r.open("GET", "/_auth/me", false); r.send(); return r.status + r.responseText })()`)
		if !strings.HasPrefix(got, "200") || !strings.Contains(got, `"email":"anaya@example.com"`) || strings.Contains(got, "eyJ") {
			t.Error(got)
		}
	})
	t.Run("refreshes for a script of the page", func(t *testing.T) {
		got := p.evaluate(t, `(() => { const r = new XMLHttpRequest(); r.open("POST", "/_auth/refresh", false); r.send(); return "" + r.status })()`)
		if got != "200" {
			t.Errorf("status %s", got)
		}
	})
	t.Run("signs out at the pool, and the back button shows nothing", func(t *testing.T) {
		p.do(t, chromedp.Click(chromedp.CSS("#sign-out")))
		p.until(t, "document.querySelector('#password') !== null") // the pool asks for the password again
		p.evaluate(t, `window.left = true, setTimeout(() => history.back(), 0), ""`)
		p.until(t, "window.left === undefined && document.readyState === 'complete'")
		if got := p.evaluate(t, "document.body.innerText"); strings.Contains(got, "anaya") {
			t.Errorf("the back button shows %s", got)
		}
		p.until(t, "document.querySelector('#password') !== null")
	})
	t.Run("two tabs", func(t *testing.T) {
		p.do(t, chromedp.Navigate(p.origin+"/first"))
		p.until(t, "document.querySelector('#password') !== null")
		tab, cancel := chromedp.NewContext(p.tab)
		defer cancel()
		second := &page{served: p.served, tab: tab, origin: p.origin}
		second.do(t, chromedp.Navigate(p.origin+"/second"))
		second.fill(t, password)
		second.untilSignedIn(t, "/second")
		p.do(t, chromedp.Navigate(p.origin+"/first"))
		p.untilSignedIn(t, "/first")
	})
	t.Run("asks before it signs out by a link", func(t *testing.T) {
		p.do(t, chromedp.Navigate(p.origin+"/_auth/logout"))
		p.untilTitle(t, "Sign out?")
		(&visitor{page: p}).checkLooks(t, "web-sign-out")
		p.do(t, chromedp.Click(chromedp.CSS("button")))
		p.until(t, "document.querySelector('#password') !== null")
	})
	t.Run("says that cookies are off", func(t *testing.T) {
		p.do(t, chromedp.Navigate(p.origin+"/"))
		p.until(t, "document.querySelector('#password') !== null")
		for _, name := range []string{"poolguard-dev-flow-0", "poolguard-dev-flow-1"} {
			call(t, &visitor{page: p}, network.DeleteCookies, network.DeleteCookiesParams{Name: name, URL: p.origin + "/"})
		}
		p.fill(t, password)
		p.untilTitle(t, "This sign-in cannot be finished here")
		(&visitor{page: p}).checkLooks(t, "web-no-cookies")
		p.do(t, chromedp.Click(chromedp.CSS(".button")))
		p.untilSignedIn(t, "/") // the pool still knows the person
	})
}

// startWeb starts a pool, the application and a browser.
func startWeb(t *testing.T) *page {
	t.Helper()
	path := needChromium(t)
	program := filepath.Join(t.TempDir(), "web")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../examples/web").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)
	p := &page{origin: "http://" + address}
	p.served = serve(t, servedOptions{issuer: userpool.IssuerLocal, callbacks: []string{p.origin + "/_auth/callback"}, signOuts: []string{p.origin + "/"}})
	if err := listener.Close(); err != nil { // it is the application's now
		t.Fatal(err)
	}
	startSPA(t, exec.CommandContext(t.Context(), program,
		"-listen", address, "-pool", poolID, "-issuer", p.Issuer, "-domain", p.URL, "-client", webClient))
	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	p.tab = startChromium(t, path)
	return p
}

// untilSignedIn waits for the application's page at a path.
func (p *page) untilSignedIn(t *testing.T, path string) {
	t.Helper()
	p.until(t, `document.querySelector('#who')?.textContent === "You are signed in as anaya@example.com." && location.href === "`+p.origin+path+`"`)
}

func (p *page) untilTitle(t *testing.T, title string) {
	t.Helper()
	p.until(t, `document.title === "`+title+`" && document.readyState === "complete"`)
}
