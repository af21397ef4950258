package stack

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The addresses in the snippets of the gateway, and the listeners of the snippets.
const (
	snippetGateway = "127.0.0.1:8080"
	snippetService = "127.0.0.1:3000"
	snippetListen  = "0.0.0.0:80"
	snippetScript  = "/etc/haproxy/poolguard.lua"
)

// A Proxy is a proxy with the snippet that the gateway prints for it.
type Proxy struct {
	Command string // poolguard
	Folder  string // for its files; there must be none of another proxy
	Listen  string
	Gateway string
	Service string
	// Change, if it is not nil, changes the snippet.
	Change func(text string) string
}

// snippet returns a snippet with the addresses of the proxy.
func (p *Proxy) snippet(ctx context.Context, name string) (string, error) {
	command := exec.CommandContext(ctx, p.Command, "gateway", "example", "--proxy", name) //nolint:gosec // G204: the command that is measured
	text, err := command.Output()
	if err != nil {
		return "", err
	}
	changed := strings.NewReplacer(snippetGateway, p.Gateway, snippetService, p.Service, snippetListen, p.Listen,
		snippetScript, filepath.Join(p.Folder, "poolguard.lua")).Replace(string(text))
	if p.Change != nil {
		changed = p.Change(changed)
	}
	return changed, nil
}

func (p *Proxy) write(name, text string) error {
	return os.WriteFile(filepath.Join(p.Folder, name), []byte(text), 0o600)
}

// nginxMain includes the snippet. Without keep-alive connections to the service, a measurement
// would be one of the connections.
const nginxMain = `daemon off;
pid nginx.pid;
worker_processes auto;
error_log stderr;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include snippet.conf;
}
`

// StartNginx starts nginx.
func (p *Proxy) StartNginx(ctx context.Context) (*Process, error) {
	program, err := Find("nginx")
	if err != nil {
		return nil, err
	}
	snippet, err := p.snippet(ctx, "nginx")
	if err != nil {
		return nil, err
	}
	main := nginxMain
	if os.Getuid() == 0 {
		main = "user root;\n" + main // so that the workers can use the folder
	}
	if err := p.write("snippet.conf", snippet); err != nil {
		return nil, err
	}
	if err := p.write("nginx.conf", main); err != nil {
		return nil, err
	}
	return p.start(ctx, program, "-e", "stderr", "-p", p.Folder, "-c", "nginx.conf")
}

// StartHAProxy starts HAProxy.
func (p *Proxy) StartHAProxy(ctx context.Context) (*Process, error) {
	program, err := Find("haproxy")
	if err != nil {
		return nil, err
	}
	for name, file := range map[string]string{"haproxy-lua": "poolguard.lua", "haproxy": "haproxy.cfg"} {
		snippet, err := p.snippet(ctx, name)
		if err != nil {
			return nil, err
		}
		if err := p.write(file, snippet); err != nil {
			return nil, err
		}
	}
	return p.start(ctx, program, "-db", "-f", "haproxy.cfg")
}

func (p *Proxy) start(ctx context.Context, program string, args ...string) (*Process, error) {
	process, err := Start(ctx, p.Folder, program, args...)
	if err != nil {
		return nil, err
	}
	if err := process.Await(ctx, p.Listen); err != nil {
		process.Stop()
		return nil, err
	}
	return process, nil
}
