package address

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/excerpt"
)

// IsLoopbackHost reports whether host, a name or an IP address without brackets and
// port, can only be this machine.
func IsLoopbackHost(host string) bool {
	if strings.ToLower(host) == "localhost" { //nolint:gocritic // EqualFold takes the long s (U+017F) for an s
		return true
	}
	ip, _ := netip.ParseAddr(host) // with an error it is the zero Addr, which is no loopback address
	return ip.Zone() == "" && ip.Unmap().IsLoopback()
}

// Rules say what [Parse] accepts besides an https origin and an http origin with a
// loopback host.
type Rules struct {
	Path      bool // a path
	Query     bool // a query
	PlainHTTP bool // http with any host
}

// Parse reads a URL by the rules. Where it is not acceptable, reason is not empty and
// continues a sentence that begins with the name of a field. It never shows a password.
func Parse(raw string, rules Rules) (u *url.URL, reason string) {
	if raw == "" {
		return nil, "is empty"
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "": // a URL with an opaque part has no host
		if strings.Contains(raw, "@") {
			return nil, "is not an absolute URL" // and may hold a password
		}
		return nil, quote(raw) + " is not an absolute URL"
	case u.User != nil:
		return nil, "has user information, which would appear in logs"
	case strings.ContainsFunc(u.Host, isNotOfHost):
		return nil, quote(raw) + " has characters in its host that no host has; write an international name as xn--…"
	case !isPort(u):
		return nil, quote(raw) + " has a port that is not between 1 and 65535"
	case strings.Contains(raw, "#"):
		return nil, quote(raw) + " has a fragment"
	case !rules.Query && (u.RawQuery != "" || u.ForceQuery):
		return nil, quote(raw) + " has a query"
	case !rules.Path && u.Path != "" && u.Path != "/":
		return nil, quote(raw) + " has a path, want an origin such as https://auth.example.com"
	case u.Scheme == "https", u.Scheme == "http" && (rules.PlainHTTP || IsLoopbackHost(u.Hostname())):
		return u, ""
	}
	return nil, quote(raw) + " must be https, or http with a loopback address"
}

// IsHTTPSOrLoopback reports whether raw is an absolute URL with the scheme https, or
// with http and a loopback host.
func IsHTTPSOrLoopback(raw string) bool {
	_, reason := Parse(raw, Rules{Path: true, Query: true})
	return reason == ""
}

// Origin returns the canonical form of an origin that is https or loopback, and "" for
// every other text.
func Origin(raw string) string {
	u, reason := Parse(raw, Rules{})
	if reason != "" {
		return ""
	}
	return OriginOf(u)
}

// OriginOf returns the canonical form of the origin of u (RFC 6454 §4): one text for all
// spellings of a host, an IPv6 address or a port.
func OriginOf(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		host = "[" + ip.String() + "]"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		port = strconv.FormatUint(n, 10) // without leading zeros
	}
	if port == "" || port == defaultPort[u.Scheme] {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + port
}

var defaultPort = map[string]string{"https": "443", "http": "80"}

// isNotOfHost reports whether net/url accepts r in a host and DNS does not. The address
// may be shown in a terminal or handed to a command that opens it. A percent sign would
// begin the zone of an IPv6 address.
func isNotOfHost(r rune) bool {
	isWord := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !isWord && !strings.ContainsRune("-._:[]", r)
}

// isPort refuses an empty port after a colon, too.
func isPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

// quote makes an address safe and short enough for a message.
func quote(s string) string { return excerpt.Quote(s, 100) }
