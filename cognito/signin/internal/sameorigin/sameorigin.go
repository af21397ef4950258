// Package sameorigin decides whether a session counts for a request, by the page that
// caused the request.
//
// It owns that rule. It is stricter than [http.CrossOriginProtection], which lets every GET
// pass, a WebSocket handshake too, and requests without the headers of browsers. A proxy
// may remove those headers. It never reads a cookie.
package sameorigin

import (
	"net/http"
	"slices"

	"github.com/poolguard/poolguard/cognito/internal/address"
)

// Counts reports whether a session counts for a request with the method and the headers.
// own are the origins of the application, in the form of address.Origin.
//
//   - Origin decides if it is there (WHATWG Fetch §3.2). "null" and an empty one are of
//     another origin.
//   - Otherwise Sec-Fetch-Site decides (W3C Fetch Metadata §2.2). From other sites, only a
//     visit counts: a GET whose answer becomes a page of its own.
//   - With neither, only the safe methods count (RFC 9110 §9.2.1), and no WebSocket.
func Counts(method string, header http.Header, own []string) bool {
	origins, sites := header["Origin"], header["Sec-Fetch-Site"]
	isWebSocket := len(header["Sec-Websocket-Version"]) > 0 || len(header["Sec-Websocket-Key"]) > 0
	isSafe := (method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions) && !isWebSocket
	switch {
	case len(origins) > 1 || len(sites) > 1:
		return false
	case len(origins) == 1:
		origin := address.Origin(origins[0])
		return origin != "" && slices.Contains(own, origin)
	case len(sites) == 1 && (sites[0] == "same-origin" || sites[0] == "none"):
		return true
	case len(sites) == 1:
		return method == http.MethodGet && isSafe && is(header, "Sec-Fetch-Mode", "navigate") && is(header, "Sec-Fetch-Dest", "document")
	}
	return isSafe
}

func is(header http.Header, name, value string) bool {
	values := header[name]
	return len(values) == 1 && values[0] == value
}
