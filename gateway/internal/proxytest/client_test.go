package proxytest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A chain is a client, a proxy, the gateway and a service.
type chain struct {
	t       *testing.T
	address string // of the proxy
	*gateway
	service *service
	from    net.Addr // of the client; nil is 127.0.0.1
}

// A reply is what the client gets.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request with these lines after the request line, byte by byte, and a Host
// header. Where the proxy closes the connection without an answer, the status is 0.
func (c *chain) send(method, target string, lines ...string) reply {
	c.t.Helper()
	c.service.take()
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: api.example.com\r\n%s\r\n", method, target, strings.Join(append(lines, ""), "\r\n"))
	return c.raw(method, head)
}

func (c *chain) raw(method, text string) reply {
	c.t.Helper()
	dialer := net.Dialer{LocalAddr: c.from}
	connection, err := dialer.DialContext(c.t.Context(), "tcp", c.address)
	if err != nil {
		c.t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(30 * time.Second))
	go func() { _, _ = io.WriteString(connection, text) }() // the proxy may answer before it has read all
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method})
	if err != nil {
		return reply{}
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(body)}
}

// bearer is the line with a token.
func bearer(token string) string { return "Authorization: Bearer " + token }

// arrived returns the one request that the service got.
func (c *chain) arrived() received {
	c.t.Helper()
	got := c.service.take()
	if len(got) != 1 {
		c.t.Fatalf("the service got %d requests: %+v", len(got), got)
	}
	return got[0]
}

// wantDenied checks that the service got nothing, and that the answer is none of a server's
// fault.
func (c *chain) wantDenied(what string, r reply) {
	c.t.Helper()
	if got := c.service.take(); len(got) > 0 {
		c.t.Errorf("%s: the service got %+v", what, got)
	}
	if code := r.header.Get("X-Auth-Error"); code != "" && r.body != "" && !strings.Contains(r.body, `"code":"`+code+`"`) {
		c.t.Errorf("%s: the header has the code %s, the body %s", what, code, r.body)
	}
	if r.status != 0 && (r.status < 400 || r.status >= 500) {
		c.t.Errorf("%s: got %d %s", what, r.status, r.body)
	}
}
