package bearer

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

const subprotocols = "Sec-Websocket-Protocol" // as net/http writes it

// taken is the token that a middleware took out of the list of subprotocols, for
// those within it, which verify it anew.
type taken struct{ after, token string }

// takenKey is its key in the context of the request.
type takenKey struct{}

// credential returns the token of a request: as [Credential] does, or from the
// subprotocols of a WebSocket, and then the request without it.
func (g *guard) credential(r *http.Request) (string, *http.Request, error) {
	name := g.config.WebSocketSubprotocol
	if name == "" || !isWebSocketUpgrade(r) {
		raw, err := Credential(r)
		return raw, r, err
	}
	var raw string
	if before, ok := r.Context().Value(takenKey{}).(taken); ok && before.after == name {
		raw = before.token
	} else {
		found, others, err := fromSubprotocols(listOf(r.Header[subprotocols]), name)
		if err != nil {
			return "", r, err
		}
		if found == "" {
			raw, err := Credential(r)
			return raw, r, err
		}
		raw = found
		// Without the token the handler can neither select nor log it. The request of
		// whoever called this one stays as it is.
		r = r.Clone(context.WithValue(r.Context(), takenKey{}, taken{name, raw}))
		r.Header.Set(subprotocols, strings.Join(others, ", "))
	}
	switch _, found, err := fromHeader(r.Header[authorization]); {
	case err != nil:
		return "", r, err
	case found || queryHasToken(r.URL):
		return "", r, twoMethods()
	}
	return raw, r, nil
}

// isWebSocketUpgrade reports whether r asks for a WebSocket (RFC 6455 §4.1). Over
// HTTP/2 there is another way to ask (RFC 8441), which Go's server leaves off.
func isWebSocketUpgrade(r *http.Request) bool {
	has := func(header, name string) bool {
		return slices.ContainsFunc(listOf(r.Header[header]), func(s string) bool { return strings.EqualFold(s, name) })
	}
	return r.Method == http.MethodGet && r.ProtoMajor == 1 && has("Connection", "upgrade") && has("Upgrade", "websocket")
}

// fromSubprotocols finds the token after name in the list that was offered, and
// returns the others, name among them. The token is "" where name is not there.
func fromSubprotocols(offered []string, name string) (token string, others []string, err error) {
	n := slices.Index(offered, name)
	switch {
	case n < 0:
		return "", offered, nil
	case n+1 == len(offered):
		return "", nil, malformed("no token follows the subprotocol that is for it")
	case slices.Contains(offered[n+1:], name):
		return "", nil, malformed("the subprotocol that is for a token is there twice")
	case !isB64Token(offered[n+1]):
		return "", nil, malformed("what follows the subprotocol that is for a token is none")
	}
	return offered[n+1], slices.Concat(offered[:n+1], offered[n+2:]), nil
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
