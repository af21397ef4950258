package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// ErrAddressInUse reports that another program listens on the address.
var ErrAddressInUse = errors.New("another program listens on it")

// ErrAddressInvalid reports text that is neither a host and a port nor unix: and a path.
var ErrAddressInvalid = errors.New("is neither HOST:PORT nor unix:PATH")

// unixPrefix begins the address of a Unix socket.
const unixPrefix = "unix:"

// Listen opens a listener on an address: "127.0.0.1:9229", "[::1]:9229", ":9229" (every
// address of this machine), or "unix:/run/poolguard.sock". Port 0 is any free port. Only
// the owner of the process can connect to a Unix socket; see [ListenUnix].
//
// An error is [ErrAddressInvalid] or [ErrAddressInUse], or it is the error of the
// operating system.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	if path, found := strings.CutPrefix(address, unixPrefix); found {
		return ListenUnix(ctx, path, 0o600)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, ErrAddressInvalid
	}
	return listen(ctx, "tcp", address)
}

func listen(ctx context.Context, network, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, network, address)
	if isInUse(err) {
		return nil, fmt.Errorf("%s: %w", address, ErrAddressInUse)
	}
	return l, err
}

// ListenLocalhost opens a port of this machine on 127.0.0.1 and on ::1: browsers use
// either address for "localhost". An address that the machine does not have is left
// out. An address that another program listens on is [ErrAddressInUse], because the
// browser could reach that program.
func ListenLocalhost(ctx context.Context, port int) (_ []net.Listener, err error) {
	var open []net.Listener
	defer func() {
		if err != nil {
			closeAll(open)
		}
	}()
	for _, at := range []struct{ network, host string }{{"tcp4", "127.0.0.1"}, {"tcp6", "::1"}} {
		l, err := listen(ctx, at.network, net.JoinHostPort(at.host, strconv.Itoa(port)))
		switch {
		case err == nil:
			open = append(open, l)
		case isAbsent(err) && at.network == "tcp6":
		default:
			return nil, err
		}
	}
	return open, nil
}

func closeAll(open []net.Listener) {
	for _, l := range open {
		_ = l.Close() // nothing was served
	}
}

// isInUse reports whether another program has the address. 10048 is Windows' number
// for it.
func isInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.Errno(10048))
}

// isAbsent reports whether the machine does not have the address, which is usual for
// IPv6. 10047 and 10049 are Windows' numbers for it.
func isAbsent(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) ||
		errors.Is(err, syscall.Errno(10047)) || errors.Is(err, syscall.Errno(10049))
}

// IsEverywhere reports whether an address to listen on is every address of this
// machine, such as ":9229", "0.0.0.0:9229" and "[::]:9229".
func IsEverywhere(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "" || ip != nil && ip.IsUnspecified())
}

// IsLocal reports whether only this machine can connect to a listener's address.
func IsLocal(address net.Addr) bool {
	switch a := address.(type) {
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	default:
		return false
	}
}
