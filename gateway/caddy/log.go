package poolguard

import (
	"context"
	"log/slog"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap/exp/zapslog"
)

// A logHandler passes records to the default log that Caddy has at that moment. A guard
// outlives the configuration of Caddy that it was made for, and so the logs of that one.
type logHandler struct {
	changes []func(slog.Handler) slog.Handler
}

// noTrace is above every level: errors here are of the configuration or the network.
const noTrace = slog.Level(127)

func (h *logHandler) current() slog.Handler {
	var current slog.Handler = zapslog.NewHandler(caddy.Log().Core(), zapslog.WithName("poolguard"), zapslog.AddStacktraceAt(noTrace))
	for _, change := range h.changes {
		current = change(current)
	}
	return current
}

func (h *logHandler) with(change func(slog.Handler) slog.Handler) slog.Handler {
	return &logHandler{append(slices.Clip(h.changes), change)}
}

// Enabled implements [slog.Handler].
func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.current().Enabled(ctx, level)
}

// Handle implements [slog.Handler].
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	return h.current().Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.with(func(next slog.Handler) slog.Handler { return next.WithAttrs(attrs) })
}

// WithGroup implements [slog.Handler].
func (h *logHandler) WithGroup(name string) slog.Handler {
	return h.with(func(next slog.Handler) slog.Handler { return next.WithGroup(name) })
}
