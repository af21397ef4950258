package tlsfiles_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/tlsfiles"
)

// An identity is a certificate with its key, as PEM and for a client.
type identity struct {
	cert, key []byte
	pair      tls.Certificate
}

// newIdentity makes a self-signed certificate, which is its own authority.
func newIdentity(t *testing.T, name string) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	i := identity{
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}
	if i.pair, err = tls.X509KeyPair(i.cert, i.key); err != nil {
		t.Fatal(err)
	}
	return i
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// dial connects with a certificate, or without one, and returns the name of the server.
func dial(source *tlsfiles.Source, client *identity) (server string, err error) {
	mine, theirs := net.Pipe()
	defer mine.Close()
	defer theirs.Close()
	served := make(chan error, 1)
	go func() {
		c := tls.Server(theirs, source.Config())
		err := c.Handshake()
		served <- errors.Join(err, c.Close())
	}()
	config := &tls.Config{InsecureSkipVerify: true} // the test looks at the certificate itself
	if client != nil {
		config.Certificates = []tls.Certificate{client.pair}
	}
	c := tls.Client(mine, config)
	if err := c.Handshake(); err != nil {
		return "", err
	}
	_, _ = io.ReadAll(c)
	if err := <-served; err != nil {
		return "", err
	}
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName, nil
}

func TestNewConnectionsUseNewFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := tlsfiles.Files{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	first, second := newIdentity(t, "first"), newIdentity(t, "second")
	write(t, files.Cert, first.cert)
	write(t, files.Key, first.key)
	source, err := tlsfiles.Open(files, "http/1.1")
	if err != nil {
		t.Fatal(err)
	}
	if name, err := dial(source, nil); err != nil || name != "first" {
		t.Errorf("got %q, %v", name, err)
	}
	if changed, err := source.Reload(); changed || err != nil {
		t.Errorf("the same files: got %v, %v", changed, err)
	}
	write(t, files.Cert, second.cert)
	if _, err := source.Reload(); err == nil || !strings.Contains(err.Error(), files.Key) {
		t.Errorf("a key of another certificate: got %v", err)
	}
	if name, err := dial(source, nil); err != nil || name != "first" {
		t.Errorf("after a failure: got %q, %v", name, err)
	}
	write(t, files.Key, second.key)
	if changed, err := source.Reload(); !changed || err != nil {
		t.Errorf("got %v, %v", changed, err)
	}
	if name, err := dial(source, nil); err != nil || name != "second" {
		t.Errorf("got %q, %v", name, err)
	}
}

func TestClientsNeedACertificateOfTheAuthority(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := tlsfiles.Files{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), ClientCA: filepath.Join(dir, "ca.pem")}
	server, proxy, other := newIdentity(t, "server"), newIdentity(t, "proxy"), newIdentity(t, "other")
	write(t, files.Cert, server.cert)
	write(t, files.Key, server.key)
	write(t, files.ClientCA, proxy.cert)
	source, err := tlsfiles.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dial(source, &proxy); err != nil {
		t.Errorf("a certificate of the authority: %v", err)
	}
	for name, client := range map[string]*identity{"no certificate": nil, "another authority": &other} {
		if _, err := dial(source, client); err == nil {
			t.Errorf("%s: the client got in", name)
		}
	}
	write(t, files.ClientCA, other.cert)
	if changed, err := source.Reload(); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if _, err := dial(source, &proxy); err == nil {
		t.Error("a client of the former authority got in")
	}
}

func TestEveryFaultyFileIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := tlsfiles.Files{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), ClientCA: filepath.Join(dir, "ca.pem")}
	_, err := tlsfiles.Open(files)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	for _, path := range files.Paths() {
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%v does not name %s", err, path)
		}
		write(t, path, []byte("text"))
	}
	if _, err := tlsfiles.Open(files); err == nil || !strings.Contains(err.Error(), files.Cert) || !strings.Contains(err.Error(), files.ClientCA) {
		t.Errorf("got %v", err)
	}
}
