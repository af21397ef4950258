package gateway

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/ops"
	"github.com/poolguard/poolguard/internal/serve"
)

// A listener is one of those that a file has.
type listener struct {
	key string // in the file
	*config.Listener
	protocols []string // of ALPN
}

func listeners(f *config.File) []listener {
	http := []string{"h2", "http/1.1"}
	return []listener{
		{"forward_auth", &f.ForwardAuth, http},
		{"envoy", &f.Envoy.Listener, []string{"h2"}},
		{"ops", &f.Ops, http},
	}
}

// Run listens and answers until ctx ends, and then as long as drain in the file says. It
// returns nil then, or why it could not listen or serve. It is called once.
//
// Listeners answer at once. /readyz fails until the keys of every user pool were fetched.
func (g *Gateway) Run(ctx context.Context) error {
	file := g.current.Load().document.File
	servers, err := g.listen(ctx, file)
	if err != nil {
		return err
	}
	endTraces, err := g.startTraces(ctx)
	if err != nil {
		return err
	}
	defer endTraces()
	group, err := serve.New(serve.Config{
		Servers: servers, Logger: g.log, Drain: file.Drain, Grace: file.ForwardAuthTimeout,
		Draining: func() {
			g.draining.Store(true)
			g.reportHealth()
			g.log.Info("stopping", "drain", file.Drain)
		},
	})
	if err != nil {
		return err
	}
	background, stop := context.WithCancel(ctx)
	running := g.background(background)
	err = group.Run(ctx)
	stop()
	running.Wait()
	g.log.Info("stopped")
	return err
}

// openListener opens a listener at its address.
func openListener(ctx context.Context, l *config.Listener) (net.Listener, error) {
	if path, unix := strings.CutPrefix(l.Listen, "unix:"); unix {
		return serve.ListenUnix(ctx, path, l.Socket.Mode())
	}
	return serve.Listen(ctx, l.Listen)
}

// listen opens every listener of the file.
func (g *Gateway) listen(ctx context.Context, f *config.File) (servers []serve.Server, err error) {
	defer func() {
		if err != nil {
			for _, s := range servers {
				_ = s.Listener.Close() // nothing was served
			}
		}
	}()
	// The answer may take the time of a decision.
	timeouts := serve.Timeouts{Idle: f.Limits.Idle, Write: f.ForwardAuthTimeout + serve.DefaultReadTimeout}
	for _, l := range listeners(f) {
		if l.Listen == config.Off {
			continue
		}
		opened, err := openListener(ctx, l.Listener)
		if err != nil {
			return servers, fmt.Errorf("%s.listen: %s: %w", l.key, l.Listen, err)
		}
		server := serve.Server{
			Name: l.key, Listener: opened, Timeouts: timeouts,
			MaxHeaderBytes: int(f.Limits.HeaderBytes), MaxConnections: f.Limits.Connections,
		}
		source := g.tls[l.key]
		switch l.key {
		case "envoy":
			g.envoy = g.newEnvoy(f, source) //nolint:contextcheck // each call has its own context
			server.Protocol = g.envoy
		default:
			server.Handler = g.handler(l.key)
			if source != nil {
				server.TLS = source.Config()
			}
		}
		servers = append(servers, server)
		g.log.Info("listening", "listener", l.key, "address", opened.Addr().String(), "tls", source != nil)
		if g.config.Listening != nil {
			g.config.Listening(l.key, opened.Addr())
		}
	}
	return servers, nil
}

func (g *Gateway) handler(key string) http.Handler {
	if key == "ops" {
		return g.guard(key, ops.Handler(g.metrics, g.notReady))
	}
	var answer http.Handler = http.HandlerFunc(g.answer)
	if g.traces != nil {
		answer = g.traces.Handler(routeOf, answer)
	}
	return g.guard(key, answer)
}

// The waits between attempts to fetch keys at the start, and to reload without keys.
const (
	firstWait = time.Second
	lastWait  = 30 * time.Second
)

// warmUp fetches the keys of every user pool, until all were there once or ctx ends.
func (g *Gateway) warmUp(ctx context.Context) {
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		verifier := g.current.Load().verifier
		err := verifier.WarmUp(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			if g.becameReady(verifier) {
				g.reportHealth()
				g.log.Info("ready")
				return
			}
			continue // a reload has other user pools
		}
		g.log.Warn("not ready: the keys of a user pool are unavailable", "error", err.Error(), "next_attempt", wait)
		if !sleep(ctx, wait) {
			return
		}
	}
}

// becameReady makes the gateway ready, unless a reload has replaced the verifier whose keys are
// there.
func (g *Gateway) becameReady(verifier *cognito.Verifier) bool {
	g.reloading.Lock()
	defer g.reloading.Unlock()
	if g.current.Load().verifier != verifier {
		return false
	}
	g.ready.Store(true)
	return true
}

// sleep waits, and returns false if ctx ends before.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
