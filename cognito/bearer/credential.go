package bearer

import (
	"context"
	"net/http"

	"github.com/poolguard/poolguard/cognito/internal/credential"
)

// Credential returns the bearer token of a request, unverified. It reads the one
// Authorization header in the form of RFC 6750 §2.1: the scheme in any case, one or more
// spaces, a b64token.
//
// The error is a [*cognito.Error]. With cognito.ErrTokenMissing, the request has no
// Authorization header, or one that is empty or of another scheme. With
// cognito.ErrRequestInvalid, it has several of them, or a malformed one, or an
// access_token in the query too, which makes two methods (RFC 6750 §2).
//
// The names of the headers must be canonical, as in every request that net/http reads
// ([http.CanonicalHeaderKey]). Headers under other spellings of the name are not found.
func Credential(r *http.Request) (string, error) {
	found, err := (&credential.Sources{}).Find(r, nil)
	return found.Token, err
}

// offered is the list of subprotocols before a middleware took the token out of it, for the
// middleware within it, which verifies the token again.
type offered struct {
	after string // the name of the subprotocol before the token
	list  []string
}

// offeredKey is its key in the context of the request.
type offeredKey struct{}

// credential returns the token of a request. If the token was among the subprotocols of a
// WebSocket, it also returns the request without the token.
func (g *guard) credential(r *http.Request) (string, *http.Request, error) {
	list := credential.Subprotocols(r.Header)
	before, again := r.Context().Value(offeredKey{}).(offered)
	if again = again && before.after == g.sources.WebSocketSubprotocol; again {
		list = before.list
	}
	found, err := g.sources.Find(r, list)
	if err != nil {
		return "", r, err
	}
	if found.Others != nil && !again {
		// Without the token the handler can neither select nor log it. The caller's request does
		// not change.
		r = r.Clone(context.WithValue(r.Context(), offeredKey{}, offered{g.sources.WebSocketSubprotocol, list}))
		credential.SetSubprotocols(r.Header, found.Others)
	}
	return found.Token, r, nil
}
