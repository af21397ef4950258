package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/poolguard/poolguard/bench/internal/stack"
	"github.com/poolguard/poolguard/bench/internal/tokens"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// The request that is measured.
const (
	host   = "api.example.com"
	target = "/orders/7?page=2"
)

var errDenied = errors.New("the request was denied")

// A stage has all that is measured.
type stage struct {
	options options
	folder  string
	stderr  io.Writer

	issuer  *cognitotest.Issuer
	keys    *httptest.Server
	token   string
	fresh   string // the file with tokens for turns with new tokens
	config  string // the file of the gateway
	address addresses

	processes map[string]*stack.Process
	lanes     []*lane
	leftOut   map[string]string // the name of a result, and why there is none
	half      flow
	memory    struct{ idle, busy int64 }
}

// addresses are where the servers listen.
type addresses struct {
	forwardAuth, envoy, ops, bare, bareEnvoy, nginx, plainNginx, caddy, plainCaddy, peer string
}

// configuration is that of the gateway: few rules, as a service has them, and the log as it is
// by default.
const configuration = `forward_auth: {listen: %q}
envoy: {listen: %q}
ops: {listen: %q}
trusted_proxies: [127.0.0.0/8]
drain: 0
user_pools: [{id: %q, client_ids: [%q], issuer: %q}]
rules:
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: admin, match: {path: /admin/**}, require: {groups: [admins]}}
  - {name: orders, match: {path: "/orders/{id}"}, require: {scopes: [orders/read], groups: [staff]}}
`

// prepare starts everything and finds out whether it does what it should.
func (s *stage) prepare(ctx context.Context) error {
	if _, err := exec.LookPath("wrk"); err != nil {
		return errors.New("wrk is not installed; scripts/test-deps.sh wrk installs it on Debian")
	}
	var err error
	if s.options.command, err = filepath.Abs(s.options.command); err != nil {
		return err
	}
	s.processes, s.leftOut = map[string]*stack.Process{}, map[string]string{}
	a := &s.address
	for _, address := range []*string{&a.forwardAuth, &a.envoy, &a.ops, &a.bare, &a.bareEnvoy, &a.nginx, &a.plainNginx, &a.caddy, &a.plainCaddy, &a.peer} {
		if *address, err = stack.FreeAddress(ctx); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context) error{s.startPool, s.startGateway, s.startBare, s.startNginx, s.startCaddy, s.startPeer} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.addLanes()
	return nil
}

// startPool starts the user pool and signs the tokens.
func (s *stage) startPool(context.Context) error {
	s.issuer = cognitotest.NewIssuer()
	s.issuer.Clock().Set(time.Now())
	s.keys = httptest.NewServer(s.discovery())
	s.issuer.SetAddress(s.keys.URL)
	pool := s.issuer.Pool()
	s.token = tokens.Typical.Sign(pool, 1)[0]
	s.fresh = filepath.Join(s.folder, "tokens")
	fresh := tokens.Typical.Sign(pool, s.options.tokens)
	if err := os.WriteFile(s.fresh, []byte(strings.Join(fresh, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	s.config = filepath.Join(s.folder, "poolguard.yaml")
	text := fmt.Sprintf(configuration, s.address.forwardAuth, s.address.envoy, s.address.ops, pool.ID(), pool.ClientID(), pool.Issuer())
	return os.WriteFile(s.config, []byte(text), 0o600)
}

// discovery answers for the key set, and with the metadata that oauth2-proxy reads.
func (s *stage) discovery() http.Handler {
	keySets := s.issuer.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
			keySets.ServeHTTP(w, r)
			return
		}
		issuer := s.issuer.Pool().Issuer()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{ // oauth2-proxy then does not start
			"issuer": issuer, "jwks_uri": issuer + "/.well-known/jwks.json", "authorization_endpoint": issuer + "/authorize",
			"token_endpoint": issuer + "/token", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
}

// startGateway starts the gateway, or restarts it: then it knows no token.
func (s *stage) startGateway(ctx context.Context) error {
	s.processes[own].Stop()
	process, err := stack.Start(ctx, s.folder, s.options.command, "gateway", "--config", s.config)
	if err != nil {
		return err
	}
	s.processes[own] = process
	return process.AwaitPage(ctx, "http://"+s.address.ops+"/readyz")
}

// startBare starts the servers that decide nothing.
func (s *stage) startBare(ctx context.Context) error {
	answer, err := s.ask(ctx, s.forwardAuth(s.address.forwardAuth))
	if err != nil {
		return err
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	httpFile, envoyFile := filepath.Join(s.folder, "answer-http"), filepath.Join(s.folder, "answer-grpc")
	if err := os.WriteFile(httpFile, text, 0o600); err != nil {
		return err
	}
	if err := keepCheck(ctx, s.address.envoy, envoyFile, check(s.bearer())); err != nil {
		return err
	}
	for _, bare := range []bareServer{{"http", s.address.bare, httpFile}, {"grpc", s.address.bareEnvoy, envoyFile}} {
		program, err := os.Executable()
		if err != nil {
			return err
		}
		process, err := stack.Start(ctx, s.folder, program, "-serve", bare.kind, "-address", bare.address, "-answer", bare.answer)
		if err != nil {
			return err
		}
		s.processes[map[string]string{"http": bareHTTP, "grpc": bareGRPC}[bare.kind]] = process
		if err := process.Await(ctx, bare.address); err != nil {
			return err
		}
	}
	return nil
}

// close ends all servers.
func (s *stage) close() {
	for _, process := range s.processes {
		process.Stop()
	}
	if s.keys != nil {
		s.keys.Close()
	}
}
