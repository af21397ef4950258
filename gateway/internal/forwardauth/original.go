package forwardauth

import (
	"net/http"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

// A described request is the one that the proxy asks about, as its headers describe it.
type described struct {
	method, host, target string
}

// read returns the original request. A header that is absent, empty, repeated or there
// under a second spelling is refused: the proxy and this program could read different
// requests in it.
func (a *adapter) read(r *http.Request, identityHeaders *identity.Headers) (described, *cognito.Error) {
	if a.hasOtherSpelling(r.Header) {
		return described{}, invalid("a header of the original request is there under a second name")
	}
	if a.removes(r.Header["Connection"], identityHeaders) {
		return described{}, invalid("the header Connection names a header that must reach the service")
	}
	o := described{method: one(r.Header, a.method), target: one(r.Header, a.target)}
	if a.host != "" {
		o.host = one(r.Header, a.host)
	} else {
		o.host, o.target = cutAddress(o.target)
	}
	if o.method == "" || o.host == "" || o.target == "" {
		return described{}, invalid("the original request is not described by one header each for its method, host and URI")
	}
	return o, nil
}

func invalid(message string) *cognito.Error {
	return cognito.NewError(cognito.ErrRequestInvalid, message)
}

// one returns the value of a header that occurs once, and "" for every other one.
func one(header http.Header, name string) string {
	if values := header[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// cutAddress splits "https://host/path?query" into the host and the rest, byte for byte. It
// returns "" for both if address has another form. The scheme is not used: behind a load
// balancer it is often not that of the client.
func cutAddress(address string) (host, target string) {
	scheme, rest, found := strings.Cut(address, "://")
	if !found || scheme != "http" && scheme != "https" {
		return "", ""
	}
	end := strings.IndexAny(rest, "/?#\\")
	if end < 0 {
		return "", ""
	}
	return rest[:end], rest[end:]
}

// hasOtherSpelling reports whether there is a header that an application could read as one
// of the adapter's. The names in header are canonical, so only an underscore or a dot makes
// another spelling.
func (a *adapter) hasOtherSpelling(header http.Header) bool {
	for name := range header {
		if (strings.IndexByte(name, '_') >= 0 || strings.IndexByte(name, '.') >= 0) && a.reads(dashes.Replace(name)) {
			return true
		}
	}
	return false
}

var dashes = strings.NewReplacer("_", "-", ".", "-")

// reads reports whether name is one of the adapter's headers. Case does not count.
func (a *adapter) reads(name string) bool {
	return strings.EqualFold(name, a.method) || strings.EqualFold(name, a.target) ||
		a.host != "" && strings.EqualFold(name, a.host)
}

// removes reports whether a Connection header asks proxies to remove a header that this
// package or the service relies on (RFC 9110 §7.6.1).
func (a *adapter) removes(connection []string, identityHeaders *identity.Headers) bool {
	for _, line := range connection {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.TrimSpace(name)
			if a.reads(name) || identityHeaders.IsSpelling(name) ||
				strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie") {
				return true
			}
		}
	}
	return false
}
