package forwardauth_test

import (
	"net/http"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

func findingClients(t *testing.T, f *fixed) *forwardauth.Handler {
	t.Helper()
	headers, err := identity.New(identity.Config{})
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := callers.New([]string{"192.0.2.0/24", "10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	h, err := forwardauth.New(forwardauth.Config{Decider: f, Headers: headers, Trusted: trusted, FindClient: true})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Each address reads the hops of the header that its proxy sets, and of no other one.
func TestClientIsReadFromTheHeaderOfTheProxy(t *testing.T) {
	own := map[string]string{
		"nginx": "X-Original-Forwarded-For", "haproxy": "X-Original-Forwarded-For",
		"ingress-nginx": "X-Forwarded-For", "traefik": "X-Forwarded-For", "caddy": "X-Forwarded-For",
	}
	for proxy, header := range families {
		spoofed := http.Header{
			"X-Forwarded-For": {"203.0.113.9"}, "X-Original-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"203.0.113.9"},
			"Forwarded": {"for=203.0.113.9"}, "X-Client-Ip": {"203.0.113.9"}, "Cf-Connecting-Ip": {"203.0.113.9"}, "True-Client-Ip": {"203.0.113.9"},
			"X_forwarded_for": {"203.0.113.9"}, "X-Original_forwarded_for": {"203.0.113.9"},
		}
		for value, want := range map[string]string{
			"203.0.113.9, 198.51.100.7, 10.0.0.2": "198.51.100.7", "nonsense": "192.0.2.1", "": "192.0.2.1",
		} {
			f := &fixed{decision: authz.Decision{Allowed: true}}
			spoofed[own[proxy]] = []string{value}
			w := ask(findingClients(t, f), "/forward-auth/"+proxy, header, spoofed)
			if len(f.asked) != 1 || f.asked[0].Client.String() != want {
				t.Errorf("%s, %q: %d, %+v", proxy, value, w.Code, f.asked)
			}
		}
		delete(spoofed, own[proxy])
		f := &fixed{decision: authz.Decision{Allowed: true}}
		ask(findingClients(t, f), "/forward-auth/"+proxy, header, spoofed)
		if len(f.asked) != 1 || f.asked[0].Client.String() != "192.0.2.1" { // that of httptest
			t.Errorf("%s without its header: %+v", proxy, f.asked)
		}
	}
}
