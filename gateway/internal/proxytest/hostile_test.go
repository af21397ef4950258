package proxytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// spellings returns the names under which applications could read a header as name.
func spellings(name string) []string {
	return []string{
		name, strings.ToLower(name), strings.ToUpper(name),
		strings.ReplaceAll(name, "-", "_"), strings.ToUpper(strings.ReplaceAll(name, "-", "_")), strings.ReplaceAll(name, "-", "."),
		strings.Replace(name, "-", "_", 1), strings.Replace(name, "-", ".", 1),
	}
}

// CVE-2025-64484, CVE-2026-54763, CVE-2026-88011, CVE-2026-30851, CVE-2026-44087.
func TestIdentityHeadersOfTheClientNeverArrive(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		names := append(c.headers.Names(), "X-Auth-Jwt", "X-Auth-Error")
		if !strings.HasSuffix(c.t.Name(), "/nginx") { // it removes headers by name only
			names = append(names, "X-Auth-Other")
		}
		for _, name := range names {
			for _, spelling := range spellings(name) {
				line := spelling + ": mallory"
				for target, token := range map[string]string{"/healthz": "", "/orders/7": bearer(c.token())} {
					lines := []string{line, line}
					if token != "" {
						lines = append(lines, token)
					}
					r := c.send("GET", target, lines...)
					if r.status != http.StatusOK {
						c.wantDenied(spelling, r)
						continue
					}
					for header, values := range c.arrived().Header {
						if c.headers.IsSpelling(header) && strings.Contains(strings.Join(values, ","), "mallory") {
							c.t.Errorf("%s: %s reached the service as %s: %q", target, spelling, header, values)
						}
					}
				}
			}
		}
	})
}

// CVE-2026-40575, CVE-2026-33495, CVE-2026-35051.
func TestOriginalRequestOfTheClientIsNotBelieved(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for name, value := range map[string]string{
			"X-Original-URI": "/healthz", "X-Original-URL": "http://api.example.com/healthz", "X-Original-Method": "OPTIONS",
			"X-Original-Host": "other.example.com", "X-Forwarded-Uri": "/healthz", "X-Forwarded-Method": "OPTIONS",
			"X-Forwarded-Host": "other.example.com", "X-Forwarded-Prefix": "/healthz", "X-Forwarded-Proto": "http",
			"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Rewrite-URL": "/healthz", "X-HTTP-Method-Override": "OPTIONS",
			"User-Agent": "GoogleHC/1.0",
		} {
			for _, spelling := range spellings(name) {
				c.wantDenied(spelling, c.send("GET", "/orders/7", spelling+": "+value))
				c.wantDenied(spelling+" twice", c.send("GET", "/admin/7", spelling+": "+value, spelling+": "+value, bearer(c.token())))
			}
		}
		for _, query := range []string{"?uri=/healthz", "?X-Original-URI=/healthz", "?access_token=" + c.token(), "?rd=/healthz"} {
			c.wantDenied(query, c.send("GET", "/orders/7"+query))
		}
	})
}

func TestTwoCredentialsAreDenied(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		good, bad := bearer(c.token()), bearer(c.token(cognitotest.TamperedPayload()))
		for name, lines := range map[string][]string{
			"good and good": {good, good}, "good and bad": {good, bad}, "bad and good": {bad, good},
			"good and basic": {good, "Authorization: Basic dTpw"}, "basic and good": {"Authorization: Basic dTpw", good},
			"joined":              {good + ", " + strings.TrimPrefix(good, "Authorization: ")},
			"good and other name": {"authorization: Bearer x", "AUTHORIZATION: Bearer y"},
		} {
			c.wantDenied(name, c.send("GET", "/orders/7", lines...))
		}
		c.wantDenied("in the query too", c.send("GET", "/orders/7?access_token=x", good))
	})
}

// GHSA-w9mr-28mw-j8hg, CVE-2024-45410: a proxy removes the headers that Connection names.
func TestConnectionDoesNotRemoveTheIdentity(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for _, names := range []string{
			"X-Auth-Subject", "close, X-Auth-Subject", "x-auth-subject, x-auth-groups", "X-Auth-Request-User", "X-Forwarded-User",
			"X-Tenant", "Authorization", "X-Original-URI", "X-Forwarded-Uri", "X-Original-Method, X-Forwarded-Method", "Host",
		} {
			r := c.send("GET", "/orders/7", bearer(c.token()), "Connection: "+names)
			if r.status != http.StatusOK {
				c.wantDenied(names, r)
				continue
			}
			got := c.arrived()
			for _, name := range []string{"X-Auth-Subject", "X-Auth-Groups", "X-Auth-Request-User", "X-Forwarded-User"} {
				if got.Header.Get(name) == "" {
					c.t.Errorf("Connection: %s: the service got no %s", names, name)
				}
			}
			c.wantDenied("no token, Connection: "+names, c.send("GET", "/orders/7", "Connection: "+names))
		}
	})
}

// CVE-2026-33494, CVE-2025-54576, CVE-2026-41059, CVE-2025-66490, CVE-2026-73551, CVE-2026-40912,
// CVE-2021-32637. The paths are all near one that needs no token.
func TestAmbiguousPathsNeverArrive(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for _, target := range []string{
			"/public/../orders/7", "/public/./../orders/7", "/public/%2e%2e/orders/7", "/public/.%2e/orders/7", "/public/%2E%2E/orders/7",
			"/public/..%2forders/7", "/public/%2e%2e%2forders/7", "/public/..;/orders/7", "/public/..;x=1/orders/7", "/public/;/../orders/7",
			"/public;/../orders/7", "/public/..%3b/orders/7", "/public//orders/7", "//public/a", "/public/..\\orders\\7", "/public\\..\\orders\\7",
			"/public/%5c..%5corders", "/public/%00", "/public/a%00/../../orders", "/public/a#/../../orders/7", "/public/%23", "/public/%252e%252e/orders/7",
			"/public/%252f", "/public/%c0%ae%c0%ae/orders/7", "/public/%c0%af..", "/public/\x80", "/public/%zz", "/public/%", "/public/%2", "/public/a\x01b",
			"http://api.example.com/public/../orders/7", "http://api.example.com/public/a", "http://other.example.com/public/a", "HTTP://api.example.com/public/a",
			"*", "public/a", "?/public/a", "/public/a%0d%0aX-Auth-Subject:%20x/../..", "/public/é/../../orders/7", "/public/%c3%a9", "/./public/a",
			"/%70ublic/%2e%2e/orders/7", "/PUBLIC/a", "/public/a/..", "/public/..", "/public/.", "/healthz/", "/healthz.", "/healthz;", "/healthz%20", "/Healthz",
		} {
			r := c.send("GET", target)
			got := c.service.take()
			if r.status >= 500 {
				c.t.Errorf("%q: got %d %s", target, r.status, r.body)
			}
			if len(got) > 0 && !readsAsPublic(got[0].Target) {
				c.t.Errorf("%q reached the service as %q", target, got[0].Target)
			}
		}
		for _, method := range []string{"CONNECT", "PRI", "get", "G E T", "GET\x01", "OPTIONS"} {
			r := c.send(method, "/orders/7")
			c.wantDenied(method, r)
		}
		// A proxy may answer this one itself.
		if r := c.send("OPTIONS", "*"); r.status >= 500 || len(c.service.take()) > 0 {
			c.t.Errorf("OPTIONS *: got %d", r.status)
		}
		c.wantDenied("CONNECT", c.send("CONNECT", "api.example.com:443"))
	})
}

// readsAsPublic reports whether every application reads the target as a path below /public:
// the proxy has cleaned it before it asked.
func readsAsPublic(target string) bool {
	path := strings.TrimPrefix(strings.TrimPrefix(target, "http://"), "api.example.com")
	return strings.HasPrefix(path, "/public/") && !strings.ContainsAny(path, "%;\\#") && !strings.Contains(path, "..") && !strings.Contains(path, "//")
}

// CVE-2024-23324: a client must not be able to make the check fail rather than deny.
func TestClientsCauseDenialsAndNoFaults(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		large := strings.Repeat("a", 20<<10)
		many := make([]string, 0, 200)
		for range 200 {
			many = append(many, "X-Filler: "+strings.Repeat("b", 300))
		}
		long := "/admin/" + strings.Repeat("c", 7<<10)
		for name, lines := range map[string][]string{
			"a large token":           {bearer(large)},
			"a large header":          {"X-Large: " + large, bearer(c.token())},
			"many headers":            append(many, bearer(c.token())),
			"a control character":     {"X-Bad: a\x01b"},
			"DEL":                     {"X-Bad: a\x7fb"},
			"NUL":                     {"X-Bad: a\x00b"},
			"no ASCII":                {"Authorization: Bearer \xff\xfe"},
			"a bad name":              {"X Bad: a"},
			"a name with a bracket":   {"X(Bad): a"},
			"an empty name":           {": a"},
			"a folded line":           {"X-Folded: a\r\n b"},
			"two hosts":               {"Host: other.example.com"},
			"two lengths":             {"Content-Length: 1", "Content-Length: 2"},
			"Expect":                  {"Expect: 200-maybe"},
			"an Origin twice":         {"Origin: https://a.example.com", "Origin: https://b.example.com"},
			"Upgrade to h2c":          {"Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"},
			"Upgrade without a token": {"Connection: Upgrade", "Upgrade: websocket"},
		} {
			c.wantDenied(name, c.send("GET", "/other", lines...))
			c.wantDenied(name+", a long target", c.send("GET", long, lines...))
		}
		for name, text := range map[string]string{
			"no host":         "GET /orders/7 HTTP/1.1\r\n\r\n",
			"an empty host":   "GET /orders/7 HTTP/1.1\r\nHost:\r\n\r\n",
			"a bad host":      "GET /public/a HTTP/1.1\r\nHost: a@b/c\r\n\r\n",
			"HTTP/1.0":        "GET /orders/7 HTTP/1.0\r\n\r\n",
			"HTTP/0.9":        "GET /orders/7\r\n",
			"a host, spaces":  "GET /orders/7 HTTP/1.1\r\nHost: api example com\r\n\r\n",
			"HTTP/3.7":        "GET /orders/7 HTTP/3.7\r\nHost: a\r\n\r\n",
			"bare line feeds": "GET /orders/7 HTTP/1.1\nHost: a\n\n",
			"two framings":    "POST /orders/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"another coding":  "POST /orders/7 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
		} {
			c.service.take()
			r := c.raw("GET", text)
			if r.status == http.StatusHTTPVersionNotSupported || r.status == http.StatusNotImplemented {
				r.status = http.StatusBadRequest // the proxy's own answer to what it does not know
			}
			c.wantDenied(name, r)
		}
	})
}
