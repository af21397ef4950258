package interop

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// serveCommand has the command serve the pool, as people do: poolguard userpool serve
// --tls.
func serveCommand(t *testing.T, o servedOptions) *served {
	t.Helper()
	dir, command := t.TempDir(), buildCommand(t)
	config, ca := filepath.Join(dir, "userpool.yaml"), filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(config, configOf(t, o), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(command, "userpool", "serve", "--config", config, "--issuer", "original",
		"--listen", "127.0.0.1:0", "--tls", "--tls-ca-out", ca)
	process.Stderr = t.Output()
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		_ = process.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), " at https://") {
		t.Log(lines.Text())
	}
	_, address, found := strings.Cut(lines.Text(), " at ")
	if !found {
		t.Fatal("the command did not say where it serves")
	}
	go func() {
		for lines.Scan() { // so that it never waits for its reader
			continue
		}
	}()
	s := &served{URL: address, Issuer: "https://cognito-idp." + region + ".amazonaws.com/" + poolID}
	s.client = trusting(t, ca)
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	keys := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, Transport: s.client.Transport}
	stage := httptest.NewServer(keys)
	t.Cleanup(stage.Close)
	s.Stage = stage.URL
	return s
}

// buildCommand returns the path of the command, which it builds.
func buildCommand(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "poolguard")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/poolguard")
	build.Dir = ".."
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return path
}

// configOf is the command's configuration of a pool as serve has it. JSON is YAML.
func configOf(t *testing.T, o servedOptions) []byte {
	t.Helper()
	pool := interopPool(o)
	web, anaya := pool.Clients[0], pool.Users[0]
	b, err := json.Marshal(map[string]any{"user_pools": []any{map[string]any{
		"id": pool.ID,
		"clients": []any{map[string]any{
			"id": web.ID, "flows": web.Flows, "scopes": web.Scopes[:5], "callback_urls": web.CallbackURLs,
			"sign_out_urls": web.SignOutURLs, "auth_flows": web.AuthFlows,
		}},
		"users": []any{map[string]any{
			"username": anaya.Username, "password": password, "groups": anaya.Groups, "attributes": anaya.Attributes,
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// trusting returns a client that trusts the certificates in a file, and no other.
func trusting(t *testing.T, file string) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("no certificate in %s", pem)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}
