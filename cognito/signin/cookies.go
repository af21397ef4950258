package signin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin/internal/sameorigin"
	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

// The limits of the sign-ins under way in one browser. Servers refuse requests whose headers
// are too long, so the cookies must not pile up.
const (
	mostFlows     = 5
	mostFlowBytes = 6 << 10
)

// The names of the cookies of a site. Browsers accept the prefix __Host- only from the host
// itself, over https (RFC 6265bis §4.1.3.2), so a sibling subdomain cannot set the cookie.
type cookieNames struct {
	session string
	flow    string // without its number
	domain  string // of the session
	secure  bool
}

func namesOf(origin, domain string) cookieNames {
	switch {
	case !strings.HasPrefix(origin, "https://"): // loopback, where browsers may refuse Secure
		return cookieNames{session: "poolguard-dev", flow: "poolguard-dev-flow-"}
	case domain != "":
		return cookieNames{session: "__Secure-poolguard", flow: "__Host-poolguard-flow-", domain: domain, secure: true}
	}
	return cookieNames{session: "__Host-poolguard", flow: "__Host-poolguard-flow-", secure: true}
}

func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// counts reports whether a session counts for a request, by the page that caused it.
func (s *site) counts(r *http.Request) bool { return sameorigin.Counts(r.Method, r.Header, s.own) }

// sessionID returns the ID in the session cookie. Two cookies of the name do not count: one
// of them may come from another subdomain or from an earlier path, and RFC 6265 §4.2.2 does
// not say which is first.
func (s *site) sessionID(r *http.Request) (id seal.ID, ok bool) {
	cookies := r.CookiesNamed(s.cookies.session)
	if len(cookies) != 1 {
		return seal.ID{}, false
	}
	return seal.ParseID(cookies[0].Value)
}

func (s *site) setSession(w http.ResponseWriter, value string) {
	c := s.cookie(s.cookies.session, value) //nolint:gosec // G124: see cookie
	c.Domain = s.cookies.domain
	http.SetCookie(w, c)
}

// cookie returns a cookie, or one that removes another one if value is "".
func (s *site) cookie(name, value string) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.cookies.secure, SameSite: http.SameSiteLaxMode} //nolint:gosec // G124: without Secure on loopback http only
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// A flowCookie is a sign-in under way in the browser.
type flowCookie struct {
	name    string
	started int64 // Unix milliseconds
	size    int
	flow    oauth.Flow
}

// flows returns the sign-ins under way, the oldest first. Cookies with a name that occurs
// twice do not count.
func (s *site) flows(r *http.Request) (flows []flowCookie) {
	for n := range mostFlows {
		name := s.cookies.flow + strconv.Itoa(n)
		cookies := r.CookiesNamed(name)
		if len(cookies) != 1 {
			continue
		}
		started, flow, _ := strings.Cut(cookies[0].Value, ".")
		at, _ := strconv.ParseInt(started, 10, 64) // 0, and so the oldest, if it is no number
		flows = append(flows, flowCookie{name, at, len(cookies[0].Value), oauth.Flow(flow)})
	}
	slices.SortStableFunc(flows, func(a, b flowCookie) int { return int(min(max(a.started-b.started, -1), 1)) })
	return flows
}

// addFlow sets the cookie of a new sign-in. The oldest ones are removed if there are too
// many or they are too long together.
func (s *site) addFlow(w http.ResponseWriter, r *http.Request, started time.Time, flow oauth.Flow, life time.Duration) {
	value := strconv.FormatInt(started.UnixMilli(), 10) + "." + string(flow)
	flows, size := s.flows(r), len(value)
	for _, f := range flows {
		size += f.size
	}
	for len(flows) >= mostFlows || len(flows) > 0 && size > mostFlowBytes {
		http.SetCookie(w, s.cookie(flows[0].name, ""))
		size -= flows[0].size
		flows = flows[1:]
	}
	for n := range mostFlows {
		name := s.cookies.flow + strconv.Itoa(n)
		if !slices.ContainsFunc(flows, func(f flowCookie) bool { return f.name == name }) {
			c := s.cookie(name, value) //nolint:gosec // G124: see cookie
			c.MaxAge = int(life / time.Second)
			http.SetCookie(w, c)
			return
		}
	}
}

// clearFlows removes every sign-in under way, also cookies that do not count.
func (s *site) clearFlows(w http.ResponseWriter, r *http.Request) {
	for n := range mostFlows {
		if name := s.cookies.flow + strconv.Itoa(n); len(r.CookiesNamed(name)) > 0 {
			http.SetCookie(w, s.cookie(name, ""))
		}
	}
}
