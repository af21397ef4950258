package lambdaauth

import (
	"net/url"
	"path"
	"strings"
)

// respell returns the call with the escapes in its path resolved, its dots, its empty
// segments, and the slash at its end.
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
