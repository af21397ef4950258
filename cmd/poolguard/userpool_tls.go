package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A servingCertificate is what https is served with.
type servingCertificate struct {
	config *tls.Config
	// ca is what clients must trust, as PEM; nil where the certificate is the user's.
	ca     []byte
	caPath string // a file with ca, or ""
	// sha256 is the fingerprint of ca's certificate, or of the user's own.
	sha256 string
	until  time.Time
}

// Certificates last for ownLife and are made anew at a start within the last
// renewBefore of it.
const ownLife, renewBefore = 30 * 24 * time.Hour, 7 * 24 * time.Hour

// The files of a certificate in the data directory.
const caFile, certFile, keyFile = "tls-ca.pem", "tls-cert.pem", "tls-key.pem"

// certificate returns what flags ask for, nil for plain http.
func (p *program) certificate(flags serveFlags, address net.Addr, publicURL string) (*servingCertificate, error) {
	switch {
	case flags.tlsCert != "":
		return ownCertificate(flags.tlsCert, flags.tlsKey)
	case !flags.tls:
		return nil, nil //nolint:nilnil // none is asked for
	}
	names := certificateNames(address, publicURL)
	c, err := storedCertificate(flags.data, names, p.now())
	if err != nil {
		if c, err = makeCertificate(flags.data, names, p.now()); err != nil {
			return nil, fmt.Errorf("--tls: %w", err)
		}
	}
	if flags.tlsCAOut != "" {
		if err := os.WriteFile(flags.tlsCAOut, c.ca, 0o644); err != nil { //nolint:gosec // it is there to be read by others
			return nil, fmt.Errorf("--tls-ca-out: %s cannot be written: %w", escape(flags.tlsCAOut, true), reasonOf(err))
		}
		c.caPath = flags.tlsCAOut
	}
	return c, nil
}

// ownCertificate loads the user's.
func ownCertificate(certPath, keyPath string) (*servingCertificate, error) {
	pair, err := tls.LoadX509KeyPair(certPath, keyPath)
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %s cannot be read: %w", escape(path.Path, true), path.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	return &servingCertificate{config: serverTLS(pair), sha256: fingerprint(pair.Leaf), until: pair.Leaf.NotAfter}, nil
}

func serverTLS(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

func fingerprint(c *x509.Certificate) string { return fmt.Sprintf("%x", sha256.Sum256(c.Raw)) }

// certificateNames are those by which clients may come.
func certificateNames(address net.Addr, publicURL string) []string {
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

// storedCertificate returns the one of an earlier start, if it still serves.
func storedCertificate(dir string, names []string, now time.Time) (*servingCertificate, error) {
	if dir == "" {
		return nil, errors.New("nothing is stored")
	}
	ca, err := os.ReadFile(filepath.Join(dir, caFile))
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, certFile), filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(ca)
	if block == nil {
		return nil, errors.New(caFile + " is not PEM")
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	for _, name := range names {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now.Add(renewBefore)}); err != nil {
			return nil, err
		}
	}
	return &servingCertificate{
		config: serverTLS(pair), ca: ca, caPath: filepath.Join(dir, caFile), sha256: fingerprint(root), until: pair.Leaf.NotAfter,
	}, nil
}

// makeCertificate makes an authority and the one certificate that it ever signs: its
// key is forgotten here, so that whoever trusts the authority trusts this server and
// nothing else. A certificate signed by itself would do for most clients, not for all.
func makeCertificate(dir string, names []string, now time.Time) (*servingCertificate, error) {
	now = now.Truncate(time.Second)
	life := x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(ownLife), BasicConstraintsValid: true}
	authority, leaf := life, life
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // it never fails
	authority.SerialNumber = new(big.Int).SetBytes(serial[:8])
	authority.Subject = pkix.Name{CommonName: "Poolguard local user pool " + hex.EncodeToString(serial[:4])}
	authority.IsCA, authority.MaxPathLenZero = true, true
	authority.KeyUsage = x509.KeyUsageCertSign
	leaf.SerialNumber = new(big.Int).SetBytes(serial[8:])
	leaf.Subject = pkix.Name{CommonName: "localhost"}
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root, err := x509.CreateCertificate(rand.Reader, &authority, &authority, caKey.Public(), caKey)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, &leaf, &authority, key.Public(), caKey)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return keepCertificate(dir, root, der, keyDER, leaf.NotAfter)
}

// keepCertificate writes it into dir, if there is one. A process that is killed
// between two files leaves what storedCertificate refuses.
func keepCertificate(dir string, root, der, keyDER []byte, until time.Time) (*servingCertificate, error) {
	encode := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	ca, cert, key := encode("CERTIFICATE", root), encode("CERTIFICATE", der), encode("PRIVATE KEY", keyDER)
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	c := &servingCertificate{config: serverTLS(pair), ca: ca, sha256: fmt.Sprintf("%x", sha256.Sum256(root)), until: until}
	if dir == "" {
		return c, nil
	}
	for name, content := range map[string][]byte{caFile: ca, certFile: cert, keyFile: key} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return nil, err
		}
	}
	c.caPath = filepath.Join(dir, caFile)
	return c, nil
}
