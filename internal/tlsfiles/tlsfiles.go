package tlsfiles

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

// Files are the paths of PEM files.
type Files struct {
	Cert string // the certificate of the server, with those of intermediate authorities
	Key  string // its private key
	// ClientCA has the certificates of authorities. Every client must then have a
	// certificate of one of them. "" asks clients for none.
	ClientCA string
}

// Paths returns the paths that are set.
func (f Files) Paths() (paths []string) {
	for _, p := range []string{f.Cert, f.Key, f.ClientCA} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	return paths
}

// A Source has the files as they were last read. It is safe for concurrent use.
type Source struct {
	files     Files
	protocols []string
	current   atomic.Pointer[content]
}

// content is what was read at one time.
type content struct {
	text   [][]byte // of the files, to find out whether they changed
	config *tls.Config
}

// Open reads the files. protocols are those of ALPN, such as "h2" and "http/1.1".
func Open(files Files, protocols ...string) (*Source, error) {
	s := &Source{files: files, protocols: protocols}
	_, err := s.Reload()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Reload reads the files again. New connections use the new content. With an error, the
// old content stays in use. changed reports whether the content is another one.
func (s *Source) Reload() (changed bool, err error) {
	use, err := s.Prepare()
	if err != nil {
		return false, err
	}
	return use(), nil
}

// Prepare reads the files and changes nothing. use puts the new content into use, for a
// caller that changes several things or none of them.
func (s *Source) Prepare() (use func() (changed bool), err error) {
	next, err := s.read()
	if err != nil {
		return nil, err
	}
	return func() bool {
		if before := s.current.Load(); before != nil && equal(before.text, next.text) {
			return false
		}
		s.current.Store(next)
		return true
	}, nil
}

func equal(a, b [][]byte) bool {
	for n := range a {
		if !bytes.Equal(a[n], b[n]) {
			return false
		}
	}
	return true
}

// Config returns a configuration that serves each new connection with the current
// content. The caller does not change it.
func (s *Source) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: s.protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return s.current.Load().config, nil
		},
	}
}

func (s *Source) read() (*content, error) {
	var faults []error
	read := func(path string) []byte {
		if path == "" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			faults = append(faults, err) // it names the path
		}
		return text
	}
	cert, key, authorities := read(s.files.Cert), read(s.files.Key), read(s.files.ClientCA)
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		faults = append(faults, fmt.Errorf("%s and %s are not a certificate and its key in PEM: %w", s.files.Cert, s.files.Key, err))
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: s.protocols, Certificates: []tls.Certificate{pair}}
	if s.files.ClientCA != "" {
		// A resumed session would not need a certificate of the present authorities.
		config.SessionTicketsDisabled = true
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(authorities) {
			faults = append(faults, fmt.Errorf("%s has no certificate in PEM", s.files.ClientCA))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return &content{[][]byte{cert, key, authorities}, config}, nil
}
