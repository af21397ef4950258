package route_test

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/route"
)

func TestHostsHaveOneForm(t *testing.T) {
	for host, want := range map[string]string{
		"":                               "",
		"api.example.com":                "api.example.com",
		"API.Example.COM":                "api.example.com",
		"api.example.com:8443":           "api.example.com",
		"api.example.com:":               "api.example.com",
		"api.example.com.":               "api.example.com",
		"Api.example.com.:443":           "api.example.com",
		"my_service-1":                   "my_service-1",
		"127.0.0.1:80":                   "127.0.0.1",
		"xn--caf-dma.example":            "xn--caf-dma.example",
		"[::1]":                          "[::1]",
		"[0:0:0:0:0:0:0:1]:8080":         "[::1]",
		"[2001:DB8::A]:":                 "[2001:db8::a]",
		"[::ffff:192.0.2.1]":             "[::ffff:192.0.2.1]",
		strings.Repeat("a.", 126) + "a":  strings.Repeat("a.", 126) + "a",
		strings.Repeat("a.", 126) + "a.": strings.Repeat("a.", 126) + "a",
	} {
		if got, ok := route.CanonicalHost(host); !ok || got != want {
			t.Errorf("%q: %q, %v; want %q", host, got, ok, want)
		}
	}
}

func TestTextsThatAreNoHostAreRefused(t *testing.T) {
	for _, host := range []string{
		".", "..", "a..b", ".a", "a..", ":80", "a:b", "a:80:80", "a:65536", "a:-1", "a:+80", "a b", "a/b", "a\\b", "user@a", "a,b", "a%2eb", "a\x00", "café.example",
		"\u212aelvin.example", "*.example.com", "{a}", "[::1", "[::1]x", "[::1]:x", "[::1%25eth0]", "[::1%eth0]", "[127.0.0.1]", "[a]", "::1", "[]",
		strings.Repeat("a.", 128), strings.Repeat("a", 254),
	} {
		if got, ok := route.CanonicalHost(host); ok {
			t.Errorf("%q: %q", host, got)
		}
	}
}
