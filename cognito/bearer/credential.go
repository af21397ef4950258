package bearer

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

const (
	authorization = "Authorization"
	scheme        = "bearer"
	queryName     = "access_token"
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
	token, found, err := fromHeader(r.Header[authorization])
	switch {
	case err != nil:
		return "", err
	case found && queryHasToken(r.URL):
		return "", twoMethods()
	case !found:
		return "", missing(r.URL)
	}
	return token, nil
}

// missing says that there is no credential, and to those who tried, why a token in
// the query is none.
func missing(u *url.URL) error {
	if queryHasToken(u) {
		return cognito.NewError(cognito.ErrTokenMissing, "tokens in the query are not accepted; send the token in the Authorization header")
	}
	return cognito.NewError(cognito.ErrTokenMissing, "send a token in the Authorization header, after the word Bearer")
}

// isAnonymous reports whether r does not even try to bring a credential. It looks
// at whether there is an Authorization header and not at what that holds: of a form
// that is not understood, nobody can say that there is no token in it.
func isAnonymous(r *http.Request) bool {
	return len(r.Header[authorization]) == 0 && !queryHasToken(r.URL)
}

func twoMethods() error {
	return cognito.NewError(cognito.ErrRequestInvalid, "the request brings a token in more than one way")
}

// fromHeader reads the values of the Authorization header.
func fromHeader(values []string) (token string, found bool, err error) {
	switch {
	case len(values) > 1:
		// Which one counts would depend on who looks: the proxy in front or this.
		return "", false, cognito.NewError(cognito.ErrRequestInvalid, "there is more than one Authorization header")
	case len(values) == 0 || values[0] == "":
		return "", false, nil
	}
	value := values[0]
	end := 0
	for end < len(value) && isTokenByte(value[end]) {
		end++
	}
	switch {
	//mutate:ignore never: what follows the word is not a token and is refused below
	case end == 0 || (end < len(value) && value[end] != ' ' && strings.EqualFold(value[:end], scheme)):
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
	//mutate:ignore never: an empty query has no parameter
	if u == nil || u.RawQuery == "" {
		return false
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name == queryName {
			return true
		}
		if strings.IndexByte(name, '%') >= 0 {
			//mutate:ignore always: with an error there is no name
			if decoded, err := url.QueryUnescape(name); err == nil && decoded == queryName {
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

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
