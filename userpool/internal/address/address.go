package address

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// IsLoopbackHost reports whether a host, without port and brackets, is this machine: the
// name localhost in any case, or an IP address of the loopback interface. Other names are
// not, not even those below .localhost: a resolver decides about them.
func IsLoopbackHost(host string) bool {
	// The length excludes the long s (U+017F), which EqualFold takes for an s.
	if len(host) == len("localhost") && strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}

// Rules say what [Parse] accepts beside the origin of an https server, and of an http
// server on a loopback host.
type Rules struct {
	PlainHTTP    bool // http with every host
	PathAndQuery bool // a path and a query
}

// Parse reads an absolute URL. If the rules reject it, reason is not empty and continues a
// sentence that begins with the name of a field. The reason quotes the URL, except where
// the URL may hold a password.
func Parse(raw string, rules Rules) (u *url.URL, reason string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, about(raw, "is not an http or https URL")
	case u.User != nil:
		return nil, about(raw, "has user information, which would appear in logs")
	case strings.Trim(u.Host, hostCharacters) != "" || !hasGoodPort(u):
		return nil, about(raw, "has a host or port that no server can have")
	case strings.Contains(raw, "#"):
		return nil, about(raw, "has a fragment")
	case !rules.PathAndQuery && (u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery):
		return nil, about(raw, "has more than scheme, host and port")
	case u.Scheme == "http" && !rules.PlainHTTP && !IsLoopbackHost(u.Hostname()):
		return nil, about(raw, "has plain http, which is for loopback hosts only")
	}
	return u, ""
}

func about(raw, text string) string {
	if strings.Contains(raw, "@") {
		return text
	}
	return strconv.Quote(raw) + " " + text
}

// hostCharacters are those of names and IP addresses. net/url accepts more, also an
// encoded zone of an IPv6 address. All of these are safe in a Content-Security-Policy.
const hostCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]"

func hasGoodPort(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}
