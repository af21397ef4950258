package main

import (
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/poolguard/poolguard/internal/localtls"
	"github.com/poolguard/poolguard/internal/terminal"
)

// certificate returns the certificate that the flags ask for, nil for plain http.
func (p *program) certificate(flags serveFlags, address net.Addr, publicURL string) (*localtls.Certificate, error) {
	switch {
	case flags.tlsCert != "":
		return ownCertificate(flags.tlsCert, flags.tlsKey)
	case !flags.tls:
		return nil, nil //nolint:nilnil // none is asked for
	}
	c, err := localtls.Open(flags.data, localtls.Names(address, publicURL), p.now())
	if err != nil {
		return nil, fmt.Errorf("--tls: %w", err)
	}
	if flags.tlsCAOut != "" {
		if err := os.WriteFile(flags.tlsCAOut, c.Authority, 0o644); err != nil { //nolint:gosec // other users may read a certificate
			return nil, fmt.Errorf("--tls-ca-out: %s cannot be written: %w", terminal.Escape(flags.tlsCAOut, true), reasonOf(err))
		}
		c.AuthorityPath = flags.tlsCAOut
	}
	return c, nil
}

// ownCertificate reads the operator's own certificate.
func ownCertificate(certPath, keyPath string) (*localtls.Certificate, error) {
	c, err := localtls.Load(certPath, keyPath)
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %s cannot be read: %w", terminal.Escape(path.Path, true), path.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	return c, nil
}
