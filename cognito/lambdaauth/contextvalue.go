package lambdaauth

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The values of the context are percent-encoded where they have characters that JSON escapes or that
// make a text look like JSON. An HTTP API once answered 500 for a JSON text in the context, and only
// from kept answers: https://github.com/mantil-io/mantil/issues/52. AWS does not document which
// values are safe, so no value here has a quote, a backslash, a brace or a bracket.
//
// Commas are escaped everywhere but between the elements of a list. So a text of a user, also one in a
// JSON text, is never more than one element for a reader of lists.
const special = `%"\{}[],`

// encodeText returns a value of the context for a text.
func encodeText(text string) string { return encode(text) }

// encodeList returns a value of the context for a list: its elements with commas between them. Empty
// elements are left out.
func encodeList(list []string) string {
	var elements []string
	for _, element := range list {
		if element != "" {
			elements = append(elements, encode(element))
		}
	}
	return strings.Join(elements, ",")
}

// encode writes the bytes of [special] and control characters as % and two hexadecimal digits (RFC 3986
// §2.1).
func encode(text string) string {
	isSpecial := func(r rune, size int) bool {
		return r < 0x20 || r == 0x7f || r == '\u2028' || r == '\u2029' || r == utf8.RuneError && size == 1 ||
			strings.ContainsRune(special, r)
	}
	var b strings.Builder
	for n := 0; n < len(text); {
		r, size := utf8.DecodeRuneInString(text[n:])
		if isSpecial(r, size) {
			for _, c := range []byte(text[n : n+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(text[n : n+size])
		}
		n += size
	}
	return b.String()
}

// ParseContextText reads a text in the context of an authorizer, in the function behind it: username,
// email or a claim of [Config.Claims]. It decodes % and two hexadecimal digits, and changes nothing
// else. Values with a fixed form, such as sub, jti and scope, need no decoding.
//
// A claim that is a JSON object, or an array with another value than a string or with an empty string,
// is its JSON text after this. A claim that is one string with a list in it, such as "a,b", is that
// string: read it with [cognito.ParseList] then.
func ParseContextText(value string) (string, error) {
	text, err := url.PathUnescape(value)
	if err != nil {
		return "", errors.New("lambdaauth: the value is not percent-encoded: it has a % without two hexadecimal digits")
	}
	return text, nil
}

// ParseContextList reads a list in the context of an authorizer, in the function behind it: groups, or
// a claim of [Config.Claims] that is an array of strings. The elements are separated by commas, each
// percent-encoded. The empty value, and no value, is the empty list. Every other value of the context
// is a list of one element, whatever a user wrote into it: the string "a,b" in a claim too.
//
//	groups, err := lambdaauth.ParseContextList(text) // text is in Authorizer.Lambda["groups"]
func ParseContextList(value string) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	var list []string
	for element := range strings.SplitSeq(value, ",") {
		text, err := ParseContextText(element)
		switch {
		case err != nil:
			return nil, err
		case text == "":
			return nil, errors.New("lambdaauth: the list has an empty element")
		}
		list = append(list, text)
	}
	return list, nil
}
