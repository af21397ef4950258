package address

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// IsLoopbackHost reports whether a host without brackets and port can only be this
// machine: localhost in any case, an address in 127.0.0.0/8, ::1, or such an IPv4
// address mapped to IPv6.
func IsLoopbackHost(host string) bool {
	// EqualFold would accept the long s (U+017F) for an s.
	if strings.ToLower(host) == "localhost" { //nolint:gocritic // see above
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}

// IsHTTPSOrLoopback reports whether raw is an absolute URL whose scheme is https, or http
// with a loopback host. User information, a fragment, and a host or a port that DNS and TCP
// do not have make it false.
func IsHTTPSOrLoopback(raw string) bool { return parse(raw) != nil }

// Origin returns the canonical form of an origin that is https or loopback: the scheme,
// the host in lower case, and the port unless it is the default one of the scheme. All
// spellings of an IPv6 address or a port have one form. It returns "" for every other text,
// such as a URL with a path or a query.
func Origin(raw string) string {
	u := parse(raw)
	if u == nil || u.RawQuery != "" || u.ForceQuery || u.Path != "" && u.Path != "/" {
		return ""
	}
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

// parse returns a URL that is https or loopback, and nil for every other text.
func parse(raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || u.User != nil || strings.Contains(raw, "#") ||
		strings.ContainsFunc(u.Host, isNotOfHost) || !hasPort(u) {
		return nil
	}
	if u.Scheme == "https" || u.Scheme == "http" && IsLoopbackHost(u.Hostname()) {
		return u
	}
	return nil
}

// isNotOfHost reports whether net/url accepts r in a host and DNS does not. A percent
// sign would begin the zone of an IPv6 address.
func isNotOfHost(r rune) bool {
	isWord := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !isWord && !strings.ContainsRune("-._:[]", r)
}

// hasPort reports whether the port is absent, or from 1 to 65535. An empty port after a
// colon is a fault.
func hasPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}
