package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// gatewayRules are those of the gateway in these tests. %d changes with each reload.
const gatewayRules = `
forward_auth: {listen: %s}
ops: {listen: off}
trusted_proxies: [127.0.0.0/8]
drain: 0
user_pools: [{id: %s, client_ids: [local-client], issuer: "%s"}]
rules:
  - {name: revision %d, match: {path: /revision/%d}, allow: anonymous}
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: orders, match: {path: /orders/**}, require: {scopes: [orders/read]}}
`

// A guarded service is behind a real proxy, which asks the command poolguard gateway about
// tokens of a local user pool.
type guarded struct {
	url    string // of the proxy
	token  string
	config string // the file of the gateway
	write  func(revision int)
	log    *gatewayLog
}

// A gatewayLog waits for lines of the gateway.
type gatewayLog struct {
	mutex sync.Mutex
	lines []string
}

func (l *gatewayLog) read(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		l.mutex.Lock()
		l.lines = append(l.lines, lines.Text())
		l.mutex.Unlock()
	}
}

func (l *gatewayLog) count(text string) (count int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, text) {
			count++
		}
	}
	return count
}

func (l *gatewayLog) await(t *testing.T, text string, count int) {
	t.Helper()
	for l.count(text) < count {
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// proxyPrograms start a proxy with the files that the command printed for it.
var proxyPrograms = map[string]func(t *testing.T, dir string, snippet func(proxy string) string) []string{
	"nginx": func(t *testing.T, dir string, snippet func(proxy string) string) []string {
		t.Helper()
		user := ""
		if os.Getuid() == 0 {
			user = "user root;\n"
		}
		writeFile(t, dir, "snippet.conf", snippet("nginx"))
		writeFile(t, dir, "nginx.conf", user+"daemon off;\npid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n access_log off;\n"+
			" client_body_temp_path a;\n proxy_temp_path b;\n fastcgi_temp_path c;\n uwsgi_temp_path d;\n scgi_temp_path e;\n include snippet.conf;\n}\n")
		return []string{"-e", "stderr", "-p", dir, "-c", "nginx.conf"}
	},
	"haproxy": func(t *testing.T, dir string, snippet func(proxy string) string) []string {
		t.Helper()
		writeFile(t, dir, "poolguard.lua", snippet("haproxy-lua"))
		writeFile(t, dir, "haproxy.cfg", strings.ReplaceAll(snippet("haproxy"), "/etc/haproxy/poolguard.lua", filepath.Join(dir, "poolguard.lua")))
		return []string{"-db", "-f", filepath.Join(dir, "haproxy.cfg")}
	},
	"caddy": func(t *testing.T, dir string, snippet func(proxy string) string) []string {
		t.Helper()
		writeFile(t, dir, "Caddyfile", "{\n\tadmin off\n}\n"+snippet("caddy"))
		return []string{"run", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile"}
	},
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// needProxy skips a test where the proxy is not installed, and fails it on CI.
func needProxy(t *testing.T, name string) (path string) {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	missing("%s is not installed; `make deps` installs it on Debian", name)
	return ""
}

// unusedAddress is an address of this machine that no program listens on.
func unusedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run starts a program that ends with the test.
func run(t *testing.T, stderr io.Writer, path string, arguments ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, path, arguments...)
	command.Stdout, command.Stderr = t.Output(), stderr
	command.Env = append(os.Environ(), "HOME="+t.TempDir())
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = command.Wait() })
}

func guard(t *testing.T, command, proxy string, service http.Handler) *guarded {
	t.Helper()
	path, dir := needProxy(t, proxy), t.TempDir()
	poolURL, issuer := servePool(t, userpool.IssuerLocal)
	behind := httptest.NewServer(service)
	t.Cleanup(behind.Close)
	clients, asked := unusedAddress(t), unusedAddress(t)
	g := &guarded{url: "http://" + clients, token: signIn(t, poolURL).Access, config: filepath.Join(dir, "poolguard.yaml"), log: &gatewayLog{}}
	g.write = func(revision int) {
		text := fmt.Sprintf(gatewayRules, asked, userpool.DefaultPool().ID, issuer, revision, revision)
		writeFile(t, dir, "new.yaml", text)
		if err := os.Rename(filepath.Join(dir, "new.yaml"), g.config); err != nil {
			t.Error(err)
		}
	}
	g.write(0)
	snippet := func(name string) string {
		printed, err := exec.CommandContext(t.Context(), command, "gateway", "example", "--proxy", name, "--config", g.config).Output()
		if err != nil {
			t.Fatalf("gateway example --proxy %s: %v", name, err)
		}
		_, port, _ := net.SplitHostPort(clients)
		return strings.NewReplacer("0.0.0.0:80", clients, "http://:80 ", "http://:"+port+" ", "127.0.0.1:3000", behind.Listener.Addr().String()).Replace(string(printed))
	}
	reader, writer := io.Pipe()
	go g.log.read(reader)
	run(t, writer, command, "gateway", "--config", g.config)
	run(t, t.Output(), path, proxyPrograms[proxy](t, dir, snippet)...)
	g.log.await(t, `"ready"`, 1)
	for {
		connection, err := net.Dial("tcp", clients)
		if err == nil {
			connection.Close()
			return g
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (g *guarded) get(path string, header http.Header) (status int, body string, err error) {
	r, err := http.NewRequest(http.MethodGet, g.url+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	r.Header = header
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// The configuration of the proxy is the one that the command prints.
func TestProxiesAskTheCommand(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(r.Header)
	})
	command := buildCommand(t)
	for proxy := range proxyPrograms {
		t.Run(proxy, func(t *testing.T) {
			g := guard(t, command, proxy, echo)
			good := http.Header{"Authorization": {"Bearer " + g.token}, "X-Auth-Username": {"mallory"}, "X_auth_username": {"mallory"}}
			status, body, err := g.get("/orders/7", good)
			if err != nil || status != http.StatusOK || !strings.Contains(body, `"X-Auth-Username":["anaya"]`) || strings.Contains(body, "mallory") {
				t.Errorf("a good token: got %d %s, %v", status, body, err)
			}
			status, body, err = g.get("/orders/7", http.Header{})
			if err != nil || status != http.StatusUnauthorized || !strings.Contains(body, `"token_missing"`) {
				t.Errorf("no token: got %d %s, %v", status, body, err)
			}
			status, body, err = g.get("/healthz", http.Header{"X-Auth-Subject": {"mallory"}})
			if err != nil || status != http.StatusOK || strings.Contains(body, "mallory") {
				t.Errorf("without an identity: got %d %s, %v", status, body, err)
			}
		})
	}
}

// A reload takes the whole file or nothing, and no request sees anything between.
func TestReloadsUnderLoadChangeNoAnswer(t *testing.T) {
	g := guard(t, buildCommand(t), "nginx", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	good := http.Header{"Authorization": {"Bearer " + g.token}}
	var done atomic.Bool
	var asked atomic.Int64
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for !done.Load() {
				for path, want := range map[string]int{"/orders/7": http.StatusOK, "/orders/8": http.StatusUnauthorized, "/other": http.StatusForbidden} {
					header := good
					if want == http.StatusUnauthorized {
						header = http.Header{}
					}
					if status, body, err := g.get(path, header); err != nil || status != want {
						t.Errorf("%s: got %d %s, %v", path, status, body, err)
						return
					}
					asked.Add(1)
				}
			}
		})
	}
	const reloads = 20
	for revision := 1; revision <= reloads; revision++ {
		g.write(revision)
		g.log.await(t, "the changed configuration is used", revision)
	}
	done.Store(true)
	clients.Wait()
	if status, _, _ := g.get(fmt.Sprintf("/revision/%d", reloads), http.Header{}); status != http.StatusOK {
		t.Errorf("the last rules do not count: got %d", status)
	}
	t.Logf("%d answers during %d reloads", asked.Load(), reloads)
}
