package proxytest_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
)

// A recorder decides as next does and keeps the address of the last client.
type recorder struct {
	next   forwardauth.Decider
	mu     sync.Mutex
	client netip.Addr
}

func (r *recorder) Decide(ctx context.Context, asked *authz.Request) authz.Decision {
	r.mu.Lock()
	r.client = asked.Client
	r.mu.Unlock()
	return r.next.Decide(ctx, asked)
}

func (r *recorder) take() (client netip.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	client, r.client = r.client, netip.Addr{}
	return client
}

// CVE-2024-47070. The client is at 127.0.0.2, and the proxy asks from 127.0.0.1, which is the
// one trusted address. What the client says about its address does not count.
func TestClientCannotChooseItsAddress(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		c.from = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}
		send := func(lines ...string) string {
			c.asked.take()
			c.send("GET", "/healthz", lines...)
			return c.asked.take().String()
		}
		if got := send(); got != "127.0.0.2" {
			c.t.Errorf("without a header: got %s", got)
		}
		for _, name := range []string{"X-Forwarded-For", "X-Original-Forwarded-For", "X-Real-IP", "X-Client-IP", "X-Envoy-External-Address"} {
			for _, spelling := range spellings(name) {
				for _, value := range []string{"203.0.113.9", "203.0.113.9, 127.0.0.1", "127.0.0.1", "nonsense", ""} {
					lines := []string{spelling + ": " + value}
					if got := send(lines...); got != "127.0.0.2" {
						c.t.Errorf("%s: got %s", lines, got)
					}
					if got := send(append(lines, lines...)...); got != "127.0.0.2" {
						c.t.Errorf("%s twice: got %s", lines, got)
					}
				}
			}
			// A proxy may remove the header. Then the address is that of the proxy.
			got := send("Connection: "+strings.ToLower(name), name+": 203.0.113.9")
			if got != "127.0.0.2" && got != "127.0.0.1" && got != "invalid IP" {
				c.t.Errorf("Connection: %s: got %s", name, got)
			}
		}
	})
}
