package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Run serves until ctx ends, and returns nil then. Where one server fails, all stop, and
// its error is returned. Run returns after every server has stopped. It is called once.
func (g *Group) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	failed := make([]error, len(g.servers))
	for n, server := range g.servers {
		s := g.config.Servers[n]
		l := s.Listener
		if s.MaxConnections > 0 {
			l = bound(l, s.MaxConnections)
		}
		if s.TLS != nil {
			l = tls.NewListener(l, s.TLS)
		}
		running.Go(func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				failed[n] = fmt.Errorf("server %q: %w", s.Name, err)
				stop()
			}
		})
	}
	<-ctx.Done()
	g.stop(context.WithoutCancel(ctx))
	running.Wait()
	return errors.Join(failed...)
}

// stop ends all servers: first the drain, then the grace of the requests under way.
func (g *Group) stop(ctx context.Context) {
	if g.config.Draining != nil {
		g.config.Draining()
	}
	if g.config.Drain > 0 {
		drained := time.NewTimer(g.config.Drain)
		defer drained.Stop()
		<-drained.C
	}
	ctx, cancel := context.WithTimeout(ctx, g.config.Grace)
	defer cancel()
	var stopping sync.WaitGroup
	for n, server := range g.servers {
		stopping.Go(func() {
			if err := server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
				g.config.Logger.LogAttrs(ctx, slog.LevelWarn, "requests did not end in time",
					slog.String("server", g.config.Servers[n].Name), slog.Duration("grace", g.config.Grace))
			}
			_ = server.Close() // the connections that are left had their time
		})
	}
	stopping.Wait()
}
