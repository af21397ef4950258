package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// startAmazon serves the issuer's key sets under Amazon's own names: a proxy leads
// every connection to it, and a file has the certificate to trust. A command that
// is given both (HTTPS_PROXY, SSL_CERT_FILE) does all that it does in the world.
func startAmazon(i *cognitotest.Issuer, env *testscript.Env) (proxy, authority string, err error) {
	certificate, err := amazonCertificate()
	if err != nil {
		return "", "", err
	}
	server := httptest.NewUnstartedServer(i.Handler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	env.Defer(server.Close)
	front := httptest.NewServer(connectTo(server.Listener.Addr().String()))
	env.Defer(front.Close)
	authority = filepath.Join(env.WorkDir, "amazon.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}
	return front.URL, authority, os.WriteFile(authority, pem.EncodeToMemory(block), 0o600)
}

// amazonCertificate is made once: it is its own authority for the names of the
// issuers in us-east-1.
var amazonCertificate = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		DNSNames:              []string{"cognito-idp.us-east-1.amazonaws.com", "issuer-cognito-idp.us-east-1.amazonaws.com"},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
})

// connectTo is a proxy whose every tunnel (RFC 9110 §9.3.6) leads to one address.
func connectTo(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hijacker, ok := w.(http.Hijacker)
		if r.Method != http.MethodConnect || !ok {
			http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
			return
		}
		there, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", address)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		here, buffered, err := hijacker.Hijack()
		if err != nil {
			there.Close()
			return
		}
		if _, err := io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n"); err == nil {
			tunnel(here, buffered.Reader, there)
		}
	})
}

func tunnel(here net.Conn, from *bufio.Reader, there net.Conn) {
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(there, from) // whichever side ends, both are closed
		there.Close()
	})
	both.Go(func() {
		_, _ = io.Copy(here, there)
		here.Close()
	})
	both.Wait()
}
