package proxytest_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/resources"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

const headerBytes = 32 << 10 // the default of limits.header_bytes

// A gateway is what proxies ask.
type gateway struct {
	address string // of forward auth
	envoy   string // of the checks over gRPC
	headers *identity.Headers
	policy  *authz.Policy
	issuer  *cognitotest.Issuer
	// balancer is a load balancer in front of the proxy.
	balancer *cognitotest.LoadBalancer
	away     *cognitotest.Pool // its keys are not available
	server   *httptest.Server
	asked    *recorder

	documents *resources.Set

	stopEnvoy func()
}

var rules = []authz.Rule{
	{Name: "health", Match: route.Match{Path: "/healthz"}, Allow: cognito.Anonymous},
	{Name: "public", Match: route.Match{Path: "/public/**"}, Allow: cognito.Anonymous},
	{
		Name: "read orders", Match: route.Match{Methods: []string{"GET", "HEAD", "POST"}, Path: "/orders/**"},
		Require: authz.Require{Scopes: []string{"orders/read"}},
		CORS:    &authz.CORS{Origins: []string{"https://app.example.com"}},
	},
	{Name: "admin", Match: route.Match{Path: "/admin/**"}, Require: authz.Require{Groups: []string{"admins"}}},
	{
		Name: "preflight", Match: route.Match{Path: "/cors/**"}, Preflight: true,
	},
	{Name: "files", Match: route.Match{Path: "/files/**"}, Ambiguous: []string{"encoded_slash"}},
	{Name: "one host", Match: route.Match{Hosts: []string{"public.example.com"}, Path: "/same/**"}, Allow: cognito.Anonymous},
	{Name: "balanced", Match: route.Match{Path: "/balanced/**"}, Via: []authz.Via{authz.ViaBearer, authz.ViaALB}},
	{Name: "streams", Match: route.Match{Path: "/stream/**"}},
}

func startGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{issuer: cognitotest.NewIssuer()}
	g.away = g.issuer.AddPool("us-east-1_Away00001", "away-client")
	g.away.FailKeySet(http.StatusServiceUnavailable)
	verifier, err := cognito.New(g.issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	g.balancer = g.issuer.Pool().LoadBalancer("web")
	balancers, err := alb.New(g.balancer.Config())
	if err != nil {
		t.Fatal(err)
	}
	g.policy, err = authz.New(authz.Config{
		Verifier: verifier, UserPools: g.issuer.Config().UserPools, LoadBalancers: balancers, Rules: rules,
	})
	if err != nil {
		t.Fatal(err)
	}
	g.headers, err = identity.New(identity.Config{
		Preset: identity.PresetOAuth2Proxy, Headers: map[string]string{"X-Tenant": "custom:tenant"}, LoadBalancers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := callers.New([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	g.documents, err = resources.New([]resources.Resource{{
		URL: "https://api.example.com/mcp", Domain: "https://auth.example.com", ClientID: "mcp", RedirectURIs: []string{"https://app.example.com/callback"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	g.asked = &recorder{next: g.documents.Annotator(g.policy)}
	handler, err := forwardauth.New(forwardauth.Config{Decider: g.asked, Headers: g.headers, Trusted: trusted, FindClient: true})
	if err != nil {
		t.Fatal(err)
	}
	check := extauthz.Config{Decider: g.asked, Headers: g.headers, Trusted: trusted, Timeout: time.Second, FindClient: true}
	checks, err := extauthz.NewHandler(check)
	if err != nil {
		t.Fatal(err)
	}
	g.serveEnvoy(t, check)
	g.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handler.Handles(r) {
			handler.ServeHTTP(w, r)
			return
		}
		if document := g.documents.Handler(r); document != nil {
			document.ServeHTTP(w, r)
			return
		}
		checks.ServeHTTP(w, r)
	}))
	g.server.Config.MaxHeaderBytes = headerBytes
	g.server.Start()
	t.Cleanup(g.server.Close)
	g.address = g.server.Listener.Addr().String()
	return g
}

func (g *gateway) serveEnvoy(t *testing.T, check extauthz.Config) {
	t.Helper()
	checker, err := extauthz.NewChecker(check)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.envoy = listener.Addr().String()
	server := extauthz.NewServer(func() *extauthz.Checker { return checker })
	go func() { _ = server.Serve(listener) }()
	g.stopEnvoy = func() { _ = server.Close() }
	t.Cleanup(g.stopEnvoy)
}

// stop ends both servers.
func (g *gateway) stop() {
	g.server.Close()
	g.stopEnvoy()
}

// token is an access token that the rules for orders and streams accept.
func (g *gateway) token(options ...cognitotest.TokenOption) string {
	return g.issuer.Pool().AccessToken(append([]cognitotest.TokenOption{
		cognitotest.ForSubject("sub-1"), cognitotest.Scopes("orders/read"), cognitotest.Groups("staff", "R&D"),
		cognitotest.Claim("username", "anaya"),
	}, options...)...)
}

// freePort returns a port that no program listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}
