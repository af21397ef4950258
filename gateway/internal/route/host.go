package route

import (
	"net/netip"
	"strconv"
	"strings"
)

// maxHost is the length of the longest host: that of a name in DNS, and more than any
// address has.
const maxHost = 253

// CanonicalHost returns the host of a request without its port and without a dot at its end,
// in lower case. An IPv6 address has brackets and the form of RFC 5952. ok is false for a
// text that is neither a host name nor an address. The empty host is ok: requests of
// HTTP/1.0 have none.
func CanonicalHost(host string) (canonical string, ok bool) {
	if strings.HasPrefix(host, "[") {
		return canonicalIPv6(host)
	}
	if name, port, found := strings.Cut(host, ":"); found {
		if !isPort(port) || name == "" {
			return "", false
		}
		host = name
	}
	if host == "" {
		return "", true
	}
	host = strings.TrimSuffix(host, ".")
	if !isName(host) { // before ToLower, which makes ASCII letters of others
		return "", false
	}
	return strings.ToLower(host), true
}

func canonicalIPv6(host string) (string, bool) {
	text, rest, found := strings.Cut(host[1:], "]")
	if !found || rest != "" && (rest[0] != ':' || !isPort(rest[1:])) {
		return "", false
	}
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is6() || address.Zone() != "" {
		return "", false
	}
	return "[" + address.String() + "]", true
}

// isPort allows an empty port, which RFC 3986 §3.2.3 allows after a colon.
func isPort(port string) bool {
	if port == "" {
		return true
	}
	_, err := strconv.ParseUint(port, 10, 16)
	return err == nil
}

// isName reports whether a text has the labels of a host name, which may have underscores:
// names of containers do.
func isName(host string) bool {
	if host == "" || len(host) > maxHost {
		return false
	}
	label := 0
	for n := range len(host) {
		switch c := host[n]; {
		case c == '.' && label == 0:
			return false
		case c == '.':
			label = 0
			continue
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
		label++
	}
	return label > 0
}
