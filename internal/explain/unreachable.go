package explain

import (
	"crypto/x509"
	"errors"
	"net/url"
	"strings"
	"syscall"

	"github.com/poolguard/poolguard/internal/address"
)

// defaultLocal is where the local user pool listens if it is started without flags.
const defaultLocal = "127.0.0.1:9229"

// Unreachable returns what to do if a server did not answer, in whole sentences. cause is
// why, and server is the URL that was asked, or "" for a user pool of Amazon Cognito. Where a
// server of this machine is not running, Unreachable asks so and adds the command that starts
// the local user pool, on a line of its own that begins with two spaces.
func Unreachable(cause error, server string) string {
	u, err := url.Parse(server)
	here := err == nil && u.Hostname() != "" && address.IsLoopbackHost(u.Hostname())
	switch {
	case isUntrusted(cause):
		return "Set SSL_CERT_FILE to the certificate of that authority, a PEM file; on macOS and Windows, add it to the certificates that the system trusts. " +
			"For the local user pool it is the file of --tls-ca-out."
	case here && refused(cause):
		return "Is it running? This starts the local user pool there:\n  " + startCommand(u)
	case here || cause != nil && strings.Contains(cause.Error(), "status "): // there was an answer, or no network is between
		return ""
	}
	return "Check the network, and set HTTPS_PROXY where a proxy is needed."
}

func startCommand(u *url.URL) string {
	command := "poolguard userpool serve"
	if u.Host != defaultLocal {
		command += " --listen " + u.Host
	}
	if u.Scheme == "https" {
		command += " --tls"
	}
	return command
}

// isUntrusted reports whether no trusted authority signed the server's certificate. The
// errors of package oauth have only the text.
func isUntrusted(cause error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(cause, &unknown) || mentions(cause, "certificate is of an unknown authority", "certificate signed by unknown authority", "certificate is not trusted")
}

// refused reports whether no program listens at the address.
func refused(cause error) bool {
	return errors.Is(cause, syscall.ECONNREFUSED) || mentions(cause, "refused")
}

func mentions(cause error, texts ...string) bool {
	if cause == nil {
		return false
	}
	for _, text := range texts {
		if strings.Contains(cause.Error(), text) {
			return true
		}
	}
	return false
}
