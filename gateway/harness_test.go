package gateway_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway"
)

// A logBuffer collects log lines.
type logBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

// A stage is a user pool and a gateway in front of nothing: the test asks as a proxy does.
type stage struct {
	beforeRun func() // after New
	t         *testing.T
	issuer    *cognitotest.Issuer
	file      string
	log       *logBuffer

	gateway   *gateway.Gateway
	addresses map[string]string // by the key of the listener
	stop      func() error      // ends the gateway
}

// newStage starts the pool and writes the configuration; %ISSUER% is the issuer in it.
func newStage(t *testing.T, text string) *stage {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	issuer.Clock().Set(time.Now())
	server := httptest.NewServer(issuer.Handler())
	t.Cleanup(server.Close)
	issuer.SetAddress(server.URL)
	s := &stage{t: t, issuer: issuer, file: filepath.Join(t.TempDir(), "poolguard.yaml"), log: &logBuffer{}, addresses: map[string]string{}}
	s.write(text)
	return s
}

const listeners = `
forward_auth: {listen: 127.0.0.1:0}
ops: {listen: 127.0.0.1:0}
trusted_proxies: [127.0.0.0/8]
drain: 0
key_sets: {max_age: 10s}
user_pools: [{id: us-east-1_Test00001, client_ids: [test-client], issuer: "%ISSUER%"}]
`

const orders = listeners + `
rules:
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: orders, match: {path: /orders/**}, require: {groups: [staff]}}
`

func (s *stage) write(text string) {
	s.t.Helper()
	text = strings.ReplaceAll(text, "%ISSUER%", s.issuer.Pool().Issuer())
	if err := os.WriteFile(s.file+".new", []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(s.file+".new", s.file); err != nil {
		s.t.Fatal(err)
	}
}

// run starts the gateway, which ends with the test.
func (s *stage) run() *stage {
	s.t.Helper()
	opened := make(chan struct{}, 10)
	g, err := gateway.New(gateway.Config{File: s.file, Log: s.log, Listening: func(key string, address net.Addr) {
		s.addresses[key] = address.String()
		opened <- struct{}{}
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.gateway = g
	if s.beforeRun != nil {
		s.beforeRun()
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	for range 2 {
		select {
		case <-opened:
		case err := <-ended:
			s.t.Fatalf("the gateway ended: %v", err)
		}
	}
	s.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	s.t.Cleanup(func() {
		if err := s.stop(); err != nil {
			s.t.Error(err)
		}
		if s.t.Failed() {
			s.t.Log(s.log)
		}
	})
	return s
}

// ask asks as nginx does, and returns the status and the headers.
func (s *stage) ask(target, token string) (int, http.Header) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.addresses["forward_auth"]+"/forward-auth/nginx", http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("X-Original-Method", "GET")
	request.Header.Set("X-Original-Host", "api.example.com")
	request.Header.Set("X-Original-URI", target)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Error(err) // not Fatal: it is called by other goroutines
		return 0, nil
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header
}

// ops gets a path of the listener for monitoring.
func (s *stage) ops(path string) (status int, text string) {
	s.t.Helper()
	response, err := http.Get("http://" + s.addresses["ops"] + path)
	if err != nil {
		s.t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Error(err)
	}
	return response.StatusCode, string(body)
}

// await waits until a condition holds.
func (s *stage) await(what string, holds func() bool) {
	s.t.Helper()
	for limit := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			s.t.Fatalf("%s: did not happen\n%s", what, s.log)
		}
	}
}

func (s *stage) awaitReady() {
	s.t.Helper()
	s.await("ready", func() bool { status, _ := s.ops("/readyz"); return status == http.StatusOK })
}

func (s *stage) awaitLog(text string) {
	s.t.Helper()
	s.await(text, func() bool { return strings.Contains(s.log.String(), text) })
}
