package localtls

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"
)

// A Certificate is what a server serves HTTPS with.
type Certificate struct {
	// TLS is the configuration of the server: TLS 1.2 or newer, HTTP/1.1.
	TLS *tls.Config
	// Authority is the certificate that clients must trust, as PEM. It is nil for a
	// certificate of [Load].
	Authority []byte
	// AuthorityPath is the file with Authority, "" where none was written.
	AuthorityPath string
	// SHA256 is the fingerprint of the authority's certificate in hexadecimal digits, or that
	// of the operator's own certificate.
	SHA256 string
	// NotAfter is when the certificate expires.
	NotAfter time.Time
}

// Lifetime is how long a certificate is valid. [Open] makes another one in the last
// renewBefore of it.
const (
	Lifetime    = 30 * 24 * time.Hour
	renewBefore = 7 * 24 * time.Hour
)

// Open returns a certificate for names, which are host names and IP addresses. It is
// the one that dir has, or a new one where that has none for these names or is about to
// expire. A new one is stored in dir; dir "" stores nothing. now is the present time.
func Open(dir string, names []string, now time.Time) (*Certificate, error) {
	if dir != "" {
		if c, err := stored(dir, names, now); err == nil {
			return c, nil
		}
	}
	return create(dir, names, now)
}

// Load reads the operator's own certificate chain and key, as PEM.
func Load(certPath, keyPath string) (*Certificate, error) {
	pair, err := tls.LoadX509KeyPair(certPath, keyPath)
	if err != nil {
		return nil, err
	}
	return &Certificate{TLS: config(pair), SHA256: fingerprint(pair.Leaf.Raw), NotAfter: pair.Leaf.NotAfter}, nil
}

func config(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

func fingerprint(der []byte) string { return fmt.Sprintf("%x", sha256.Sum256(der)) }

// Names returns the names by which clients reach a server on this machine: localhost,
// its loopback addresses, the address that it listens on, and the host of its public
// URL. A nil address and an empty URL are left out.
func Names(address net.Addr, publicURL string) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if tcp, ok := address.(*net.TCPAddr); ok && !tcp.IP.IsUnspecified() {
		add(tcp.IP.String())
	}
	if u, err := url.Parse(publicURL); err == nil {
		add(u.Hostname())
	}
	return names
}
