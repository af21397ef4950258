package callers

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/poolguard/poolguard/cognito"
)

// Trusted is the list of trusted callers. The zero value trusts callers on Unix sockets
// and with verified certificates only. It is safe for concurrent use.
type Trusted struct {
	networks []netip.Prefix
}

// New reads a list of networks, "10.0.0.0/8", and addresses, "10.0.0.7". It returns all
// faults at once, each a [*cognito.ConfigError].
func New(networks []string) (*Trusted, error) {
	t := &Trusted{}
	var faults []error
	for n, text := range networks {
		network, err := parse(text)
		if err != nil {
			faults = append(faults, &cognito.ConfigError{
				Package: "callers", Field: fmt.Sprintf("Config.TrustedProxies[%d]", n), Reason: err.Error(),
			})
			continue
		}
		t.networks = append(t.networks, network)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return t, nil
}

func parse(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil || network.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("is neither a network nor an address: got %q, want one like 10.0.0.0/8", text)
	}
	if network != network.Masked() {
		return netip.Prefix{}, fmt.Errorf("is not the first address of its network: got %q, want %q", text, network.Masked())
	}
	return network, nil
}

// Trusts reports whether the caller on a connection is trusted: remote is its address,
// local the address of the listener, and state that of TLS, nil without TLS.
func (t *Trusted) Trusts(remote, local net.Addr, state *tls.ConnectionState) bool {
	if isUnix(local) || hasCertificate(state) {
		return true
	}
	if tcp, ok := remote.(*net.TCPAddr); ok {
		return t.has(tcp.AddrPort().Addr())
	}
	return false
}

// TrustsRequest is [Trusted.Trusts] for the connection of a request that a [http.Server]
// read.
func (t *Trusted) TrustsRequest(r *http.Request) bool {
	if local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr); isUnix(local) || hasCertificate(r.TLS) {
		return true
	}
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && t.has(remote.Addr())
}

func (t *Trusted) has(address netip.Addr) bool {
	address = address.WithZone("").Unmap()
	for _, network := range t.networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

func isUnix(local net.Addr) bool {
	_, ok := local.(*net.UnixAddr)
	return ok
}

func hasCertificate(state *tls.ConnectionState) bool {
	return state != nil && len(state.VerifiedChains) > 0
}
