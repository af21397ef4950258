package credential

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// Sources are the places in which a token may be, beside the Authorization header in the form of
// RFC 6750 §2.1. The zero value has no other place. The fields have the names and the meaning of
// those in the Config of bearer and lambdaauth.
type Sources struct {
	BareAuthorization    bool
	Cookie               string
	CookieOrigins        []string
	WebSocketSubprotocol string
}

// Validate adds the faults of the fields to faults.
func (s *Sources) Validate(faults configerror.Faults) {
	if name := s.Cookie; name != "" && !isToken(name) {
		faults.Add("Cookie", "%q is not a name for a cookie (RFC 6265 §4.1.1)", name)
	}
	if len(s.CookieOrigins) > 0 && s.Cookie == "" {
		faults.Add("CookieOrigins", "has no effect: Cookie is empty")
	}
	for n, origin := range s.CookieOrigins {
		if _, reason := address.Parse(origin, address.Rules{}); reason != "" {
			faults.Add(fmt.Sprintf("CookieOrigins[%d]", n), "%s", reason)
		}
	}
	if name := s.WebSocketSubprotocol; name != "" && !isToken(name) {
		faults.Add("WebSocketSubprotocol", "%q is not a name for a subprotocol (RFC 6455 §4.1)", name)
	}
}

// Clone returns a copy that shares nothing with s, with the origins in their canonical form.
func (s *Sources) Clone() Sources {
	c := *s
	c.CookieOrigins = slices.Clone(s.CookieOrigins)
	for n, origin := range c.CookieOrigins {
		c.CookieOrigins[n] = address.Origin(origin)
	}
	return c
}

// A Found token, unverified.
type Found struct {
	Token string
	// Others are the subprotocols without the token. They are nil if the token was in another
	// place.
	Others []string
}

// Find returns the one token of r. offered is the list of subprotocols of r: [Subprotocols] reads
// it. Find uses it only if r asks for a WebSocket.
//
// The error is a [*cognito.Error]. With cognito.ErrTokenMissing, there is no token in the places
// of s. With cognito.ErrRequestInvalid, a place has a malformed token, or there are tokens in more
// than one place (RFC 6750 §2): which one counts would depend on the reader. With
// cognito.ErrAccessDenied, the token is in the cookie, and the request comes from another site.
func (s *Sources) Find(r *http.Request, offered []string) (Found, error) {
	token, inHeader, err := fromHeader(r.Header[authorization], s.BareAuthorization)
	if err != nil {
		return Found{}, err
	}
	found, places := Found{Token: token}, 0
	if inHeader {
		places++
	}
	if s.WebSocketSubprotocol != "" && isWebSocketUpgrade(r) {
		token, others, err := fromSubprotocols(offered, s.WebSocketSubprotocol)
		switch {
		case err != nil:
			return Found{}, err
		case token != "":
			found, places = Found{token, others}, places+1
		}
	}
	inCookie := false
	if s.Cookie != "" {
		token, inCookie, err = fromCookies(r.Header[cookies], s.Cookie)
		switch {
		case err != nil:
			return Found{}, err
		case inCookie:
			found, places = Found{Token: token}, places+1
		}
	}
	switch inQuery := queryHasToken(r.URL); {
	case places > 1 || places == 1 && inQuery:
		return Found{}, cognito.NewError(cognito.ErrRequestInvalid, "the request brings a token in more than one way")
	case places == 0:
		return Found{}, missing(r.URL)
	case inCookie:
		return found, s.checkOrigin(r)
	}
	return found, nil
}

// IsAnonymous reports whether r does not try to bring a credential. It looks at whether there is
// an Authorization header or a cookie, and not at the value: if a value is not understood, there
// may be a token in it. The same holds for the subprotocols of a request that is no handshake, or
// not one that [Sources.Find] reads: the handler would see the token.
func (s *Sources) IsAnonymous(r *http.Request) bool {
	return len(r.Header[authorization]) == 0 && !queryHasToken(r.URL) &&
		(s.Cookie == "" || !hasCookie(r.Header[cookies], s.Cookie)) &&
		(s.WebSocketSubprotocol == "" || !offersToken(Subprotocols(r.Header), s.WebSocketSubprotocol))
}

// missing says that there is no credential. If there is a token in the query, it says why that
// does not count.
func missing(u *url.URL) error {
	if queryHasToken(u) {
		return cognito.NewError(cognito.ErrTokenMissing, "tokens in the query are not accepted; send the token in the Authorization header")
	}
	return cognito.NewError(cognito.ErrTokenMissing, "send a token in the Authorization header, after the word Bearer")
}
