package demo

import (
	"errors"
	"net"

	"github.com/poolguard/poolguard/internal/address"
)

// CheckPoolAddress returns an error if the pool must not listen on a host and a port, because the
// demo is for this machine only. The text continues a sentence that begins with the name of the
// setting. It accepts what is not of that form: listening has the error for it.
func CheckPoolAddress(where string) error {
	host, _, err := net.SplitHostPort(where)
	if err == nil && !address.IsLoopbackHost(host) {
		return errors.New("must be on 127.0.0.1, [::1] or localhost: the demo is for this machine only")
	}
	return nil
}

// CheckAPIAddress is [CheckPoolAddress] for the API, whose host is that of a callback URL. With
// plain http, Cognito accepts three names only.
func CheckAPIAddress(where string) error {
	host, _, err := net.SplitHostPort(where)
	ip := net.ParseIP(host)
	if err == nil && ip != nil && !ip.Equal(net.IPv4(127, 0, 0, 1)) && !ip.Equal(net.IPv6loopback) {
		return errors.New("must be on 127.0.0.1, [::1] or localhost: Cognito allows no other callback URL with plain http")
	}
	return CheckPoolAddress(where)
}
