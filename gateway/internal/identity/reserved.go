package identity

import (
	"slices"
	"strings"
)

// reserved are headers that have another meaning on the way through a proxy. Names that
// begin with one of reservedPrefixes are reserved too.
var (
	reserved = []string{
		"accept", "authorization", "connection", "cookie", "forwarded", "host", "keep-alive", "location", "origin",
		"te", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
		"x-auth-error", "x-forwarded-for", "x-forwarded-host", "x-forwarded-method", "x-forwarded-port",
		"x-forwarded-prefix", "x-forwarded-proto", "x-forwarded-uri", "x-real-ip",
	}
	reservedPrefixes = []string{
		"access-control-", "cache-", "content-", "expect", "proxy-", "sec-", "set-cookie", "x-envoy-", "x-original-",
	}
)

func isReserved(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(reserved, name) ||
		slices.ContainsFunc(reservedPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// reservedUnder returns a reserved header whose name begins with prefix, "" if there is
// none. X-Auth-Error is for denials, and the default prefix covers it.
func reservedUnder(prefix string) string {
	prefix = strings.ToLower(prefix)
	for _, name := range slices.Concat(reserved, reservedPrefixes) {
		if name != "x-auth-error" && (strings.HasPrefix(name, prefix) || strings.HasSuffix(name, "-") && strings.HasPrefix(prefix, name)) {
			return name
		}
	}
	return ""
}

// isName reports whether name is letters, digits and single dashes between them.
func isName(name string) bool {
	if name == "" || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for n := range len(name) {
		c := name[n]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-' && name[n-1] != '-':
		default:
			return false
		}
	}
	return true
}
