package poolserve_test

import (
	"net"
	"testing"

	"github.com/poolguard/poolguard/internal/poolserve"
)

func TestURLOfAListener(t *testing.T) {
	for want, test := range map[string]struct {
		address net.TCPAddr
		isTLS   bool
	}{
		"http://127.0.0.1:9229": {net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9229}, false},
		"https://[::1]:443":     {net.TCPAddr{IP: net.IPv6loopback, Port: 443}, true},
	} {
		if got := poolserve.URL(&test.address, test.isTLS); got != want || poolserve.IsPlain(got) == test.isTLS {
			t.Errorf("got %q, plain: %t; want %q", got, poolserve.IsPlain(got), want)
		}
	}
	for url, want := range map[string]bool{"HTTP://pool.example": true, "https://pool.example": false, "": false, "http://%zz": false} {
		if got := poolserve.IsPlain(url); got != want {
			t.Errorf("%q is plain: %t", url, got)
		}
	}
}
