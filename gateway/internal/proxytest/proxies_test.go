package proxytest_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/poolguard/poolguard/gateway/internal/inline"
	"github.com/poolguard/poolguard/gateway/internal/snippets"
)

// A proxy is a program that the tests run with its snippets.
type proxy struct {
	name string
	// snippets are the names of the snippets that it runs.
	snippets []string
	// variable names the program, if no package of Debian has it.
	variable string
	// version are the arguments that print the version.
	version []string
	// start writes the configuration into a folder and returns the arguments.
	start func(t *testing.T, dir string, o snippets.Options) []string
	// serve starts a server in this process, in the place of a program, and returns its address.
	serve func(t *testing.T, g *gateway, service string) string
}

var proxies = []proxy{
	{
		name: "nginx", snippets: []string{"nginx"}, version: []string{"-v"},
		start: func(t *testing.T, dir string, o snippets.Options) []string {
			t.Helper()
			user := ""
			if os.Getuid() == 0 {
				user = "user root;\n" // so that the workers can use the folder
			}
			write(t, dir, "snippet.conf", render(t, "nginx", o))
			write(t, dir, "nginx.conf", user+`daemon off;
pid nginx.pid;
worker_processes 1;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include snippet.conf;
}
`)
			return []string{"-e", "stderr", "-p", dir, "-c", "nginx.conf"}
		},
	},
	{
		name: "haproxy", snippets: []string{"haproxy", "haproxy-lua"}, version: []string{"-v"},
		start: func(t *testing.T, dir string, o snippets.Options) []string {
			t.Helper()
			o.LuaFile = filepath.Join(dir, "poolguard.lua")
			write(t, dir, "poolguard.lua", render(t, "haproxy-lua", o))
			write(t, dir, "haproxy.cfg", render(t, "haproxy", o))
			return []string{"-db", "-f", filepath.Join(dir, "haproxy.cfg")}
		},
	},
	{
		name: "caddy", snippets: []string{"caddy"}, version: []string{"version"},
		start: func(t *testing.T, dir string, o snippets.Options) []string {
			t.Helper()
			write(t, dir, "Caddyfile", "{\n\tadmin off\n}\n"+render(t, "caddy", o))
			return []string{"run", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile"}
		},
	},
	{
		name: "traefik", snippets: []string{"traefik"}, variable: "TRAEFIK", version: []string{"version"},
		start: func(t *testing.T, dir string, o snippets.Options) []string {
			t.Helper()
			write(t, dir, "dynamic.yaml", render(t, "traefik", o))
			return []string{"--entryPoints.web.address=" + o.Listen, "--providers.file.filename=" + filepath.Join(dir, "dynamic.yaml")}
		},
	},
	envoy("envoy"),
	envoy("envoy-http"),
	{name: "inline", serve: serveInline},
}

// serveInline starts a reverse proxy of Go that decides by itself.
func serveInline(t *testing.T, g *gateway, service string) string {
	t.Helper()
	check, err := inline.New(inline.Config{Decider: g.asked, Headers: g.headers, FindClient: true})
	if err != nil {
		t.Fatal(err)
	}
	upstream := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: service})
		r.Out.Host = r.In.Host
		r.Out.URL.RawQuery = r.In.URL.RawQuery // without it, parameters after a semicolon are dropped
	}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if document := g.documents.Handler(r); document != nil {
			document.ServeHTTP(w, r)
			return
		}
		if d := check.Check(r); !d.Allowed {
			inline.Deny(w, r, &d)
			return
		}
		upstream.ServeHTTP(w, r)
	}))
	server.Config.MaxHeaderBytes = headerBytes
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// envoy runs Envoy with one of its two snippets.
func envoy(snippet string) proxy {
	return proxy{
		name: snippet, snippets: []string{snippet}, variable: "ENVOY", version: []string{"--version"},
		start: func(t *testing.T, dir string, o snippets.Options) []string {
			t.Helper()
			write(t, dir, "envoy.yaml", render(t, snippet, o))
			return []string{"-c", filepath.Join(dir, "envoy.yaml"), "--use-dynamic-base-id", "--disable-hot-restart"}
		},
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func render(t *testing.T, name string, o snippets.Options) string {
	t.Helper()
	text, err := snippets.Render(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// program returns the path of the proxy, and skips the test where there is none. A server in
// this process has no path.
func (p *proxy) program(t *testing.T) string {
	t.Helper()
	if p.serve != nil {
		return ""
	}
	if p.variable != "" {
		path := os.Getenv(p.variable)
		if path == "" {
			t.Skipf("the variable %s names no program", p.variable)
		}
		return path
	}
	if path, err := exec.LookPath(p.name); err == nil {
		return path
	}
	if path, err := exec.LookPath("/usr/sbin/" + p.name); err == nil {
		return path
	}
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	missing("%s is not installed; `make deps` installs it on Debian", p.name)
	return ""
}

// runs returns the major and the minor version of the program.
func (p *proxy) runs(t *testing.T) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), p.program(t), p.version...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return regexp.MustCompile(`\d+\.\d+`).FindString(string(output))
}

// listen starts the proxy and returns its address.
func (p *proxy) listen(t *testing.T, o snippets.Options) string {
	t.Helper()
	path, dir := p.program(t), t.TempDir()
	o.Listen = net.JoinHostPort("127.0.0.1", freePort(t))
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, path, p.start(t, dir, o)...)
	command.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	command.Stdout, command.Stderr = t.Output(), t.Output()
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() { stop(); <-ended })
	for {
		connection, err := net.Dial("tcp", o.Listen)
		if err == nil {
			connection.Close()
			return o.Listen
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v", p.name, err)
		case <-t.Context().Done():
			t.Fatal("the test ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
