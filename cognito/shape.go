package cognito

import (
	"errors"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// parse decodes raw: size and shape of the token.
func (v *Verifier) parse(raw string) (*jose.Compact, *Error) {
	if len(raw) > v.maxBytes {
		return nil, tooLarge(raw, v.maxBytes)
	}
	jws, err := v.parser.Parse(raw)
	if err != nil {
		return nil, shapeError(raw, err)
	}
	return jws, nil
}

// readPayload reads the payload, its shape, and then looks at the algorithm. raw is
// the token in memory of its own.
func readPayload(jws *jose.Compact) (t *payload, raw string, refusal *Error) {
	t, raw, err := parsePayload(jws)
	if err != nil {
		return nil, "", shapeError("", err)
	}
	return t, raw, checkAlgorithm(jws)
}

func tooLarge(raw string, most int) *Error {
	return refuse(ErrTokenTooLarge, "", "the token has %d bytes, more than are accepted", len(raw)).
		expecting("the token has %d bytes; at most %d are accepted", len(raw), most)
}

// hasScheme reports whether the word Bearer and white space are before the token: the value
// of an Authorization header was passed whole.
func hasScheme(raw string) bool {
	const scheme = "bearer"
	return len(raw) > len(scheme) && strings.EqualFold(raw[:len(scheme)], scheme) && strings.ContainsRune(" \t", rune(raw[len(scheme)]))
}

// shapeError says why raw is not a token. It never says what is in raw.
func shapeError(raw string, err error) *Error {
	var malformed *jose.MalformedError
	switch {
	case errors.Is(err, jose.ErrEncrypted):
		return refuse(ErrEncryptedToken, "", "five parts are the form of an encrypted token: this looks like a refresh token; send the access or ID token")
	case hasScheme(raw):
		return refuse(ErrTokenMalformed, "", "the text begins with the word Bearer, which is not part of the token: remove the word and the space after it")
	case errors.As(err, &malformed):
		return refuse(ErrTokenMalformed, "", "the %s %s", malformed.Part, malformed.Reason)
	}
	return refuse(ErrTokenMalformed, "", "the token cannot be read")
}
