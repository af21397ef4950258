package httpclient_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

// reflecting serves HTTP/1. It answers each request, and sends its credential again on the
// idle connection. It returns its address, and a channel that says that a connection ended.
func reflecting(t *testing.T, answer string) (address string, ended <-chan bool) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	closed := make(chan bool, 8)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { closed <- true }()
				defer connection.Close()
				reader := bufio.NewReader(connection)
				request, err := http.ReadRequest(reader)
				if err != nil {
					return
				}
				fmt.Fprint(connection, answer)
				fmt.Fprint(connection, "GET / "+request.Header.Get("Authorization"))
				_, _ = io.Copy(io.Discard, reader) // until the client closes
			}()
		}
	}()
	return "http://" + listener.Addr().String(), closed
}

// TestCredentialIsNotLoggedForAReflectingPeer: the standard logger is of the whole process, so
// the test is not parallel.
func TestCredentialIsNotLoggedForAReflectingPeer(t *testing.T) {
	var lines bytes.Buffer
	before := log.Writer()
	log.SetOutput(&lines)
	defer log.SetOutput(before)
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
	} {
		address, ended := reflecting(t, answer)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer eyJhbGciOi")
		client := http.Client{Transport: httpclient.NewCredentialTransport()}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		<-ended
		if lines.Len() > 0 {
			t.Errorf("logged for the answer %q: %s", answer, lines.String())
		}
		lines.Reset()
	}
}

// TestCredentialTransportKeepsHTTP2Connections, and resumes the TLS sessions of HTTP/1 peers.
func TestCredentialTransportKeepsHTTP2Connections(t *testing.T) {
	const requests = 5
	for _, two := range []bool{true, false} {
		var connections, resumed atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.TLS.DidResume {
				resumed.Add(1)
			}
			if two != (r.ProtoMajor == 2) {
				t.Errorf("a request with %s", r.Proto)
			}
		}))
		server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		}
		server.EnableHTTP2 = two
		server.StartTLS()
		transport := httpclient.NewCredentialTransport()
		trusting, ok := server.Client().Transport.(*http.Transport)
		if !ok {
			t.Fatal("the test server has another transport")
		}
		transport.TLSClientConfig.RootCAs = trusting.TLSClientConfig.RootCAs
		client := http.Client{Transport: transport}
		for range requests {
			response, err := client.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		wantConnections, wantResumed := int64(requests), int64(requests-1)
		if two {
			wantConnections, wantResumed = 1, 0
		}
		if n := connections.Load(); n != wantConnections {
			t.Errorf("HTTP/2 %v: %d connections, want %d", two, n, wantConnections)
		}
		if n := resumed.Load(); n != wantResumed {
			t.Errorf("HTTP/2 %v: %d requests in resumed sessions, want %d", two, n, wantResumed)
		}
		client.CloseIdleConnections()
		server.Close()
	}
}
