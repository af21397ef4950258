package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/bench/internal/stack"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// A stage has all that runs.
type stage struct {
	options options
	folder  string
	stderr  io.Writer

	issuer  *cognitotest.Issuer
	keys    *httptest.Server
	service *httptest.Server
	config  string   // the file of the gateway
	written int      // how often it was
	ops     string   // the address of /readyz
	former  []string // the names of the keys before the last ones

	gateway *stack.Process
	targets []*target
	tokens  atomic.Pointer[generation]
	client  http.Client

	counts        counts
	before, after measures
	perSecond     float64 // the load
}

// A target is where requests go: to the gateway as nginx asks it, or to a proxy.
type target struct {
	name    string
	address string
	start   func(ctx context.Context) (*stack.Process, error) // nil for the gateway
	process *stack.Process
	epoch   atomic.Int64 // odd while it restarts
}

// configuration refreshes keys often. Its last rule has a new name each time.
const configuration = `forward_auth: {listen: %q}
ops: {listen: %q}
trusted_proxies: [127.0.0.0/8]
drain: 0
key_sets: {max_age: 2s, cool_down: 1s}
user_pools: [{id: %q, client_ids: [%q], issuer: %q}]
rules:
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: admin, match: {path: /admin/**}, require: {groups: [admins]}}
  - {name: orders, match: {path: "/orders/{id}"}, require: {scopes: [orders/read], groups: [staff]}}
  - {name: "version %d", match: {path: /version}, allow: %s}
`

// write writes the configuration. A word that is no kind of access makes it a wrong one.
func (s *stage) write(allow string) error {
	s.written++
	pool := s.issuer.Pool()
	text := fmt.Sprintf(configuration, s.targets[0].address, s.ops, pool.ID(), pool.ClientID(), pool.Issuer(), s.written, allow)
	if err := os.WriteFile(s.config+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(s.config+".new", s.config)
}

// prepare starts everything.
func (s *stage) prepare(ctx context.Context) (err error) {
	if s.options.command, err = filepath.Abs(s.options.command); err != nil {
		return err
	}
	s.issuer = cognitotest.NewIssuer()
	s.issuer.Clock().Set(time.Now())
	s.keys = httptest.NewServer(s.issuer.Handler())
	s.issuer.SetAddress(s.keys.URL)
	s.tokens.Store(newGeneration(s.issuer.Pool()))
	s.service = httptest.NewServer(http.HandlerFunc(s.serve))
	s.client = http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: s.options.workers}}
	s.config = filepath.Join(s.folder, "poolguard.yaml")
	address, err := stack.FreeAddress(ctx)
	if err != nil {
		return err
	}
	if s.ops, err = stack.FreeAddress(ctx); err != nil {
		return err
	}
	s.targets = []*target{{name: "gateway", address: address}}
	if err := s.write("anonymous"); err != nil {
		return err
	}
	if s.gateway, err = stack.Start(ctx, s.folder, s.options.command, "gateway", "--config", s.config); err != nil {
		return err
	}
	if err := s.gateway.AwaitPage(ctx, "http://"+s.ops+"/readyz"); err != nil {
		return err
	}
	return s.startProxies(ctx)
}

// startProxies starts the proxies that are installed.
func (s *stage) startProxies(ctx context.Context) error {
	for name, start := range map[string]func(*stack.Proxy, context.Context) (*stack.Process, error){
		"nginx": (*stack.Proxy).StartNginx, "haproxy": (*stack.Proxy).StartHAProxy,
	} {
		if _, err := stack.Find(name); err != nil {
			fmt.Fprintf(s.stderr, "%s is not installed: it is left out\n", name)
			continue
		}
		address, err := stack.FreeAddress(ctx)
		if err != nil {
			return err
		}
		folder := filepath.Join(s.folder, name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			return err
		}
		proxy := &stack.Proxy{
			Command: s.options.command, Folder: folder, Listen: address,
			Gateway: s.targets[0].address, Service: s.service.Listener.Addr().String(),
		}
		t := &target{name: name, address: address, start: func(ctx context.Context) (*stack.Process, error) { return start(proxy, ctx) }}
		if t.process, err = t.start(ctx); err != nil {
			return err
		}
		s.targets = append(s.targets, t)
	}
	return nil
}

// close ends everything.
func (s *stage) close() {
	for _, t := range s.targets {
		t.process.Stop()
	}
	s.gateway.Stop()
	s.client.CloseIdleConnections()
	for _, server := range []*httptest.Server{s.keys, s.service} {
		if server != nil {
			server.Close()
		}
	}
}
