package gateway_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/localtls"
)

// ask sends the question of nginx with a client.
func (s *stage) askWith(client *http.Client, base string) (status int, err error) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, base+"/forward-auth/nginx", http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header = http.Header{"X-Original-Method": {"GET"}, "X-Original-Host": {"a"}, "X-Original-Uri": {"/healthz"}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// certificate writes a new certificate for localhost and its key, and returns a client that
// trusts it.
func certificate(t *testing.T, dir string) *http.Client {
	t.Helper()
	made, err := localtls.Open("", []string{"localhost", "127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair := made.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	var chain []byte
	for _, der := range pair.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	for name, text := range map[string][]byte{"tls.crt": chain, "tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(made.Authority)
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}}}
}

func TestRenewedCertificatesAreUsed(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(orders, "forward_auth: {listen: 127.0.0.1:0}", "forward_auth: {listen: 127.0.0.1:0, tls: {cert: tls.crt, key: tls.key}}", 1))
	dir := filepath.Dir(s.file)
	first := certificate(t, dir)
	s.run()
	base := "https://" + s.addresses["forward_auth"]
	if status, err := s.askWith(first, base); status != http.StatusNoContent {
		t.Errorf("got %d, %v", status, err)
	}
	second := certificate(t, dir)
	s.await("the new certificate", func() bool {
		status, _ := s.askWith(second, base)
		return status == http.StatusNoContent
	})
	if _, err := s.askWith(first, base); err == nil {
		t.Error("the former certificate is still used")
	}
	if err := os.WriteFile(filepath.Join(dir, "tls.key"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.awaitLog("the former one stays")
	if status, err := s.askWith(second, base); status != http.StatusNoContent {
		t.Errorf("with a faulty file: got %d, %v", status, err)
	}
}

func TestCallersOnAUnixSocketNeedNoList(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "auth.sock")
	text := strings.Replace(orders, "forward_auth: {listen: 127.0.0.1:0}", "forward_auth: {socket: group, listen: \"unix:"+path+"\"}", 1)
	s := newStage(t, strings.Replace(text, "trusted_proxies: [127.0.0.0/8]", "", 1)).run()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "unix", path)
	}}}
	if status, err := s.askWith(client, "http://gateway"); status != http.StatusNoContent {
		t.Errorf("got %d, %v", status, err)
	}
}

func TestCallersThatAreNotListedAreRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, strings.Replace(orders, "127.0.0.0/8", "192.0.2.0/24", 1)).run()
	if status, header := s.ask("/healthz", ""); status != http.StatusForbidden || header.Get("X-Auth-Error") != "proxy_untrusted" {
		t.Errorf("got %d, %v", status, header)
	}
}

func TestHeadersBeyondTheLimitAreRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders+"\nlimits: {header_bytes: 8KiB}\n").run()
	if status, _ := s.ask("/healthz", strings.Repeat("x", 16<<10)); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d", status)
	}
	if status, _ := s.ask("/healthz", strings.Repeat("x", 4<<10)); status != http.StatusNoContent {
		t.Errorf("got %d", status)
	}
}
