package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/original"
	"github.com/poolguard/poolguard/gateway/internal/snippets"
	"github.com/poolguard/poolguard/internal/serve"
)

// A Summary says what a configuration file has.
type Summary struct {
	UserPools, Rules int
	Warnings         []Warning
}

// A Warning is something in a file that is possible and probably a mistake.
type Warning struct {
	Key    string // its path in the file, such as "rules[2].match"
	Reason string // continues a sentence that begins with the key
}

// Check reads a configuration file as [New] does, with all files that it names.
func Check(c Config) (*Summary, error) {
	c.Log = nil
	g, err := New(c)
	if err != nil {
		return nil, err
	}
	s := g.current.Load()
	summary := &Summary{UserPools: len(s.document.UserPools), Rules: len(s.document.Rules)}
	for _, w := range s.document.Warnings(s.policy) {
		summary.Warnings = append(summary.Warnings, Warning(w))
	}
	return summary, nil
}

// A Question is a request to explain the decision about.
type Question struct {
	Method string
	URL    string      // https://api.example.com/orders/7
	Header http.Header // of the request, such as Authorization
}

// An Explanation is a decision with its steps. It may name what the configuration accepts:
// it is for the operator.
type Explanation struct {
	Allowed    bool
	ReportOnly bool   // the rule would deny, and has report_only
	Rule       string // "" if no rule matches
	Code       cognito.Code
	Checks     []cognito.Check
	// Status and Header are the answer for the proxy in general. Some proxies need another
	// status; docs/gateway.md has the table.
	Status int
	Header http.Header
}

// Explain decides about a request by the rules of a configuration file, and says how. It
// may fetch key sets. An error is about the file or the question; "denied" is not one.
func Explain(ctx context.Context, c Config, q Question) (*Explanation, error) {
	c.Log = nil
	g, err := New(c)
	if err != nil {
		return nil, err
	}
	s := g.current.Load()
	request, err := q.request()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.document.ForwardAuthTimeout)
	defer cancel()
	decision, checks := s.policy.Explain(ctx, &request)
	if s.resources != nil {
		s.resources.Annotate(&request, &decision)
	}
	e := &Explanation{
		Allowed: decision.Allowed, ReportOnly: decision.ReportOnly(), Rule: decision.Rule, Code: decision.Code(), Checks: checks,
		Status: http.StatusOK, Header: http.Header{},
	}
	if !decision.Allowed {
		denial := answer.Of(&decision)
		e.Status = denial.Status()
		denial.SetHeader(e.Header)
		return e, nil
	}
	headers, err := s.document.IdentityHeaders()
	if err != nil {
		return nil, err
	}
	caller := identity.Of(&decision)
	headers.Set(e.Header, &caller)
	if caller.Email != caller.VerifiedEmail() {
		e.Checks = append(e.Checks, cognito.Check{
			Name: "email", Status: cognito.NotChecked, Detail: "email_verified is not true, so headers with the address are empty",
		})
	}
	return e, nil
}

var errQuestion = errors.New("the URL must have a scheme, a host and a path, such as https://api.example.com/orders/7")

// request returns the request as an adapter makes it. The target is cut out of the URL as
// text: a parsed URL would not have the bytes of the request.
func (q *Question) request() (authz.Request, error) {
	host, target, ok := cutURL(q.URL)
	if !ok {
		return authz.Request{}, errQuestion
	}
	return original.Request(q.Method, host, target, q.Header), nil
}

func cutURL(raw string) (host, target string, ok bool) {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found || scheme != "https" && scheme != "http" {
		return "", "", false
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host, target = rest[:end], rest[end:]
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	u, err := url.Parse(scheme + "://" + host)
	return host, target, err == nil && u.Host != "" && u.User == nil
}

// Example returns a configuration file with every key, in use or in a comment.
func Example() string { return config.Example() }

// JSONSchema returns the JSON Schema of configuration files, for editors.
func JSONSchema() ([]byte, error) { return config.JSONSchema() }

// Proxies returns the names of proxies that [ProxyExample] knows.
func Proxies() []string { return snippets.Names() }

// A Proxy is what [ProxyExample] writes a configuration for.
type Proxy struct {
	Name    string // one of Proxies
	Listen  string // the address for clients, HOST:PORT; "" is 0.0.0.0:80
	Service string // the address of the service, HOST:PORT; "" is 127.0.0.1:3000
}

// ProxyExample returns the configuration of a proxy that asks the gateway. With a File in
// c, it has the headers and the addresses of that configuration. A Unix socket is left to
// the reader, because each proxy names it in its own way.
func ProxyExample(c Config, proxy Proxy) (string, error) {
	for _, address := range []struct{ name, value string }{{"listen", proxy.Listen}, {"service", proxy.Service}} {
		if err := checkAddress(address.name, address.value); err != nil {
			return "", err
		}
	}
	options := snippets.Options{Listen: proxy.Listen, Service: proxy.Service}
	if c.File == "" {
		return snippets.Render(proxy.Name, options)
	}
	d, err := c.read()
	if err != nil {
		return "", err
	}
	headers, err := d.IdentityHeaders()
	if err != nil {
		return "", err
	}
	options.Resources = len(d.Resources) > 0
	options.Headers, options.ALB = headers, len(d.LoadBalancers.Signers) > 0
	options.Gateway, options.Envoy = dialable(d.ForwardAuth.Listen), dialable(d.Envoy.Listen)
	return snippets.Render(proxy.Name, options)
}

// addressForm keeps text that means something to a proxy out of its configuration.
var addressForm = regexp.MustCompile(`^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$`)

// checkAddress refuses an address that is not HOST:PORT. "" is the default.
func checkAddress(name, address string) error {
	if address != "" && !addressForm.MatchString(address) {
		return fmt.Errorf("%s is no address: got %q, want HOST:PORT, such as 127.0.0.1:3000", name, address)
	}
	return nil
}

// dialable returns the address at which a proxy on this machine reaches a listener. It
// returns "" for a listener that is off, and for a Unix socket, which each proxy names in
// its own way.
func dialable(listen string) string {
	if listen == config.Off || strings.HasPrefix(listen, "unix:") {
		return ""
	}
	if _, port, err := net.SplitHostPort(listen); err == nil && serve.IsEverywhere(listen) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listen
}
