package serve_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/poolguard/poolguard/internal/serve"
)

func TestConnectionsBeyondTheBoundWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipeListener()
		stop := start(t, serve.Config{Servers: []serve.Server{{Listener: l, Handler: text(""), MaxConnections: 2}}})
		first, second := l.dial(), l.dial()
		third := make(chan net.Conn)
		go func() { third <- l.dial() }()
		synctest.Wait()
		select {
		case <-third:
			t.Error("a third connection was accepted")
		default:
		}
		if got := ask(first); got != "HTTP/1.1 200 OK" {
			t.Errorf("got %q", got)
		}
		if got := ask(<-third); got != "HTTP/1.1 200 OK" {
			t.Errorf("after the first one ended: got %q", got)
		}
		if got := ask(second); got != "HTTP/1.1 200 OK" {
			t.Errorf("got %q", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestGroupStopsWhileItsConnectionsAreAtTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipeListener()
		stop := start(t, serve.Config{Servers: []serve.Server{{Listener: l, Handler: text(""), MaxConnections: 1}}})
		l.dial()
		synctest.Wait()
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// A greeter is a protocol that writes one word and closes.
type greeter struct {
	listener net.Listener
	calls    []string
}

func (g *greeter) Serve(l net.Listener) error {
	g.listener = l
	for {
		c, err := l.Accept()
		if err != nil {
			return http.ErrServerClosed
		}
		_, _ = c.Write([]byte("hello"))
		_ = c.Close()
	}
}

func (g *greeter) Shutdown(context.Context) error {
	g.calls = append(g.calls, "shutdown")
	return g.listener.Close()
}

func (g *greeter) Close() error { g.calls = append(g.calls, "close"); return nil }

func TestAnotherProtocolIsServedAndStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, g := newPipeListener(), &greeter{}
		stop := start(t, serve.Config{Servers: []serve.Server{{Listener: l, Protocol: g}}})
		c, word := l.dial(), make([]byte, 5)
		if _, err := c.Read(word); err != nil || string(word) != "hello" {
			t.Errorf("got %q, %v", word, err)
		}
		if err := stop(); err != nil || len(g.calls) != 2 {
			t.Errorf("got %v, calls %v", err, g.calls)
		}
	})
}
