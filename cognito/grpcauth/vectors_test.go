package grpcauth_test

import (
	"context"
	"log/slog"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/grpcauth"
	"github.com/poolguard/poolguard/cognito/internal/vectortest"
)

// TestVectors calls the interceptor with every vector that metadata can carry, also with those
// that no gRPC client can send.
func TestVectors(t *testing.T) {
	t.Parallel()
	vectortest.RunAdapter(t, "../testdata/vectors", func(t *testing.T, s vectortest.Setting) func(*testing.T, string, cognito.Code) {
		t.Helper()
		auth, err := grpcauth.New(grpcauth.Config{Verifier: s.Verifier, Logger: slog.New(slog.DiscardHandler), Rules: []grpcauth.Rule{
			{Methods: []string{testService}, TokenUse: s.TokenUse, Require: s.Require},
		}})
		if err != nil {
			t.Fatal(err)
		}
		unary := auth.Unary()
		return func(t *testing.T, token string, want cognito.Code) {
			t.Helper()
			ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+token))
			_, err := unary(ctx, nil, &grpc.UnaryServerInfo{FullMethod: unaryCall}, func(context.Context, any) (any, error) { return "", nil })
			if grpcauth.CodeOf(err) != want || (err == nil) != (want == "") {
				t.Errorf("error %v, want the code %q", err, want)
			}
		}
	})
}
