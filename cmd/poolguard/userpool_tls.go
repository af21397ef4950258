package main

import (
	"bytes"
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
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/poolguard/poolguard/internal/terminal"
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
			return nil, fmt.Errorf("--tls-ca-out: %s cannot be written: %w", terminal.Escape(flags.tlsCAOut, true), reasonOf(err))
		}
		c.caPath = flags.tlsCAOut
	}
	return c, nil
}

// ownCertificate loads the user's.
func ownCertificate(certPath, keyPath string) (*servingCertificate, error) {
	pair, err := tls.LoadX509KeyPair(certPath, keyPath)
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %s cannot be read: %w", terminal.Escape(path.Path, true), path.Err)
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
	// Strict clients find the authority by it; earlier versions left it out.
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
	authority, leaf := life, life // with serial numbers by x509
	number := make([]byte, 4)
	_, _ = rand.Read(number) // it never fails
	authority.Subject = pkix.Name{CommonName: "Poolguard local user pool " + hex.EncodeToString(number)}
	authority.IsCA, authority.MaxPathLenZero = true, true
	authority.KeyUsage = x509.KeyUsageCertSign
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
	rootDER, err := x509.CreateCertificate(rand.Reader, &authority, &authority, caKey.Public(), caKey)
	if err != nil {
		return nil, err
	}
	// Only what was made knows the identifier of its key, which the leaf must name.
	root, err := x509.ParseCertificate(rootDER)
	if err != nil {
		return nil, err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(public) // RFC 7093, section 2, method 1
	leaf.SubjectKeyId = id[:20]
	der, err := x509.CreateCertificate(rand.Reader, &leaf, root, key.Public(), caKey)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return keepCertificate(dir, rootDER, der, keyDER, leaf.NotAfter)
}

// ownerOnly takes a file from others, should it have been theirs to read.
func ownerOnly(path string) error {
	if runtime.GOOS == "windows" {
		return nil // it has other permissions, by the directory
	}
	return os.Chmod(path, 0o600)
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
	if err := ownerOnly(filepath.Join(dir, keyFile)); err != nil { // one that was there keeps its mode
		return nil, err
	}
	c.caPath = filepath.Join(dir, caFile)
	return c, nil
}
