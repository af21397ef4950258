package callers

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

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
	address = plain(address)
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

// Peer returns the address of the caller of a request that a [http.Server] read. It returns
// the zero value for a caller on a Unix socket.
func Peer(r *http.Request) netip.Addr {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return plain(remote.Addr())
}

// Client returns the address that a request came from: the last address in forwarded that is
// not one of the list. forwarded are the values of a header in the form of X-Forwarded-For,
// to which each proxy appends the address of its own client. What a client wrote itself is
// before that address, and so is not read.
//
// If all addresses are of the list, Client returns the first one. It returns peer, the address
// of the caller, if there is none, and if one cannot be read before the client is found.
func (t *Trusted) Client(forwarded []string, peer netip.Addr) netip.Addr {
	client := peer
	for n := len(forwarded) - 1; n >= 0; n-- {
		for rest, more := forwarded[n], true; more; {
			comma := strings.LastIndexByte(rest, ',')
			address, ok := parseHop(strings.TrimSpace(rest[comma+1:]))
			if !ok {
				return peer
			}
			client = address
			if !t.has(client) {
				return client
			}
			if more = comma >= 0; more {
				rest = rest[:comma]
			}
		}
	}
	return client
}

// parseHop reads an address, which may have a port: some load balancers add it.
func parseHop(text string) (netip.Addr, bool) {
	if address, err := netip.ParseAddr(text); err == nil {
		return plain(address), true
	}
	if pair, err := netip.ParseAddrPort(text); err == nil {
		return plain(pair.Addr()), true
	}
	inside, ok := strings.CutPrefix(text, "[")
	inside, closed := strings.CutSuffix(inside, "]")
	address, err := netip.ParseAddr(inside)
	return plain(address), ok && closed && err == nil && address.Is6()
}

// plain returns an address without its zone, and an IPv4 address in the form of IPv4.
func plain(address netip.Addr) netip.Addr { return address.WithZone("").Unmap() }
