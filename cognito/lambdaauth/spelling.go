package lambdaauth

import (
	"net/url"
	"path"
	"strings"
)

// respell returns the call with a normal path: escapes are decoded, and dots, empty
// segments and the last slash are removed.
func respell(call string) string {
	method, rest, found := strings.Cut(call, "/")
	if !found {
		return call
	}
	if decoded, err := url.PathUnescape(rest); err == nil {
		rest = decoded
	}
	return method + path.Clean("/"+strings.ReplaceAll(rest, `\`, "/"))
}
