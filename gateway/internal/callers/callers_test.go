package callers_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/callers"
)

func trusting(t *testing.T, networks ...string) *callers.Trusted {
	t.Helper()
	trusted, err := callers.New(networks)
	if err != nil {
		t.Fatal(err)
	}
	return trusted
}

var verified = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{}}}}

func TestOnlyListedAddressesAreTrusted(t *testing.T) {
	for _, test := range []struct {
		networks []string
		remote   string
		want     bool
	}{
		{nil, "127.0.0.1:1", false},
		{nil, "[::1]:1", false},
		{[]string{"127.0.0.0/8"}, "127.9.0.1:1", true},
		{[]string{"127.0.0.0/8"}, "128.0.0.1:1", false},
		{[]string{"127.0.0.0/8"}, "[::ffff:127.0.0.1]:1", true},
		{[]string{"10.0.0.7"}, "10.0.0.7:1", true},
		{[]string{"10.0.0.7"}, "10.0.0.8:1", false},
		{[]string{"fd00::/8", "10.0.0.0/8"}, "[fd12::1%eth0]:1", true},
		{[]string{"0.0.0.0/0"}, "[::1]:1", false},
		{[]string{"0.0.0.0/0"}, "", false},
		{[]string{"0.0.0.0/0"}, "@", false},
		{[]string{"0.0.0.0/0"}, "10.0.0.7", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = test.remote
		trusted := trusting(t, test.networks...)
		if got := trusted.TrustsRequest(r); got != test.want {
			t.Errorf("%v, request from %q: got %v", test.networks, test.remote, got)
		}
		address, err := net.ResolveTCPAddr("tcp", test.remote)
		if err != nil || test.remote == "" {
			continue
		}
		if got := trusted.Trusts(address, &net.TCPAddr{}, nil); got != test.want {
			t.Errorf("%v, connection from %q: got %v", test.networks, test.remote, got)
		}
	}
}

func TestUnixSocketsAreTrusted(t *testing.T) {
	local := &net.UnixAddr{Name: "/run/auth.sock", Net: "unix"}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.RemoteAddr = "@"
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
	if none := trusting(t); !none.TrustsRequest(r) || !none.Trusts(&net.UnixAddr{}, local, nil) {
		t.Error("a caller on a Unix socket is not trusted")
	}
}

func TestOnlyVerifiedCertificatesAreTrusted(t *testing.T) {
	none := trusting(t)
	sent := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{}}}
	for _, test := range []struct {
		state *tls.ConnectionState
		want  bool
	}{{verified, true}, {sent, false}, {&tls.ConnectionState{}, false}, {nil, false}} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.TLS = test.state
		if got := none.TrustsRequest(r); got != test.want {
			t.Errorf("request with %+v: got %v", test.state, got)
		}
		if got := none.Trusts(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, &net.TCPAddr{}, test.state); got != test.want {
			t.Errorf("connection with %+v: got %v", test.state, got)
		}
	}
}

func TestEveryFaultOfTheListIsReported(t *testing.T) {
	_, err := callers.New([]string{"10.0.0.0/8", "10.0.0.1/8", "localhost", "", "::ffff:10.0.0.0/104", "fe80::1%eth0"})
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{`[1] is not the first address of its network: got "10.0.0.1/8", want "10.0.0.0/8"`, `[2] `, `[3] `, `[4] `, `[5] `} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if _, ok := errors.AsType[*cognito.ConfigError](err); !ok {
		t.Errorf("not a ConfigError: %v", err)
	}
}
