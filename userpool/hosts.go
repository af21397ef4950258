package userpool

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// hostGuard rejects requests for host names that another site can own. Without it, a web
// page could resolve its own name to this server (DNS rebinding), and the browser would
// treat the server as the page's own origin.
type hostGuard struct{ public string }

func newHostGuard(publicURL string) hostGuard {
	u, err := url.Parse(publicURL)
	if err != nil {
		return hostGuard{}
	}
	return hostGuard{public: strings.ToLower(u.Hostname())}
}

// ownSuffixes are the ends of names that the public DNS gives to no other site (RFC 6761,
// RFC 2606, RFC 6762, the private-use .internal), and of Cognito's own names, for clients
// whose requests are redirected to this server.
var ownSuffixes = []string{
	".localhost", ".local", ".internal", ".home.arpa", ".test", ".example", ".invalid",
	".example.com", ".example.net", ".example.org", ".amazoncognito.com",
}

func (g hostGuard) allows(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	_, notAddress := netip.ParseAddr(host)
	switch {
	case host == "", host == g.public, notAddress == nil:
		return true
	case !strings.Contains(host, "."):
		return true // a name of this machine's own network, such as a container's
	case strings.HasSuffix(host, ".amazonaws.com"):
		return strings.HasPrefix(host, "cognito-idp.") || strings.HasPrefix(host, "issuer-cognito-idp.") || strings.HasPrefix(host, "cognito-idp-fips.")
	default:
		return slices.ContainsFunc(ownSuffixes, func(suffix string) bool { return strings.HasSuffix("."+host, suffix) })
	}
}

func (g hostGuard) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.allows(r.Host) {
			http.Error(w, "This server does not answer for this host name. Start it with a public URL that has the name.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
