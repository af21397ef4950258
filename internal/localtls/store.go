package localtls

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/poolguard/poolguard/internal/privatefile"
)

// The files of a certificate in its directory.
const authorityFile, certFile, keyFile = "tls-ca.pem", "tls-cert.pem", "tls-key.pem"

// stored returns the certificate of an earlier start, if it can still be used.
func stored(dir string, names []string, now time.Time) (*Certificate, error) {
	path := filepath.Join(dir, authorityFile)
	authority, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, certFile), filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(authority)
	if block == nil {
		return nil, errors.New(authorityFile + " is not PEM")
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	// Strict clients find the authority by this identifier. Certificates of earlier
	// versions do not have it.
	if len(pair.Leaf.AuthorityKeyId) == 0 || !bytes.Equal(pair.Leaf.AuthorityKeyId, root.SubjectKeyId) {
		return nil, errors.New(certFile + " does not name the key that signed it")
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	for _, name := range names {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now.Add(renewBefore)}); err != nil {
			return nil, err
		}
	}
	if err := ownerOnly(filepath.Join(dir, keyFile)); err != nil {
		return nil, err
	}
	return &Certificate{
		TLS: config(pair), Authority: authority, AuthorityPath: path, SHA256: fingerprint(root.Raw), NotAfter: pair.Leaf.NotAfter,
	}, nil
}

// ownerOnly makes the key of an earlier version unreadable for other users.
func ownerOnly(path string) error {
	if runtime.GOOS == "windows" {
		return nil // its permissions come from the directory
	}
	return os.Chmod(path, 0o600)
}

// keep writes a certificate into dir, if there is one. A process that is killed between
// two files leaves files that do not fit together, which stored rejects.
func keep(dir string, root, leaf, keyDER []byte, until time.Time) (*Certificate, error) {
	encode := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	authority, cert, key := encode("CERTIFICATE", root), encode("CERTIFICATE", leaf), encode("PRIVATE KEY", keyDER)
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	c := &Certificate{TLS: config(pair), Authority: authority, SHA256: fingerprint(root), NotAfter: until}
	if dir == "" {
		return c, nil
	}
	for name, content := range map[string][]byte{authorityFile: authority, certFile: cert, keyFile: key} {
		if err := privatefile.Write(filepath.Join(dir, name), content); err != nil {
			return nil, err
		}
	}
	c.AuthorityPath = filepath.Join(dir, authorityFile)
	return c, nil
}
