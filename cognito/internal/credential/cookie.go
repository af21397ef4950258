package credential

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
)

const cookies = "Cookie"

// fromCookies returns the token in the cookie with the name. Two cookies of one name are refused:
// a page of a sibling subdomain can set the second one, and RFC 6265 §4.2.2 does not say which of
// them counts.
func fromCookies(headers []string, name string) (token string, found bool, err error) {
	count := 0
	for value := range valuesOf(headers, name) {
		token, count = value, count+1
	}
	switch {
	case count > 1:
		return "", false, malformed("there is more than one cookie of the name that is for the token")
	case token == "":
		return "", false, nil
	case !isB64Token(token):
		return "", false, malformed("the cookie for the token does not have exactly one token")
	}
	return token, true, nil
}

func hasCookie(headers []string, name string) bool {
	for range valuesOf(headers, name) {
		return true
	}
	return false
}

// valuesOf returns the values of all cookies with the name. Unlike [http.Request.CookiesNamed], it
// leaves out no value because of its characters: another reader of the request may use that value.
func valuesOf(headers []string, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, header := range headers {
			for pair := range strings.SplitSeq(header, ";") {
				key, value, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
				if strings.Trim(key, " \t") == name && !yield(value) {
					return
				}
			}
		}
	}
}

// checkOrigin returns nil if the page that caused r may use the cookie of r: it is of the same
// origin, or of one in CookieOrigins.
//
// [http.CrossOriginProtection] is not enough here. It lets every GET pass, so also a WebSocket
// handshake, and it lets requests pass that have neither header. Those can have a cookie: a
// browser can be old, and a proxy can remove headers.
//
//   - Origin decides if it is there. Browsers send it with WebSocket handshakes and with unsafe
//     methods (WHATWG Fetch §3.2).
//   - Otherwise Sec-Fetch-Site decides (W3C Fetch Metadata §2.2). Links from other sites pass, if
//     they open a page by GET.
//   - With neither, only safe methods pass (RFC 9110 §9.2.1), and no WebSocket.
func (s *Sources) checkOrigin(r *http.Request) error {
	origins, sites := r.Header["Origin"], r.Header["Sec-Fetch-Site"]
	isRead := (r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions) && !isWebSocket(r)
	switch {
	case len(origins) > 1 || len(sites) > 1:
	case len(origins) == 1 && slices.Contains(s.CookieOrigins, address.Origin(origins[0])):
		return nil
	case len(origins) == 1 && isOwnOrigin(r, origins[0]) && (len(sites) == 0 || isOwnSite(sites[0])):
		return nil
	case len(origins) == 1:
	case len(sites) == 1 && (isOwnSite(sites[0]) || isRead && isPageVisit(r)):
		return nil
	case len(sites) == 0 && isRead:
		return nil
	}
	return cognito.NewError(cognito.ErrAccessDenied, "the cookie does not count because the request comes from another origin, or does not say from which; send the token in the Authorization header")
}

// isOwnSite reports whether the value of Sec-Fetch-Site names the same origin, or the user. A page
// of a sibling subdomain is same-site, and is another origin.
func isOwnSite(value string) bool { return value == "same-origin" || value == "none" }

// isPageVisit reports whether the answer becomes a page of its own, not a part of another page:
// scripts of the page with the link cannot read it.
func isPageVisit(r *http.Request) bool {
	mode, dest := r.Header["Sec-Fetch-Mode"], r.Header["Sec-Fetch-Dest"]
	return len(mode) == 1 && mode[0] == "navigate" && len(dest) == 1 && dest[0] == "document"
}

// isOwnOrigin reports whether origin is the one that r was sent to. A server behind a proxy does
// not see the scheme, so the host decides there. With TLS, a page from http is another origin.
func isOwnOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	switch {
	case err != nil || u.Host == "" || origin != u.Scheme+"://"+u.Host:
		return false
	case u.Scheme != "https" && (u.Scheme != "http" || r.TLS != nil):
		return false
	}
	// Browsers leave the default port out of both. Others may write it in Host.
	port := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return strings.EqualFold(strings.TrimSuffix(u.Host, port), strings.TrimSuffix(r.Host, port))
}
