package extauthz_test

import (
	"context"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// A recorder allows every request and keeps the last one.
type recorder struct{ asked authz.Request }

func (r *recorder) Decide(_ context.Context, asked *authz.Request) authz.Decision {
	r.asked = *asked
	return authz.Decision{Allowed: true}
}

func TestClientIsTheSourceOfTheCheck(t *testing.T) {
	w, kept := newWorld(t), &recorder{}
	w.config.Decider, w.config.FindClient = kept, true
	client, _, _ := w.dial(t)
	for name, test := range map[string]struct{ source, forwarded, want string }{
		"the peer of Envoy":          {"198.51.100.7", "203.0.113.9", "198.51.100.7"},
		"a trusted peer":             {"192.0.2.9", "203.0.113.9, 198.51.100.7, 192.0.2.9", "198.51.100.7"},
		"a trusted peer, unreadable": {"192.0.2.9", "nonsense", "127.0.0.1"},
		"IPv6":                       {"2001:db8::7", "", "2001:db8::7"},
		"none":                       {"", "203.0.113.9", "127.0.0.1"},
	} {
		for form, describe := range forms {
			r := describe("GET", "api.example.com", "/healthz", line{"x-forwarded-for", test.forwarded})
			r.Attributes.Source = &auth.AttributeContext_Peer{Address: &core.Address{Address: &core.Address_SocketAddress{
				SocketAddress: &core.SocketAddress{Address: test.source},
			}}}
			check(t, client, r)
			if got := kept.asked.Client.String(); got != test.want {
				t.Errorf("%s, %s: got %s, want %s", name, form, got, test.want)
			}
		}
	}
}

func TestHTTPReadsTheClientFromXForwardedFor(t *testing.T) {
	w, kept := newWorld(t), &recorder{}
	w.config.Decider, w.config.FindClient = kept, true
	for value, want := range map[string]string{
		"203.0.113.9, 198.51.100.7": "198.51.100.7", "203.0.113.9, 198.51.100.7, 192.0.2.1": "198.51.100.7", "nonsense": "192.0.2.1",
	} {
		ask(t, w.config, "GET", "/ext-authz/healthz", line{"X-Forwarded-For", value}, line{"X-Original-Forwarded-For", "203.0.113.9"})
		if got := kept.asked.Client.String(); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}
