package inline

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/callers"
)

// target returns the path and the query that the service gets. A handler before this one may
// have changed them. The target of a request to a proxy, "*" and that of CONNECT stay as
// they are: the rules refuse them.
func target(r *http.Request) string {
	if r.RequestURI != "" && r.RequestURI[0] != '/' {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// client returns the address that a request came from.
func (h *Handler) client(r *http.Request) netip.Addr {
	peer := callers.Peer(r)
	if h.config.Trusted == nil || !h.config.Trusted.TrustsRequest(r) {
		return peer
	}
	return h.config.Trusted.Client(r.Header["X-Forwarded-For"], peer)
}

// refuse returns why a request is refused whatever the rules say, nil for other requests.
func (h *Handler) refuse(r *http.Request) *cognito.Error {
	if h.removes(r.Header["Connection"]) {
		return cognito.NewError(cognito.ErrRequestInvalid, "the header Connection names a header that must reach the service")
	}
	for name := range r.Trailer {
		if h.config.Headers.IsSpelling(name) {
			return cognito.NewError(cognito.ErrRequestInvalid, "an identity header must not be in the trailer")
		}
	}
	return nil
}

// removes reports whether a Connection header asks the next proxy to remove a header that the
// service relies on (RFC 9110 §7.6.1).
func (h *Handler) removes(connection []string) bool {
	for _, line := range connection {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.TrimSpace(name)
			if h.config.Headers.IsSpelling(name) || strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie") {
				return true
			}
		}
	}
	return false
}

// clean removes what a client must not send to the service: each spelling of an identity
// header, and an upgrade to a protocol whose requests would not be checked, such as h2c.
func (h *Handler) clean(header http.Header) {
	for name := range header {
		if h.config.Headers.IsSpelling(name) {
			delete(header, name)
		}
	}
	if upgrade, ok := header["Upgrade"]; ok && (len(upgrade) != 1 || !strings.EqualFold(upgrade[0], "websocket")) {
		delete(header, "Upgrade")
	}
}
