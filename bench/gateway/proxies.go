package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/poolguard/poolguard/bench/internal/stack"
)

// bearer returns the header of a client.
func (s *stage) bearer() http.Header { return http.Header{"Authorization": {"Bearer " + s.token}} }

// forwardAuth is a question of nginx.
func (s *stage) forwardAuth(address string) *load {
	header := s.bearer()
	header.Set("X-Original-Method", http.MethodGet)
	header.Set("X-Original-Host", host)
	header.Set("X-Original-URI", target)
	return &load{url: "http://" + address + "/forward-auth/nginx", header: header}
}

// throughProxy is a request of a client.
func (s *stage) throughProxy(address string) *load {
	header := s.bearer()
	header.Set("Host", host)
	return &load{url: "http://" + address + target, header: header}
}

// ask sends a request of a load once.
func (s *stage) ask(ctx context.Context, l *load) (httpAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url, http.NoBody)
	if err != nil {
		return httpAnswer{}, err
	}
	request.Header, request.Host = l.header, l.header.Get("Host")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return httpAnswer{}, err
	}
	_ = response.Body.Close() // the headers are all that is read
	header := response.Header
	header.Del("Date") // the server adds it
	if response.StatusCode/100 != 2 {
		err = errDenied
	}
	return httpAnswer{response.StatusCode, header}, err
}

// authRequest is the line of the snippet that asks the gateway.
var authRequest = regexp.MustCompile(`(?m)^ *auth_request .*\n`)

// startNginx starts nginx twice: with the snippet, and with the same one that does not ask. The
// service is the server that decides nothing.
func (s *stage) startNginx(ctx context.Context) error {
	if _, err := stack.Find("nginx"); err != nil {
		s.leftOut[nginxRatio] = "nginx is not installed"
		return nil //nolint:nilerr // it is left out
	}
	for name, p := range map[string]*stack.Proxy{
		withNginx: {Listen: s.address.nginx},
		plainNginx: {Listen: s.address.plainNginx, Change: func(text string) string {
			return authRequest.ReplaceAllString(text, "")
		}},
	} {
		folder, err := os.MkdirTemp(s.folder, "nginx-*")
		if err != nil {
			return err
		}
		p.Folder, p.Command, p.Gateway, p.Service = folder, s.options.command, s.address.forwardAuth, s.address.bare
		process, err := p.StartNginx(ctx)
		if err != nil {
			return err
		}
		s.processes[name] = process
		if _, err := s.ask(ctx, s.throughProxy(p.Listen)); err != nil {
			return err
		}
	}
	return nil
}

// startPeer starts oauth2-proxy, with the settings that accept the same tokens, and without its
// log of requests.
func (s *stage) startPeer(ctx context.Context) error {
	program, err := filepath.Abs(s.options.peer)
	if err != nil {
		return err
	}
	if _, missing := exec.LookPath(program); missing != nil {
		s.leftOut[peerRatio] = "oauth2-proxy is not installed"
		return nil //nolint:nilerr // it is left out
	}
	pool := s.issuer.Pool()
	process, err := stack.Start(ctx, s.folder, program,
		"--http-address="+s.address.peer, "--provider=oidc", "--oidc-issuer-url="+pool.Issuer(),
		"--client-id="+pool.ClientID(), "--client-secret=unused", "--cookie-secret=0123456789abcdef0123456789abcdef",
		"--email-domain=*", "--upstream=static://202", "--skip-jwt-bearer-tokens",
		"--extra-jwt-issuers="+pool.Issuer()+"="+pool.ClientID(), "--oidc-audience-claim=client_id",
		"--oidc-email-claim=sub", "--oidc-groups-claim=cognito:groups", "--set-xauthrequest", "--insecure-oidc-allow-unverified-email",
		"--request-logging=false", "--auth-logging=false")
	if err != nil {
		return err
	}
	s.processes[peer] = process
	if err := process.Await(ctx, s.address.peer); err != nil {
		return err
	}
	_, err = s.ask(ctx, s.peerLoad())
	for range 20 { // it listens before it has read the metadata
		if err == nil || ctx.Err() != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
		_, err = s.ask(ctx, s.peerLoad())
	}
	return err
}

func (s *stage) peerLoad() *load {
	return &load{url: "http://" + s.address.peer + "/oauth2/auth", header: s.bearer()}
}
