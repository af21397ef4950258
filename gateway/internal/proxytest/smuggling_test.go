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
