package poolserve

import (
	"net"
	"net/url"
)

// URL is the URL of a server that listens on an address.
func URL(address net.Addr, isTLS bool) string {
	u := url.URL{Scheme: "http", Host: address.String()}
	if isTLS {
		u.Scheme = "https"
	}
	return u.String()
}

// IsPlain reports whether clients of a public URL use plain http. A server with TLS has no such
// clients.
func IsPlain(publicURL string) bool {
	u, err := url.Parse(publicURL)
	return err == nil && u.Scheme == "http"
}
