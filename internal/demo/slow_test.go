package demo

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// pipeListener accepts the connections that are put into it.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l pipeListener) Close() error { close(l); return nil }

func (pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// Connections are closed whose clients stop within a request or after it.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		send string
		want time.Duration
	}{
		"header": {"POST / HTTP/1.1\r\nHost: a\r\n", 10 * time.Second},
		"body":   {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx", 10 * time.Second},
		"idle":   {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				listener := make(pipeListener)
				handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
				served := newServer(handler)
				go func() { _ = served.Serve(listener) }()
				client, server := net.Pipe()
				listener <- server
				start := time.Now()
				if err := client.SetDeadline(start.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(client, test.send); err != nil {
					t.Fatal(err)
				}
				_, err := io.Copy(io.Discard, client)
				// The server waits a moment before it closes, so that its answer arrives.
				if took := time.Since(start); err != nil || took < test.want || took > test.want+time.Second {
					t.Errorf("closed after %s, want %s: %v", took, test.want, err)
				}
				if err := served.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
