package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/gateway/internal/answer"
)

// panicked returns what logs and counts the panics of a listener. The value of a panic may be
// a token, so its type is logged, and its text only for an error of the runtime.
func (g *Gateway) panicked(listener string) func(ctx context.Context, value any) {
	return func(ctx context.Context, value any) {
		g.metrics.Panicked(listener)
		reason := fmt.Sprintf("%T", value)
		if err, ok := value.(runtime.Error); ok {
			reason = err.Error()
		}
		g.log.LogAttrs(ctx, slog.LevelError, "a request caused a panic and was denied",
			slog.String("listener", listener), slog.String("panic", reason), slog.String("stack", string(debug.Stack())))
	}
}

// guard answers 503 where a handler panics.
func (g *Gateway) guard(listener string, next http.Handler) http.Handler {
	panicked := g.panicked(listener)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { //nolint:contextcheck // the context is that of the request
			if value := recover(); value != nil {
				answerPanic(w, r)
				panicked(r.Context(), value)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func answerPanic(w http.ResponseWriter, r *http.Request) {
	clear(w.Header())
	denial := answer.Panicked()
	denial.Write(w, r, denial.Status())
}

// guardGRPC are the options of a gRPC server that keep a panic from ending the process.
func guardGRPC(panicked func(context.Context, any)) []grpc.ServerOption {
	recovered := func(ctx context.Context, err *error) {
		if value := recover(); value != nil {
			*err = status.Error(codes.Internal, "the request could not be answered")
			panicked(ctx, value)
		}
	}
	return []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(func(ctx context.Context, r any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (_ any, err error) {
			defer recovered(ctx, &err)
			return next(ctx, r)
		}),
		grpc.ChainStreamInterceptor(func(s any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
			defer recovered(stream.Context(), &err)
			return next(s, stream)
		}),
	}
}
