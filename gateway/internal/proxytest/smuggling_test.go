package proxytest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// After the answer 101 a proxy passes on bytes that no rule decides on. A service that takes
// HTTP/2 over such a connection answers every request in it.
func TestOnlyWebSocketsAreUpgrades(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for _, values := range [][]string{
			{"h2c"}, {"H2C"}, {"h2c, websocket"}, {"websocket, h2c"}, {"h2c", "websocket"}, {"websocket", "h2c"}, {"TLS/1.0"}, {"websockets"},
		} {
			lines := []string{"Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"}
			for _, value := range values {
				lines = append(lines, "Upgrade: "+value)
			}
			r := c.send("GET", "/public/a", lines...)
			if r.status != http.StatusOK {
				c.wantDenied(strings.Join(values, " and "), r)
				continue
			}
			if got := c.arrived().Header["Upgrade"]; len(got) > 0 && !slices.Equal(got, []string{"websocket"}) {
				c.t.Errorf("%q: the service got Upgrade %q", values, got)
			}
		}
	})
}

// A proxy chooses the server by the host of an absolute target, and the header Host may have
// another one.
func TestOneRequestHasOneHost(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for target, lines := range map[string]string{
			"http://other.example.com/orders/7": "Host: public.example.com",
			"http://other.example.com/same/a":   "Host: api.example.com",
			"http://api.example.com/same/a":     "Host: public.example.com",
			"/same/a":                           "Host: api.example.com,public.example.com",
			"/same/b":                           "Host: public.example.com, api.example.com",
		} {
			c.service.take()
			r := c.raw("GET", "GET "+target+" HTTP/1.1\r\n"+lines+"\r\n\r\n")
			if r.status == http.StatusOK {
				c.t.Errorf("%s, %s: the service got %+v", target, lines, c.service.take())
			} else {
				c.wantDenied(target+", "+lines, r)
			}
		}
		for host, target := range map[string]string{
			"public.example.com": "/same/a", "PUBLIC.example.com:8080": "/same/a", "public.example.com.": "/same/a",
			"10.0.0.1": "/public/a", "localhost:8080": "/public/a", "[::1]": "/public/a", "[2001:DB8::1]:443": "/public/a",
		} {
			if r := c.raw("GET", "GET "+target+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); r.status != http.StatusOK {
				c.t.Errorf("%s: got %d %s", host, r.status, r.body)
			}
		}
	})
}
