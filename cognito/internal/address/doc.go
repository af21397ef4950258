// Package address checks the addresses that the library sends tokens to or fetches
// keys from: loopback hosts, URLs that are https or loopback, and origins.
//
// It owns what counts as this machine. It never resolves a name: the answer of a
// resolver can change after the check.
//
// # The rules
//
// A loopback host is the name localhost in any case, an address in 127.0.0.0/8, ::1, or
// one of these IPv4 addresses mapped to IPv6 (::ffff:127.0.0.1). Nothing else is: no
// other name (also not below .localhost), no trailing dot, no zone (::1%lo0), and no
// short or octal form of an IPv4 address (127.1).
//
// A URL is "https or loopback" if it is absolute, has the scheme https, or http and a
// loopback host, and has a host of letters, digits and "-._:[]", no user information,
// no fragment, and no port over 65535.
//
// An origin is such a URL with no path (except "/") and no query. Its canonical form is
// the scheme, the host in lower case, and the port where it is not the scheme's own.
//
// # The table of cases
//
// testdata/addresses.json states these rules as cases. The product and the local user
// pool have checks of their own and run the same file, so that all of them agree. It
// is one JSON object:
//
//	{
//	  "hosts": [{"host": "127.0.0.1", "loopback": true}, …],
//	  "urls":  [{"url": "http://LOCALHOST:1/", "https_or_loopback": true, "origin": "http://localhost:1"}, …]
//	}
//
// A host has no brackets and no port, as net/url's Hostname returns it. The origin is
// the canonical form, or "" where the URL is not an origin.
package address
