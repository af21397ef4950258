package serve_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/internal/serve"
)

// A connection is closed whose client stops within a request or after it.
func TestSlowClientIsCutOff(t *testing.T) {
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
				listener := newPipeListener()
				handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				group, err := serve.New(serve.Config{Servers: []serve.Server{{Listener: listener, Handler: handler}}})
				if err != nil {
					t.Fatal(err)
				}
				go func() { ended <- group.Run(ctx) }()
				client := listener.dial()
				start := time.Now()
				if err := client.SetDeadline(start.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(client, test.send); err != nil {
					t.Fatal(err)
				}
				_, err = io.Copy(io.Discard, client)
				// The server waits a moment before it closes, so that its answer arrives.
				if took := time.Since(start); err != nil || took < test.want || took > test.want+time.Second {
					t.Errorf("closed after %s, want %s: %v", took, test.want, err)
				}
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
