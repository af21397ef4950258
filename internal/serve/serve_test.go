package serve_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/internal/serve"
)

func listenAny(t *testing.T) net.Listener {
	t.Helper()
	l, err := serve.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// text answers with its own text.
type text string

func (h text) ServeHTTP(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, string(h)) }

// start runs a group; stop ends it and returns its error.
func start(t *testing.T, config serve.Config) (stop func() error) {
	t.Helper()
	g, err := serve.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	return func() error { cancel(); return <-ended }
}

func get(t *testing.T, client *http.Client, address string) string {
	t.Helper()
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func unixClient(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}}}
}

func TestServersRunAndStopTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	socket, err := serve.Listen(t.Context(), "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	defer certified.Close()
	plain, secure := listenAny(t), listenAny(t)
	stop := start(t, serve.Config{Servers: []serve.Server{
		{Name: "plain", Listener: plain, Handler: text("plain")},
		{Name: "secure", Listener: secure, Handler: text("secure"), TLS: &tls.Config{Certificates: certified.TLS.Certificates}},
		{Name: "socket", Listener: socket, Handler: text("socket")},
	}})
	for _, test := range []struct {
		client        *http.Client
		address, want string
	}{
		{http.DefaultClient, "http://" + plain.Addr().String(), "plain"},
		{certified.Client(), "https://" + secure.Addr().String(), "secure"},
		{unixClient(path), "http://socket", "socket"},
	} {
		if got := get(t, test.client, test.address); got != test.want {
			t.Errorf("%s: got %q", test.address, got)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if _, err := net.Dial("tcp", plain.Addr().String()); err == nil {
		t.Error("the port is still open")
	}
}

func TestFailureOfOneServerStopsAll(t *testing.T) {
	first, second := listenAny(t), listenAny(t)
	first.Close()
	group, err := serve.New(serve.Config{Servers: []serve.Server{
		{Name: "first", Listener: first, Handler: text("")}, {Name: "second", Listener: second, Handler: text("")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	// The context goes on: only the failure ends the group.
	if err := group.Run(t.Context()); err == nil || !strings.Contains(err.Error(), `server "first"`) {
		t.Errorf("got %v", err)
	}
}

func TestAllFaultsAreReturned(t *testing.T) {
	l := listenAny(t)
	_, err := serve.New(serve.Config{Servers: []serve.Server{{}, {Listener: l, MaxHeaderBytes: -1}}, Drain: -1, Grace: -1})
	for _, want := range []string{"Servers[0].Listener", "Servers[0] has neither Handler nor Protocol", "Servers[1] has neither", "Servers[1].MaxHeaderBytes", "Drain", "Grace"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in %v", want, err)
		}
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is open: %v", err)
	}
	if _, err := serve.New(serve.Config{}); err == nil {
		t.Error("no server was accepted")
	}
}

// A pipeListener hands out connections in memory, for a clock of the test's own.
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{make(chan net.Conn), make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.connections:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (l *pipeListener) dial() net.Conn {
	here, there := net.Pipe()
	l.connections <- there
	return here
}

// ask sends a request and returns the status line, "" where the connection was closed.
func ask(c net.Conn) string {
	_, _ = fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	line, _ := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(line)
}

func TestRequestsAreAnsweredWhileDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, draining := newPipeListener(), make(chan struct{})
		g, err := serve.New(serve.Config{
			Servers:  []serve.Server{{Listener: l, Handler: text("")}},
			Draining: func() { close(draining) }, Drain: 5 * time.Second,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		ended := make(chan error, 1)
		go func() { ended <- g.Run(ctx) }()
		cancel()
		<-draining
		if got := ask(l.dial()); got != "HTTP/1.1 200 OK" {
			t.Errorf("while draining: %q", got)
		}
		if err := <-ended; err != nil || time.Since(began) < 5*time.Second {
			t.Errorf("ended after %s: %v", time.Since(began), err)
		}
	})
}

func TestRequestUnderWayHasTheGrace(t *testing.T) {
	for _, test := range []struct {
		takes time.Duration
		want  string
	}{{2 * time.Second, "HTTP/1.1 200 OK"}, {time.Hour, ""}} {
		synctest.Test(t, func(t *testing.T) {
			l, asked := newPipeListener(), make(chan struct{})
			g, err := serve.New(serve.Config{Servers: []serve.Server{{Listener: l, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(asked)
				select {
				case <-time.After(test.takes):
				case <-r.Context().Done():
				}
			})}}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended, answer := make(chan error, 1), make(chan string, 1)
			go func() { ended <- g.Run(ctx) }()
			go func() { answer <- ask(l.dial()) }()
			<-asked
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if got := <-answer; got != test.want {
				t.Errorf("a request of %s: got %q, want %q", test.takes, got, test.want)
			}
		})
	}
}

func TestAddressesInUseAndInvalidOnes(t *testing.T) {
	l := listenAny(t)
	defer l.Close()
	if _, err := serve.Listen(t.Context(), l.Addr().String()); !errors.Is(err, serve.ErrAddressInUse) {
		t.Errorf("in use: got %v", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if _, err := serve.ListenLocalhost(t.Context(), port); !errors.Is(err, serve.ErrAddressInUse) {
		t.Errorf("localhost in use: got %v", err)
	}
	for _, address := range []string{"", "9229", "127.0.0.1", "unix:", "http://127.0.0.1:9229"} {
		if _, err := serve.Listen(t.Context(), address); !errors.Is(err, serve.ErrAddressInvalid) {
			t.Errorf("%q: got %v", address, err)
		}
	}
}

func TestLocalhostIsBothAddresses(t *testing.T) {
	l := listenAny(t)
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	open, err := serve.ListenLocalhost(t.Context(), port)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range open {
		if tcp := l.Addr().(*net.TCPAddr); !tcp.IP.IsLoopback() || tcp.Port != port {
			t.Errorf("got %s", tcp)
		}
		l.Close()
	}
}

func TestUnixSocketHasItsMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other permissions")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "s.sock")
	l, err := serve.ListenUnix(t.Context(), path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != os.ModeSocket|0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if l.Addr().String() != path {
		t.Errorf("address %s", l.Addr())
	}
	if _, err := serve.Listen(t.Context(), "unix:"+path); !errors.Is(err, serve.ErrAddressInUse) {
		t.Errorf("in use: got %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestSocketOfAKilledProcessIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	old, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	old.(*net.UnixListener).SetUnlinkOnClose(false)
	old.Close()
	l, err := serve.Listen(t.Context(), "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()

	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := serve.Listen(t.Context(), "unix:"+path); err == nil || !strings.Contains(err.Error(), "is not a socket") {
		t.Errorf("a file: got %v", err)
	}
}

func TestKindsOfAddresses(t *testing.T) {
	for address, want := range map[string]bool{":1": true, "0.0.0.0:1": true, "[::]:1": true, "127.0.0.1:1": false, "localhost:1": false, "0.0.0.0": false} {
		if got := serve.IsEverywhere(address); got != want {
			t.Errorf("IsEverywhere(%q): %v", address, got)
		}
	}
	for want, address := range map[bool]net.Addr{true: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}, false: &net.TCPAddr{IP: net.IPv4zero}} {
		if got := serve.IsLocal(address); got != want {
			t.Errorf("IsLocal(%s): %v", address, got)
		}
	}
}
