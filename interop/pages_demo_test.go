package interop

import (
	"context"
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/poolguard/poolguard/internal/demo"
	terminal "github.com/poolguard/poolguard/internal/terminalauth/callback"
)

// TestDemoPages goes through the app of poolguard demo.
func TestDemoPages(t *testing.T) {
	t.Parallel()
	path := needChromium(t)
	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	p := newVisitor(t, startChromium(t, path), serveDemo(t), true)
	defer p.checkFindings(t)

	p.visit(t, p.app+"/")
	p.sees(t, "Orders")
	p.checkPage(t, "demo")
	p.follow(t, "Sign in")
	p.sees(t, "Sign in")
	p.fillIn(t, "anaya", password)
	p.sees(t, "Anaya Rao")
	p.checkPage(t, "demo-signed-in")
	p.follow(t, "One letter changed")
	p.checkPage(t, "demo-changed")
	p.follow(t, "Sign out")
	p.sees(t, "Orders")

	p.visit(t, p.app+"/callback?code=x&state=y")
	p.sees(t, "The sign-in did not work")
	p.checkPage(t, "demo-problem")
}

// serveDemo runs the demo until the test ends.
func serveDemo(t *testing.T) *site {
	t.Helper()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
	config := demo.Config{Pool: listen(), API: listen(), Out: io.Discard}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- demo.Run(ctx, config) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return &site{
		served: &served{URL: "http://" + config.Pool.Addr().String()},
		app:    "http://" + config.API.Addr().String(), log: &journal{},
	}
}

// TestTerminalSignInPage shows the page that a browser gets after a sign-in from the
// terminal.
func TestTerminalSignInPage(t *testing.T) {
	t.Parallel()
	path := needChromium(t)
	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	const port = "38977"
	receiver, err := terminal.Listen(t.Context(), 38977)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(receiver.Close)
	ended := make(chan error, 1)
	go func() {
		ended <- receiver.Wait(t.Context(), func(_ context.Context, address *url.URL) terminal.Outcome {
			return terminal.Outcome{Done: address.Query().Get("state") == "good"}
		})
	}()
	p := newVisitor(t, startChromium(t, path), &site{served: &served{}, log: &journal{}}, true)
	defer p.checkFindings(t)
	p.visit(t, "http://localhost:"+port+"/callback?code=x&state=other")
	p.sees(t, "Not signed in")
	p.checkLooks(t, "terminal-other")
	p.visit(t, "http://localhost:"+port+"/callback?code=x&state=good")
	p.sees(t, "Signed in")
	p.checkLooks(t, "terminal-signed-in")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
