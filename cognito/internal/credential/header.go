package credential

import (
	"net/url"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

const (
	authorization = "Authorization"
	scheme        = "bearer"
	queryName     = "access_token"
)

// fromHeader reads the values of the Authorization header in the form of RFC 6750 §2.1. With bare,
// the value may also be the token alone.
func fromHeader(values []string, bare bool) (token string, found bool, err error) {
	switch {
	case len(values) > 1:
		// Which one counts would depend on who looks: the proxy in front or this.
		return "", false, cognito.NewError(cognito.ErrRequestInvalid, "there is more than one Authorization header")
	case len(values) == 0 || values[0] == "":
		return "", false, nil
	}
	value := values[0]
	if bare && hasCompactForm(value) && isB64Token(value) {
		return value, true, nil
	}
	end := 0
	for end < len(value) && isTokenByte(value[end]) {
		end++
	}
	switch {
	case end == 0,
		//mutate:ignore never: what follows the word is not a token and is refused below
		end < len(value) && value[end] != ' ' && strings.EqualFold(value[:end], scheme):
		return "", false, malformed("the Authorization header is malformed")
	case !strings.EqualFold(value[:end], scheme):
		return "", false, nil
	}
	token = strings.TrimLeft(value[end:], " ")
	switch {
	case token == "":
		return "", false, malformed("the Authorization header has no token after the word Bearer")
	case !isB64Token(token):
		return "", false, malformed("what follows the word Bearer in the Authorization header is not one token")
	}
	return token, true, nil
}

func malformed(message string) error { return cognito.NewError(cognito.ErrRequestInvalid, message) }

// queryHasToken reports whether the query has a parameter access_token.
func queryHasToken(u *url.URL) bool {
	if u == nil {
		return false
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name == queryName {
			return true
		}
		if strings.IndexByte(name, '%') >= 0 {
			if decoded, _ := url.QueryUnescape(name); decoded == queryName { // with an error it is empty
				return true
			}
		}
	}
	return false
}

// isB64Token reports whether s is a b64token (RFC 6750 §2.1): characters of base64
// or base64url, dots and tildes, at least one, and then any padding.
func isB64Token(s string) bool {
	body := strings.TrimRight(s, "=")
	for n := range len(body) {
		switch c := body[n]; {
		case isAlphanumeric(c):
		case c == '-', c == '.', c == '_', c == '~', c == '+', c == '/':
		default:
			return false
		}
	}
	return body != ""
}

// isToken reports whether s is a token (RFC 9110 §5.6.2), such as the name of a
// scheme or subprotocol.
func isToken(s string) bool {
	for n := range len(s) {
		if !isTokenByte(s[n]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// hasCompactForm reports whether s has as many parts as a compact JWS or JWE (RFC 7515 §7.1,
// RFC 7516 §7.1). The name of an authentication scheme has none of that.
func hasCompactForm(s string) bool {
	dots := strings.Count(s, ".")
	return dots == 2 || dots == 4
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
