package interop

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/poolguard/poolguard/userpool"
)

// TestExampleSPA signs in to the single-page app of examples/ in Chromium.
func TestExampleSPA(t *testing.T) {
	path := needChromium(t)
	program := filepath.Join(t.TempDir(), "spa")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../examples/spa").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// Cognito accepts plain http for the name localhost only.
	address := strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)
	p := &page{origin: "http://" + address}
	p.served = serve(t, servedOptions{issuer: userpool.IssuerLocal, callbacks: []string{p.origin + "/callback"}, signOuts: []string{p.origin + "/"}})
	if err := listener.Close(); err != nil { // it is the app's now
		t.Fatal(err)
	}
	startSPA(t, exec.CommandContext(t.Context(), program,
		"-listen", address, "-pool", poolID, "-issuer", p.Issuer, "-domain", p.URL, "-client", webClient))

	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	p.tab = startChromium(t, path)
	p.leaveSPA(t)

	asked := p.evaluate(t, "location.search")
	query, err := url.ParseQuery(strings.TrimPrefix(asked, "?"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("requests with state, nonce and PKCE", func(t *testing.T) {
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if len(query.Get(name)) != 43 {
				t.Errorf("%s is %q", name, query.Get(name))
			}
		}
		if query.Get("code_challenge_method") != "S256" {
			t.Error(asked)
		}
	})
	t.Run("calls the API", func(t *testing.T) {
		p.fill(t, password)
		p.untilSays(t, "orders of anaya")
	})
	t.Run("says as whom", func(t *testing.T) {
		if got := p.evaluate(t, "document.querySelector('#user').textContent"); got != "You are signed in as anaya." {
			t.Error(got)
		}
	})
	t.Run("looks right on phones and in the dark", func(t *testing.T) {
		(&visitor{page: p}).checkLooks(t, "example-spa")
	})
	t.Run("leaves nothing behind", func(t *testing.T) {
		if got := p.evaluate(t, "location.href"); got != p.origin+"/" {
			t.Errorf("the address is %s", got)
		}
		if got := p.evaluate(t, "JSON.stringify([Object.keys(sessionStorage), Object.keys(localStorage), document.cookie])"); got != `[[],[],""]` {
			t.Errorf("kept: %s", got)
		}
	})
	t.Run("signs out at the pool", func(t *testing.T) {
		p.do(t, chromedp.Click(chromedp.CSS("#sign-out")))
		p.until(t, "document.querySelector('#user')?.textContent === 'You are not signed in.' && location.pathname === '/'")
		p.leaveSPA(t) // the pool asks for the password again
	})
	t.Run("rejects an answer without a sign-in", func(t *testing.T) {
		p.do(t, chromedp.Navigate(p.origin+"/callback?code=a-code&state=a-state"))
		p.untilSays(t, "this sign-in was not begun here")
	})
	t.Run("rejects another state, and forgets the sign-in", func(t *testing.T) {
		p.do(t, chromedp.Navigate(p.origin+"/"))
		p.evaluate(t, `sessionStorage.setItem("flow", JSON.stringify({state: "the state", nonce: "n", code_verifier: "v"})), ""`)
		p.do(t, chromedp.Navigate(p.origin+"/callback?code=a-code&state=another"))
		p.untilSays(t, "this sign-in was not begun here")
		if got := p.evaluate(t, "String(sessionStorage.length)"); got != "0" {
			t.Errorf("%s items are kept", got)
		}
	})
	t.Run("says what the pool refused", func(t *testing.T) {
		p.evaluate(t, `sessionStorage.setItem("flow", JSON.stringify({state: "s", nonce: "n", code_verifier: "v"})), ""`)
		p.do(t, chromedp.Navigate(p.origin+"/callback?error=access_denied&state=s"))
		p.untilSays(t, "access_denied")
		p.evaluate(t, `sessionStorage.setItem("flow", JSON.stringify({state: "s", nonce: "n", code_verifier: "v"})), ""`)
		p.do(t, chromedp.Navigate(p.origin+"/callback?code=made-up&state=s"))
		p.untilSays(t, "invalid_grant")
	})
	t.Run("refuses an ID token of another sign-in", func(t *testing.T) {
		p.leaveSPA(t)
		p.fill(t, password)
		p.untilSays(t, "orders of anaya")
		// The nonce that the page remembers is changed while it is away.
		p.do(t, chromedp.Navigate(p.origin+"/"))
		p.evaluate(t, `(() => {
			const keep = Storage.prototype.setItem;
			Storage.prototype.setItem = function (name, value) { keep.call(this, name, value.replace(/"nonce":"[^"]*"/, '"nonce":"another"')); };
			return "";
		})()`)
		p.do(t, chromedp.Click(chromedp.CSS("#sign-in")))
		p.untilSays(t, "the ID token is of another sign-in")
	})
}

// startSPA starts the app, and waits until it answers.
func startSPA(t *testing.T, command *exec.Cmd) {
	t.Helper()
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = t.Output()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	})
	lines := bufio.NewScanner(output)
	if !lines.Scan() {
		t.Fatal("the app does not listen")
	}
	address := strings.TrimPrefix(lines.Text(), "listening on ")
	for start := time.Now(); time.Since(start) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		if response, err := http.Get(address); err == nil {
			_ = response.Body.Close()
			return
		}
	}
	t.Fatalf("the app does not answer at %s", address)
}

// leaveSPA presses the button, and waits for the pool's page.
func (p *page) leaveSPA(t *testing.T) {
	t.Helper()
	p.do(t, chromedp.Navigate(p.origin+"/"), chromedp.Click(chromedp.CSS("#sign-in")))
	p.until(t, "document.querySelector('#password') !== null")
}

func (p *page) evaluate(t *testing.T, expression string) string {
	t.Helper()
	text, err := chromedp.Run(p.tab, chromedp.Evaluate[string](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// untilSays waits until the page says just that.
func (p *page) untilSays(t *testing.T, text string) {
	t.Helper()
	p.until(t, "document.querySelector('#orders')?.textContent.trim() === "+`"`+text+`"`)
}
