package credential

import (
	"net/http"
	"slices"
	"strings"
)

const subprotocols = "Sec-Websocket-Protocol" // as net/http writes it

// Subprotocols returns the WebSocket subprotocols that a request offers (RFC 6455 §11.3.4).
func Subprotocols(header http.Header) []string { return listOf(header[subprotocols]) }

// SetSubprotocols replaces the list.
func SetSubprotocols(header http.Header, list []string) {
	header[subprotocols] = []string{strings.Join(list, ", ")}
}

// isWebSocketUpgrade reports whether r asks for a WebSocket (RFC 6455 §4.1). Over
// HTTP/2 there is another way to ask (RFC 8441), which Go's server leaves off.
func isWebSocketUpgrade(r *http.Request) bool {
	has := func(header, name string) bool {
		return slices.ContainsFunc(listOf(r.Header[header]), func(s string) bool { return strings.EqualFold(s, name) })
	}
	return r.Method == http.MethodGet && r.ProtoMajor == 1 && has("Connection", "upgrade") && has("Upgrade", "websocket")
}

// isWebSocket reports whether r has any sign of a WebSocket handshake. It is wider than
// [isWebSocketUpgrade]: where a cookie counts, a server may accept another form of handshake.
func isWebSocket(r *http.Request) bool {
	return r.Header["Sec-Websocket-Key"] != nil || r.Header["Sec-Websocket-Version"] != nil || r.Header["Upgrade"] != nil
}

// fromSubprotocols finds the token after name in the list that was offered, and
// returns the others, name among them. The token is "" where name is not there.
//
// No token is among the others, which are the handler's to log and to select: not
// the same one again, and none after a name that only looks like this one.
func fromSubprotocols(offered []string, name string) (token string, others []string, err error) {
	n := slices.Index(offered, name)
	switch {
	case n < 0 && slices.ContainsFunc(offered, isCompact):
		return "", nil, malformed("a token is among the subprotocols, but not after the one that is for it")
	case n < 0:
		return "", offered, nil
	case n+1 == len(offered):
		return "", nil, malformed("no token follows the subprotocol that is for it")
	case slices.Contains(offered[n+1:], name):
		return "", nil, malformed("the subprotocol that is for a token is there twice")
	case !isB64Token(offered[n+1]):
		return "", nil, malformed("what follows the subprotocol that is for a token is none")
	}
	token, others = offered[n+1], slices.Concat(offered[:n+1], offered[n+2:])
	if slices.ContainsFunc(others, func(s string) bool { return s == token || isCompact(s) }) {
		return "", nil, malformed("there is more than one token among the subprotocols")
	}
	return token, others, nil
}

// offersToken reports whether the list has the name before a token, in any case, or something that has
// the form of a token.
func offersToken(offered []string, name string) bool {
	return slices.ContainsFunc(offered, func(s string) bool { return strings.EqualFold(s, name) || isCompact(s) })
}

// isCompact reports whether s has the form of a compact JWS or JWE (RFC 7515 §7.1,
// RFC 7516 §7.1) and a length that no subprotocol's name needs: those have dots
// too, as "v1.chat.example.com".
func isCompact(s string) bool {
	return len(s) > 100 && hasCompactForm(s)
}

// listOf reads a header whose value is a list (RFC 9110 §5.6.1). Empty members do
// not count.
func listOf(values []string) []string {
	var list []string
	for _, value := range values {
		for member := range strings.SplitSeq(value, ",") {
			if member = strings.Trim(member, " \t"); member != "" {
				list = append(list, member)
			}
		}
	}
	return list
}
