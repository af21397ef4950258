package proxytest_test

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 §4.2.2
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A service is behind the proxy and keeps what it gets.
type service struct {
	address string
	mu      sync.Mutex
	got     []received
	// proceed lets the stream of events go on.
	proceed chan struct{}
}

// A received request, as an application of Go has it.
type received struct {
	Method, Target, Host, Body string
	Header                     http.Header
}

func startService(t *testing.T) *service {
	t.Helper()
	s := &service{proceed: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.address = server.Listener.Addr().String()
	return s
}

// take returns the requests since the last call.
func (s *service) take() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got
	s.got = nil
	return got
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.got = append(s.got, received{r.Method, r.RequestURI, r.Host, string(body), r.Header.Clone()})
	s.mu.Unlock()
	switch r.URL.Path {
	case "/stream/socket":
		echo(w, r)
	case "/stream/events":
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: one\n\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-s.proceed:
			_, _ = io.WriteString(w, "data: two\n\n")
		case <-r.Context().Done():
		}
	default:
		_ = json.NewEncoder(w).Encode("from the service")
	}
}

// echo accepts a WebSocket (RFC 6455 §4.2.2) and sends back the bytes that it gets. What the
// proxy must not do is change them, whatever they mean.
func echo(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		http.Error(w, "no upgrade", http.StatusUpgradeRequired)
		return
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // RFC 6455 §4.2.2
	connection, stream, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	_, _ = stream.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
	_ = stream.Flush()
	line, err := bufio.NewReader(stream).ReadString('\n')
	if err != nil {
		return
	}
	_, _ = io.WriteString(connection, "echo "+line)
}
