package proxytest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

var balancerHeaders = []string{"X-Amzn-Oidc-Data", "X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Accesstoken"}

// signIn returns the lines that the load balancer adds.
func (c *chain) signIn() (lines []string, values map[string]string) {
	r := &http.Request{Header: http.Header{}}
	c.balancer.SignIn(r, cognitotest.ForSubject("sub-2"))
	values = map[string]string{}
	for _, name := range balancerHeaders {
		values[name] = r.Header.Get(name)
		lines = append(lines, name+": "+values[name])
	}
	return lines, values
}

// A service trusts these headers where a load balancer was in front of it before.
func TestHeadersOfLoadBalancersArriveOnlyIfTheyDecided(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		lines, values := c.signIn()
		if r := c.send("GET", "/balanced/a", lines...); r.status != http.StatusOK {
			c.t.Fatalf("a sign-in: got %d %s", r.status, r.body)
		}
		got := c.arrived()
		for name, want := range values {
			if got.Header.Get(name) != want {
				c.t.Errorf("a sign-in: %s is %q, want %q", name, got.Header[name], want)
			}
		}
		if got.Header.Get("X-Auth-Subject") != "sub-2" {
			c.t.Errorf("a sign-in: got %v", got.Header)
		}
		for target, more := range map[string]string{"/balanced/a": bearer(c.token()), "/orders/7": bearer(c.token()), "/public/a": "X-Other: a"} {
			// Those of a good sign-in too: the rule did not look at them.
			for _, sent := range [][]string{lines, {"X-Amzn-Oidc-Data: mallory", "X-Amzn-Oidc-Identity: mallory", "X-Amzn-Oidc-Accesstoken: mallory"}} {
				if r := c.send("GET", target, append(slices.Clone(sent), more)...); r.status != http.StatusOK {
					c.t.Fatalf("%s: got %d %s", target, r.status, r.body)
				}
				got := c.arrived()
				for _, name := range balancerHeaders {
					if value := got.Header.Get(name); value != "" {
						c.t.Errorf("%s: the service got %s: %s", target, name, value)
					}
				}
			}
		}
		for name, sent := range map[string][]string{
			"forged": {"X-Amzn-Oidc-Data: " + c.balancer.Data(cognitotest.TamperedSignature())}, "twice": append(lines, lines...),
			"another subject": {lines[0], "X-Amzn-Oidc-Identity: mallory"},
		} {
			c.wantDenied(name, c.send("GET", "/balanced/a", sent...))
		}
		for _, spelling := range spellings("X-Amzn-Oidc-Data") {
			if strings.EqualFold(spelling, "X-Amzn-Oidc-Data") {
				continue
			}
			c.wantDenied(spelling, c.send("GET", "/balanced/a", spelling+": "+values["X-Amzn-Oidc-Data"]))
		}
	})
}
